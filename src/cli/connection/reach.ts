import type { Client, News } from "../../client/client.js";
import { connect } from "../../client/node.js";
import { CommandError, durationOption, exitCodes } from "../command.js";
import { unreachable } from "./unreachable.js";

/** Options of every command that looks into a server. */
export const reachOptions = {
  token: { type: "string" },
  timeout: { type: "string" },
} as const;

/** The same, for their help. */
export const reachHelp = `  --token TOKEN    default HOLDFAST_TOKEN, which other users of this machine cannot read
  --timeout TIME   how long to look for the server: 500ms, 5s (default), 1m; a bare number is ms`;

export interface Reached {
  /** Of the command, for the server's log and for help. */
  readonly command: string;
  readonly url: string;
  readonly token?: string | undefined;
  readonly timeout?: string | undefined;
}

/** Where nobody says how long to look for a server. */
export const PATIENCE = "5s";

/** The first tree that a server sends, with its recent death reports. */
export type FirstTree = Extract<News, { type: "tree" }>;

/**
 * A connection that may watch.
 * @throws CommandError where nobody answers, the token is wrong, or the server shows itself to operators only
 */
export async function reach(reached: Reached): Promise<Client> {
  const { url, token = process.env.HOLDFAST_TOKEN, timeout = PATIENCE } = reached;
  let client: Client;
  try {
    client = await dial(reached, token);
  } catch (error) {
    throw unreachable(url, error, timeout);
  }
  if (client.mayWatch) return client;
  client.close();
  const why = `${url} shows its tree to operators only, because other machines reach it`;
  throw new CommandError(`${why}: give its admin token in HOLDFAST_TOKEN`, exitCodes.failed);
}

/** A connection with that token. @throws (rejects) what connecting throws, CommandError for a timeout that is none */
export async function dial({ command, url, timeout = PATIENCE }: Reached, token: string | undefined): Promise<Client> {
  const connectTimeout = durationOption("timeout", timeout);
  return connect(url, { ...(token ? { token } : {}), connectTimeout, name: `holdfast ${command}` });
}

/** @throws CommandError when the connection ends before */
export function firstTree(client: Client, url: string): Promise<FirstTree> {
  return new Promise((resolve, reject) => {
    const stop = client.watch((news) => {
      if (news.type !== "tree" && news.type !== "lost") return;
      stop();
      if (news.type === "tree") resolve(news);
      else reject(unreachable(url, news.error));
    });
  });
}

/** The one url of a command line, and the words after it. @throws CommandError */
export function urlOf(command: string, positionals: readonly string[], most = 1): [string, ...string[]] {
  const [url, ...rest] = positionals;
  if (url === undefined || positionals.length > most) {
    const wanted = most === 1 ? "one url" : `a url and at most ${most - 1} more`;
    throw new CommandError(`${command} takes ${wanted}, not ${positionals.length}\nsee: holdfast ${command} --help`);
  }
  return [url, ...rest];
}
