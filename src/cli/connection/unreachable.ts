import { isHoldfastError } from "../../errors.js";
import { CommandError, exitCodes } from "../command.js";

/**
 * Why a server could not be reached, in one sentence with what mends it. Pure.
 * @param error what connecting, or a connection that ended for good, gave
 * @param timeout how long the server was looked for, as it was written
 * @returns with exit code 2 for a url that cannot be one, else 1; what is no trouble of a connection as it is
 */
export function unreachable(url: string, error: unknown, timeout?: string): unknown {
  if (!isHoldfastError(error)) return error;
  const said = innermost(error)
    .message.replace(/\s+/g, " ")
    .replace(/^wss?:\S+: /, "");
  switch (error.code) {
    case "InvalidSpec":
      if (error.details.url !== undefined) return new CommandError(said);
      return new CommandError(`"${url}" is no url of a server: ${example}`);
    case "Unauthorized":
      return failed(`${url} refused the token (${said}): give the one it was started with, in HOLDFAST_TOKEN`);
    case "NotExposed":
    case "BadFrame":
      return failed(`${url} is no holdfast server (${said}): ${example}`);
    case "ConnectionLost":
      if (/no frame|Unexpected server response|no welcome|subprotocol|Parse Error|Expected HTTP/.test(said)) {
        return failed(`${url} is no holdfast server (${said}): ${example}`);
      }
      return failed(`no server answers at ${url}${waited(timeout)} (${said}): ${start}, or ${example}`);
    default:
      return error;
  }
}

const start = `start it with "holdfast serve"`;
const example = `give the url that "holdfast serve" printed, such as http://127.0.0.1:8080`;

/** Whoever writes so small a number without a unit may have meant seconds. */
function waited(timeout: string | undefined): string {
  if (timeout === undefined) return "";
  if (!/^\d+$/.test(timeout)) return ` within ${timeout}`;
  const meant = Number(timeout) < 100 ? `, which is what --timeout ${timeout} says: for seconds write ${timeout}s` : "";
  return ` within ${timeout} ms${meant}`;
}

function failed(message: string): CommandError {
  return new CommandError(message, exitCodes.failed);
}

/** The attempt that failed last, under "no server answered within …". */
function innermost(error: Error): Error {
  return error.cause instanceof Error && isHoldfastError(error.cause) ? innermost(error.cause) : error;
}
