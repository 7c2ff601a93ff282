import { type LogLevel, logLevels } from "../../actor/actor-log.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";

/**
 * Any logger of pino's shape: fields first, then words. It may also say its `level` ("info", "silent" …): what is below it is
 * not even made.
 * @example
 * const write = (fields: object, text?: string) => console.log(text, fields);
 * const app = await system(tree, { logger: { debug() {}, info: write, warn: write, error: write } });
 */
export interface Logger {
  readonly level?: string;
  debug(fields: object, text?: string): unknown;
  info(fields: object, text?: string): unknown;
  warn(fields: object, text?: string): unknown;
  error(fields: object, text?: string): unknown;
}

/** @throws HoldfastError InvalidSpec for what is no logger */
export function checkLogger(logger: unknown, field: string): void {
  if (logger === undefined) return;
  const missing = logLevels.filter(
    (level) => typeof (logger as Record<string, unknown> | null)?.[level] !== "function",
  );
  if (missing.length === 0) return;
  const without = missing.map((level) => `${level}()`).join(", ");
  const text = `${field} is ${shown(logger)} without ${without}: give a logger such as pino(), or leave it out`;
  throw new HoldfastError("InvalidSpec", text, { details: { field } });
}

/** From which level on a logger writes; undefined: nothing. What it does not say is decided by itself, line by line. */
export function levelOf(logger: Logger): LogLevel | undefined {
  const { level } = logger;
  if (level === "silent" || level === "fatal") return level === "fatal" ? "error" : undefined;
  return logLevels.find((one) => one === level) ?? "debug";
}

const lines = new WeakSet<Logger>();

/** Marks a logger that is told of events in another way: it gets what actors write, and nothing else. */
export function linesOnly(logger: Logger): Logger {
  lines.add(logger);
  return logger;
}

/** Whether a logger gets what actors write, and nothing else. */
export function isLinesOnly(logger: Logger): boolean {
  return lines.has(logger);
}
