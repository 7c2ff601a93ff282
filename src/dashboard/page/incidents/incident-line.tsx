import { causeText, type DeathReport } from "../../../system/death/report.js";
import { durationText } from "../kit/number-text.js";
import type { Activity } from "./activity.js";
import { backMs, doneText, whoText } from "./report-text.js";
import { TimesBar } from "./times-bar.js";

interface IncidentLineProps {
  readonly one: DeathReport | Activity;
  onOpen(id: number): void;
}

/** One line of the list: a death is a button that opens its report, anything else is told in its line. */
export function IncidentLine({ one, onOpen }: IncidentLineProps) {
  if ("cause" in one) return <Death report={one} onOpen={() => onOpen(one.id)} />;
  const { at, type, text, count } = one;
  return (
    <li class="happening" data-type={type}>
      <Time at={at} />
      <span class="what">{text}</span>
      {count > 1 && <span class="soft">×{count}</span>}
    </li>
  );
}

function Death({ report, onOpen }: { readonly report: DeathReport; onOpen(): void }) {
  const { id, at, cause, decision, times } = report;
  const back = backMs(report);
  return (
    <li class="incident" data-report={id} data-decision={decision}>
      <button type="button" onClick={onOpen}>
        <Time at={at} />
        <span class="what">
          <strong>{whoText(report)}</strong> <span class="cause">{causeText(cause)}</span>
        </span>
        <span class="outcome">
          <span class="done" data-decision={decision}>
            {doneText(report)}
          </span>
          <TimesBar times={times} />
          <span class="back">{back === undefined ? "" : durationText(back)}</span>
        </span>
      </button>
    </li>
  );
}

function Time({ at }: { readonly at: number }) {
  const date = new Date(at);
  return <time dateTime={date.toISOString()}>{date.toLocaleTimeString([], { hour12: false })}</time>;
}
