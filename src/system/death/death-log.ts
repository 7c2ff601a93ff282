import type { Clock } from "../../clock.js";
import { KEPT_REPORTS } from "../../defaults.js";
import { isErrorCode } from "../../errors.js";
import { encodeError } from "../../transport/error-codec.js";
import type { EventFan } from "../events.js";
import type { DeadLetterOptions } from "../letters/dead-letters.js";
import type { HeldMail } from "../letters/held-mail.js";
import { LetterStore } from "../letters/letter-store.js";
import type { BlackBox } from "./black-box.js";
import type { DeadLetter, DeathCause, DeathReport } from "./report.js";

/** A report that is still being written, with the stamps its times are taken from. */
export class OpenReport {
  readonly report: DeathReport;
  readonly #clock: Clock;
  readonly #close: (report: DeathReport) => void;
  #last: number;
  #open = true;

  constructor(report: DeathReport, noticed: number, clock: Clock, close: (report: DeathReport) => void) {
    this.report = report;
    this.#last = noticed;
    this.#clock = clock;
    this.#close = close;
  }

  decided(decision: DeathReport["decision"]): void {
    if (!this.#open) return;
    this.report.decision = decision;
    this.report.times.decideMs ??= this.#lap();
    if (decision !== "restart") this.close();
  }

  /** A host runs: a spare, a cold one, or still the same. */
  restarted(level: NonNullable<DeathReport["level"]>): void {
    if (!this.#open) return;
    this.report.level = level;
    this.report.times.restartMs = this.#lap();
  }

  /** Ready again. Where no mail waits, service is back with it. */
  warmed(mailWaits: boolean): void {
    if (!this.#open) return;
    this.report.times.warmMs = this.#lap();
    if (!mailWaits) this.close();
  }

  /** The first message after it is answered: service is back. */
  served(): void {
    if (!this.#open) return;
    this.report.times.redeliverMs = this.#lap();
    this.close();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#close(this.report);
  }

  #lap(): number {
    const now = this.#clock.now();
    const lap = now - this.#last;
    this.#last = now;
    return lap;
  }
}

/** Of dead letters, beside the codes of errors. */
const ownReasons: ReadonlySet<string> = new Set(["poison", "fenced"]);

/** Keeps the most recent death reports and tells about each twice: when noticed, and when complete. */
export class DeathLog {
  readonly letterStore: LetterStore;
  readonly #clock: Clock;
  readonly #events: EventFan;
  readonly #kept: DeathReport[] = [];
  #count = 0;
  /** Since the system began. */
  opened = 0;
  readonly letters: Record<string, number> = {};

  constructor(clock: Clock, events: EventFan, letters?: DeadLetterOptions) {
    this.letterStore = new LetterStore(clock, letters);
    this.#clock = clock;
    this.#events = events;
  }

  /** The number of a report that will be opened: what it is charged to names it before. */
  reserve(): number {
    return ++this.#count;
  }

  /**
   * @param faultAt when it happened, monotonic ms, where the dying host could say
   * @param id that was reserved for it
   * @param box what is left of the host to read; absent where nothing ran
   */
  open(
    facts: Omit<DeathReport, "id" | "at" | "decision" | "level" | "times" | "record" | "flight">,
    faultAt: number | undefined,
    id = this.reserve(),
    box?: BlackBox,
  ): OpenReport {
    const noticed = this.#clock.now();
    if ("error" in facts.cause) keepErrorInJson(facts.cause);
    const report: DeathReport = {
      ...facts,
      id,
      at: this.#clock.wallTime(),
      decision: "pending",
      level: undefined,
      record: box?.record,
      flight: [],
      times: faultAt === undefined ? {} : { detectMs: Math.max(0, noticed - faultAt) },
    };
    if (box) readWhenAsked(report, box, report.at - noticed);
    this.opened++;
    this.#kept.push(report);
    if (this.#kept.length > KEPT_REPORTS) this.#kept.shift();
    this.#events.emit({ type: "death", report });
    return new OpenReport(report, noticed, this.#clock, (closed) =>
      this.#events.emit({ type: "report", report: closed }),
    );
  }

  deadLetter(written: Omit<DeadLetter, "id" | "at" | "bytes">, mail: HeldMail): void {
    // What a handler threw is nobody's reason to be told apart by: it may say anything.
    const reason = isErrorCode(written.reason) || ownReasons.has(written.reason) ? written.reason : "Error";
    this.letters[reason] = (this.letters[reason] ?? 0) + 1;
    const letter = this.letterStore.add(written, mail);
    this.#events.emit({ type: "dead-letter", letter });
  }

  reports(): readonly DeathReport[] {
    return this.#kept;
  }
}

/** Most reports are never looked at so closely, and a restart must not wait for it. */
function readWhenAsked(report: DeathReport, box: BlackBox, epoch: number): void {
  let events: DeathReport["flight"] | undefined;
  const get = () => (events ??= box.events(epoch));
  Object.defineProperty(report, "flight", { get, enumerable: true, configurable: true });
}

/** JSON makes {} of an Error: a report that is written to a log shall say what was thrown. */
function keepErrorInJson(cause: Extract<DeathCause, { error: Error }>): void {
  const toJSON = () => ({ ...cause, error: encodeError(cause.error) });
  Object.defineProperty(cause, "toJSON", { value: toJSON, configurable: true, enumerable: false });
}
