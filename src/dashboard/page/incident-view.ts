import { causeText, type DeathReport, type DeathTimes, type MessageEvidence } from "../../system/death/report.js";
import { element, setText } from "./element.js";

const steps: readonly (readonly [keyof DeathTimes, string, string])[] = [
  ["detectMs", "detect", "fault to notice"],
  ["decideMs", "decide", "notice to decision"],
  ["restartMs", "restart", "decision to a host that runs"],
  ["warmMs", "warm", "load, start and restore"],
  ["redeliverMs", "redeliver", "ready to the first answer"],
];

const levels = { "in-place": "in place", spare: "from a spare", cold: "cold" } as const;

/** One death: who, why, what was executing, what was done, and where the milliseconds went. */
export class IncidentView {
  readonly #when = element("time");
  readonly #who = element("strong");
  readonly #host = element("span", { class: "where" });
  readonly #done = element("span", { class: "done" });
  readonly #cause = element("p", { class: "cause" });
  readonly #executing = element("p", { class: "executing" });
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
