import type { Client } from "../../client/client.js";
import { isHoldfastError } from "../../errors.js";
import { CommandError, exitCodes } from "../command.js";
import { oneLine } from "../terminal/terminal-text.js";
import { dial, PATIENCE, type Reached } from "./reach.js";
import { unreachable } from "./unreachable.js";

/** Of every command that acts on a server, for its help. */
export const reachAdminHelp = `  --token TOKEN    the admin token; default HOLDFAST_ADMIN_TOKEN, which other users of this machine cannot read
  --timeout TIME   how long to look for the server: 500ms, 5s (default), 1m; a bare number is ms`;

/**
 * A connection with the admin right. The admin token is shown at once: a server that other machines reach lets nobody else in
 * to watch, and a caller's token that happens to be in HOLDFAST_TOKEN must not stand in its way.
 * @throws CommandError where nobody answers, or there is no admin token, or a wrong one
 */
export async function reachAdmin(reached: Reached): Promise<Client> {
  const { command, url, timeout = PATIENCE } = reached;
  const adminToken = reached.token ?? process.env.HOLDFAST_ADMIN_TOKEN;
  if (!adminToken) {
    throw new CommandError(
      `${command} needs the admin token that "holdfast serve" printed: give it in HOLDFAST_ADMIN_TOKEN`,
    );
  }
  let client: Client | undefined;
  try {
    client = await dial(reached, adminToken);
    await client.admin.login(adminToken);
    return client;
  } catch (error) {
    client?.close();
    if (!isHoldfastError(error, "Unauthorized")) throw unreachable(url, error, timeout);
    const why = `${url} refused the admin token (${oneLine(error.message)})`;
    throw new CommandError(`${why}: give the one that it printed, in HOLDFAST_ADMIN_TOKEN`, exitCodes.failed);
  }
}
