import { isHoldfastError } from "../../errors.js";
import type { Gateway } from "../../gateway/gateway.js";
import type { ServeConfig } from "../../gateway/serve-config.js";
import { importPeer } from "../../peer.js";
import { type Logger, linesOnly } from "../../system/log/logger.js";
import { CommandError, exitCodes } from "../command.js";
import { harmless } from "../terminal/terminal-text.js";

/** Where `holdfast serve` writes. */
export interface ServeLog {
  readonly logger: Logger;
  /** Its own lines are for people; else everything goes to the logger. */
  readonly text: boolean;
  say(line: string): void;
  /** Problems. */
  warn(line: string): void;
}

/**
 * What `--log` or the config says: text for people (default), JSON by pino, or a logger of the config's own.
 * @throws CommandError for another word, and where pino is missing
 */
export async function serveLog(kind: string | undefined, { logger }: ServeConfig, quiet: boolean): Promise<ServeLog> {
  if (kind !== undefined && kind !== "text" && kind !== "json") {
    throw new CommandError(`--log is "${kind}": give text or json`);
  }
  if (kind === "json") return throughLogger(await jsonLogger(quiet));
  if (kind === undefined && logger !== undefined) return throughLogger(logger);
  return {
    logger: linesOnly(textLogger(quiet)),
    text: true,
    say: quiet ? () => {} : (line) => console.log(line),
    warn: (line) => console.error(line),
  };
}

function throughLogger(logger: Logger): ServeLog {
  return {
    logger,
    text: false,
    say: (line) => void logger.info({}, line.trim()),
    warn: (line) => void logger.warn({}, line.trim()),
  };
}

/** Each line is written before the next begins: none is lost when the process ends. */
async function jsonLogger(quiet: boolean): Promise<Logger> {
  try {
    const { default: pino } = await importPeer("pino", () => import("pino"));
    const made: Logger = pino({ level: quiet ? "warn" : "info" }, pino.destination({ fd: 1, sync: true }));
    return made;
  } catch (error) {
    if (isHoldfastError(error, "MissingPeer")) throw new CommandError(error.message, exitCodes.cannotStart);
    throw error;
  }
}

/** Lines of actors, for a terminal: "app/digits#2 thread 7: read {"pages":3}". Events have lines of their own. */
function textLogger(quiet: boolean): Logger {
  const out = (fields: object, text?: string) => console.log(lineOf(fields, text));
  const err = (fields: object, text?: string) => console.error(lineOf(fields, text));
  return { level: quiet ? "warn" : "info", debug: out, info: out, warn: err, error: err };
}

function lineOf(fields: object, text = ""): string {
  const { path, key, incarnation, host, stream: _, dropped, ...own } = fields as Record<string, unknown>;
  const whose = `${path}${key === undefined ? "" : `[${key}]`}${incarnation === undefined ? "" : `#${incarnation}`} ${host}`;
  const more = Object.keys(own).length === 0 ? "" : ` ${JSON.stringify(own)}`;
  const lost = dropped === undefined ? "" : ` (${dropped} lines before it were left out)`;
  return harmless(`${whose}: ${text}${more}${lost}`);
}

/** What is served and where, for a logger. Tokens are not in it: logs are kept and passed on. */
export function announceTo(logger: Logger, door: Gateway, names: readonly string[], madeAnew: boolean): void {
  const fields = { event: "serving", url: door.url, page: door.pagesUrl, health: `${door.pagesUrl}health/ready` };
  logger.info({ ...fields, exposed: names }, `holdfast serves ${names.join(" and ")} at ${door.url}`);
  if (madeAnew)
    logger.info({}, "the admin token was made anew and is not written here: set HOLDFAST_ADMIN_TOKEN to know it");
}
