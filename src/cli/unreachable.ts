import { isHoldfastError } from "../errors.js";
import { CommandError, exitCodes } from "./command.js";

/**
 * Why a server could not be reached, in one sentence with what mends it. Pure.
 * @param error what connecting, or a connection that ended for good, gave
 * @returns with exit code 2 for a url that cannot be one, else 1; what is no trouble of a connection as it is
 */
export function unreachable(url: string, error: unknown): unknown {
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
      return failed(`no server answers at ${url} (${said}): start it with "holdfast serve", or ${example}`);
    default:
      return error;
  }
}

const example = `give the url that "holdfast serve" printed, such as http://127.0.0.1:8080`;

function failed(message: string): CommandError {
  return new CommandError(message, exitCodes.failed);
}

/** The attempt that failed last, under "no server answered within …". */
function innermost(error: Error): Error {
  return error.cause instanceof Error && isHoldfastError(error.cause) ? innermost(error.cause) : error;
}
