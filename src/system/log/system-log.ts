import { type LogLevel, logLevels } from "../../actor/actor-log.js";
import { guarded } from "../../guarded.js";
import type { LogFrame } from "../../transport/frames.js";
import type { SystemEvent } from "../events.js";
import { eventRecord } from "./event-record.js";
import { type Logger, levelOf } from "./logger.js";

/**
 * What a system and its actors write, given to the user's logger: whatever that does, nothing else hears of it.
 *
 *   this.log, console ─▶ host ─▶ heard ─┐
 *   events ───────────▶ told ───────────┼─▶ logger.info({ path, host, … }, "words")
 */
export class SystemLog {
  /** From which level on lines are made; undefined: none are. */
  readonly level: LogLevel | undefined;
  readonly #logger: Logger;
  #failed = false;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.level = levelOf(logger);
  }

  /** A line of an actor, or of what its host has printed. @param host "thread 7", "pid 4711", "inline" */
  heard({ path, key, ran, level, text, fields, stream, dropped }: LogFrame, host: string): void {
    const whose = {
      path,
      ...(key === undefined ? {} : { key }),
      ...(ran === 0 ? {} : { incarnation: ran }),
      host,
      ...(stream === undefined ? {} : { stream }),
      ...(dropped === undefined ? {} : { dropped }),
    };
    this.write(level, { ...fields, ...whose }, text);
  }

  told(event: SystemEvent): void {
    const record = eventRecord(event);
    if (record) this.write(record.level, record.fields, record.text);
  }

  write(level: LogLevel, fields: object, text: string): void {
    if (this.level === undefined || logLevels.indexOf(level) < logLevels.indexOf(this.level)) return;
    guarded(
      () => this.#logger[level](fields, text),
      (message) => this.#warn(message),
    );
  }

  /** Once: a logger that fails, fails often. */
  #warn(message: string): void {
    if (this.#failed) return;
    this.#failed = true;
    process.emitWarning(`the logger threw, and its line is lost: ${message}`, { code: "HOLDFAST_LOGGER" });
  }
}
