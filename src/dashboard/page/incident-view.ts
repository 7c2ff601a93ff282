import { flightLines } from "../../system/death/flight-lines.js";
import { causeText, type DeathReport, type DeathTimes, type MessageEvidence } from "../../system/death/report.js";
import { element, setText } from "./element.js";

const steps: readonly (readonly [keyof DeathTimes, string, string])[] = [
  ["detectMs", "detect", "fault to notice"],
  ["decideMs", "decide", "notice to decision"],
  ["restartMs", "restart", "decision to a host that runs"],
  ["warmMs", "warm", "load, start and restore"],
  ["redeliverMs", "redeliver", "ready to the first answer"],
];

/** Events of the flight recorder that are shown. */
const FLIGHT_SHOWN = 6;

const levels = { "in-place": "in place", standby: "from its standby", spare: "from a spare", cold: "cold" } as const;

/** One death: who, why, what was executing, what was done, what happened last there, and where the milliseconds went. */
export class IncidentView {
  readonly #when = element("time");
  readonly #who = element("strong");
  readonly #host = element("span", { class: "where" });
  readonly #done = element("span", { class: "done" });
  readonly #cause = element("p", { class: "cause" });
  readonly #executing = element("p", { class: "executing" });
  readonly #flight = element("pre", { class: "flight", title: "the last of the flight recorder, before the death" });
  readonly #times = steps.map(([, name, title]) => {
    const value = element("dd", {}, "–");
    return { value, item: element("div", { title }, element("dt", {}, name), value) };
  });
  readonly node = element(
    "li",
    {},
    element("p", { class: "who" }, this.#when, this.#who, this.#host, this.#done),
    this.#cause,
    this.#executing,
    this.#flight,
    element("dl", { class: "times" }, ...this.#times.map(({ item }) => item)),
  );

  constructor(report: DeathReport) {
    this.show(report);
  }

  show(report: DeathReport): void {
    const { at, path, key, incarnation, host, cause, decision, level, times } = report;
    const date = new Date(at);
    this.#when.dateTime = date.toISOString();
    setText(this.#when, date.toLocaleTimeString());
    setText(this.#who, key === undefined ? path : `${path} [${key}]`);
    setText(this.#host, `${host}, incarnation ${incarnation}`);
    setText(this.#done, decision === "restart" && level ? `restart ${levels[level]}` : decision);
    this.#done.dataset.decision = decision;
    setText(this.#cause, causeText(cause));
    setText(this.#executing, executingText(report));
    setText(this.#flight, flightLines(report, FLIGHT_SHOWN).join("\n"));
    this.#flight.hidden = report.flight.length === 0;
    this.#times.forEach(({ value, item }, index) => {
      const ms = times[steps[index]![0]];
      setText(value, ms === undefined ? "–" : `${millisecondsText(ms)} ms`);
      item.classList.toggle("none", ms === undefined);
    });
  }
}

function executingText({ executing, redelivered, failed, poisoned }: DeathReport): string {
  const what = executing.length === 0 ? "nothing" : executing.map(evidenceText).join("; ");
  const fates = [
    [redelivered, "redelivered"],
    [failed, "failed"],
    [poisoned, "poisoned"],
  ] as const;
  const told = fates.filter(([count]) => count > 0).map(([count, fate]) => `${count} ${fate}`);
  return [`Executing ${what}`, ...told].join(", ");
}

/** Never the payload: its form, size and digest tell messages apart. */
function evidenceText({ method, seq, shape, bytes, ranForMs, deaths, digest }: MessageEvidence): string {
  const ran = ranForMs === undefined ? "" : `, for ${millisecondsText(ranForMs)} ms`;
  const again = deaths > 1 ? `, its ${deaths}. death` : "";
  return `${method} #${seq} ${shape}, ${bytes} bytes, digest ${digest}${ran}${again}`;
}

function millisecondsText(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}
