/** How much a line of a log matters, in rising order. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** A line: its words alone, or fields (an Error too) and words, as pino has it. */
interface LogLine {
  (text: string): void;
  (fields: object, text?: string): void;
}

/**
 * What an actor writes with `this.log`: to the `logger` of its system, with its path, incarnation and host. It never waits and
 * never throws; what is too much is left out, and counted. Without a logger nothing is written.
 */
export type ActorLog = Readonly<Record<LogLevel, LogLine>>;

const nothing: LogLine = () => {};

/** Of an actor whose system has no logger. */
export const noLog: ActorLog = { debug: nothing, info: nothing, warn: nothing, error: nothing };

export const logLevels: readonly LogLevel[] = ["debug", "info", "warn", "error"];
