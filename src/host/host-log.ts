import { type ActorLog, type LogLevel, logLevels, noLog } from "../actor/actor-log.js";
import type { Clock, Timer } from "../clock.js";
import type { LogFrame } from "../transport/frames.js";
import { fullBudget, takeLine } from "./log-budget.js";
import { cutText, plainFields } from "./plain-fields.js";

/** Who writes. */
export interface Writer {
  readonly path: string;
  readonly key?: string | undefined;
  readonly incarnation: number;
}

/** How long after a flood its count is told, where no other line tells it, ms. */
const TELL_DROPPED_AFTER_MS = 1000;

/**
 * The lines that one host writes, on their way to its parent: bounded in size and in number, and nobody waits for them.
 *
 *   this.log.info(…) ─┐
 *   console.log(…) ───┼─▶ room? ──yes──▶ frame ─▶ parent ─▶ logger
 *                     │     └ no: counted, and told with the next line, or a second later
 */
export class HostLog {
  readonly #from: number;
  readonly #clock: Clock;
  readonly #send: (frame: LogFrame) => void;
  #budget: ReturnType<typeof fullBudget>;
  #timer: Timer | undefined;
  #writing = false;

  /** @param level lines below it are not written */
  constructor(level: LogLevel, clock: Clock, send: (frame: LogFrame) => void) {
    this.#from = logLevels.indexOf(level);
    this.#clock = clock;
    this.#send = send;
    this.#budget = fullBudget(clock.now());
  }

  /** What an actor's `this.log` is. */
  of(writer: Writer): ActorLog {
    const line =
      (level: LogLevel) =>
      (first: unknown, second?: unknown): void => {
        try {
          if (typeof first === "object" && first !== null) this.write(writer, level, textOf(second, first), first);
          else this.write(writer, level, textOf(first));
        } catch {
          // To write a line is never what an actor fails of.
        }
      };
    const { debug, info, warn, error } = noLog;
    const own = (level: LogLevel, none: ActorLog[LogLevel]) =>
      logLevels.indexOf(level) < this.#from ? none : line(level);
    return { debug: own("debug", debug), info: own("info", info), warn: own("warn", warn), error: own("error", error) };
  }

  /** @param stream it is what was printed there, and no actor's own line */
  write(writer: Writer, level: LogLevel, text: string, fields?: object, stream?: LogFrame["stream"]): void {
    // What is printed on the way out (by a getter of the fields) would come back here.
    if (this.#writing || logLevels.indexOf(level) < this.#from) return;
    this.#writing = true;
    try {
      const { budget, written, dropped } = takeLine(this.#budget, this.#clock.now());
      this.#budget = budget;
      if (!written) {
        this.#timer ??= this.#clock.after(TELL_DROPPED_AFTER_MS, () => this.#tellDropped(writer), { background: true });
        return;
      }
      const { path, key, incarnation } = writer;
      this.#send({
        t: "log",
        path,
        ...(key === undefined ? {} : { key }),
        ran: incarnation,
        level,
        text: cutText(text),
        ...(fields === undefined ? {} : { fields: plainFields(fields) }),
        ...(stream === undefined ? {} : { stream }),
        ...(dropped === 0 ? {} : { dropped }),
      });
    } finally {
      this.#writing = false;
    }
  }

  #tellDropped({ path, incarnation }: Writer): void {
    this.#timer = undefined;
    const { dropped } = this.#budget;
    if (dropped === 0) return;
    this.#budget = { ...this.#budget, dropped: 0 };
    this.#send({ t: "log", path, ran: incarnation, level: "warn", text: "lines were left out: too many", dropped });
  }
}

/** What was given as words; an Error that stands alone has its own. */
function textOf(given: unknown, fields?: object): string {
  if (given !== undefined) return String(given);
  return fields instanceof Error ? String(fields.message) : "";
}
