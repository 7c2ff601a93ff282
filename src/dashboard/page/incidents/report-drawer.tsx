import { bytesText } from "../../../observe/bytes-text.js";
import { flightLines } from "../../../system/death/flight-lines.js";
import { causeText, type DeathReport } from "../../../system/death/report.js";
import { Fact } from "../kit/fact.js";
import { Modal } from "../kit/modal.js";
import { durationText } from "../kit/number-text.js";
import type { KnownReport } from "./known-reports.js";
import { backMs, doneText, evidenceText, fatesText, whoText } from "./report-text.js";
import { TimesBar, TimesList } from "./times-bar.js";

interface ReportDrawerProps {
  readonly report: KnownReport;
  onClose(): void;
}

/** One death in full: who, why, what was executing, what was done, where the milliseconds went, what happened last there. */
export function ReportDrawer({ report, onClose }: ReportDrawerProps) {
  const { id, at, cause, decision, times, answersLost = [] } = report;
  const date = new Date(at);
  const back = backMs(report);
  return (
    <Modal labelledBy="report-title" onClose={onClose}>
      <header class="drawer-head">
        <div>
          <p class="soft">
            Crash report {id} · <time dateTime={date.toISOString()}>{date.toLocaleString([], { hour12: false })}</time>
          </p>
          <h2 id="report-title">{whoText(report)}</h2>
        </div>
        <button type="button" class="close" aria-label="Close the report" onClick={onClose}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <p class="cause">{causeText(cause)}</p>
      <p class="verdict">
        <span class="done" data-decision={decision}>
          {doneText(report)}
        </span>
        <span>{back === undefined ? "not back yet" : `back after ${durationText(back)}`}</span>
        <span class="soft">{fatesText(report)}</span>
      </p>
      <TimesBar times={times} />
      <TimesList times={times} />
      <h3>Was executing</h3>
      <Messages messages={report.executing.map(evidenceText)} none="Nothing." />
      {answersLost.length > 0 && (
        <>
          <h3>Had finished, answer lost</h3>
          <Messages messages={answersLost.map(evidenceText)} none="" />
        </>
      )}
      <h3>Where</h3>
      <Where report={report} />
      <h3 id="flight-title">Flight recorder</h3>
      <Flight report={report} />
    </Modal>
  );
}

function Where({ report: { host, isolation, incarnation, record, together = [] } }: { readonly report: DeathReport }) {
  return (
    <dl class="facts">
      <Fact name="Host">{host.startsWith(isolation) ? host : `${isolation}, ${host}`}</Fact>
      <Fact name="Incarnation">{incarnation}</Fact>
      {record?.heap !== undefined && <Fact name="Heap">{bytesText(record.heap)}</Fact>}
      {record?.external !== undefined && <Fact name="External">{bytesText(record.external)}</Fact>}
      {together.length > 0 && <Fact name="Died with it">{together.join(", ")}</Fact>}
    </dl>
  );
}

function Flight({ report }: { readonly report: KnownReport }) {
  if (report.remembered) return <p class="empty">The server remembers this death without what was recorded there.</p>;
  const lines = flightLines(report, 50);
  if (lines.length === 0) return <p class="empty">It recorded nothing.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class="flight" tabIndex={0} aria-labelledby="flight-title">
      <pre>{lines.join("\n")}</pre>
    </section>
  );
}

function Messages({ messages, none }: { readonly messages: readonly string[]; readonly none: string }) {
  if (messages.length === 0) return <p class="empty">{none}</p>;
  return (
    <ul class="messages">
      {messages.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}
