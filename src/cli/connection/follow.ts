import type { Client, News, WatchOptions } from "../../client/client.js";
import { exitCodes } from "../command.js";
import { onSignals } from "../on-signals.js";
import { unreachable } from "./unreachable.js";

/** What a command does with the news of a server. */
export interface Follower {
  readonly client: Client;
  readonly url: string;
  readonly watch?: WatchOptions;
  hear(news: Exclude<News, { type: "lost" }>): void;
  /** The connection is gone; another one is being tried. */
  lost(reason: string): void;
  resized?(): void;
  /** Nothing comes any more: leaves the terminal as it was found. */
  end(): void;
}

/**
 * Hears every news until a signal, or until whoever reads the output has left. A lost connection comes back through the client,
 * with back-off, for as long as it takes.
 * @param over ends it too
 * @throws CommandError when the server takes this client no more
 */
export async function follow(follower: Follower, over?: Promise<unknown>): Promise<number> {
  const { client, url, watch = {} } = follower;
  const { stdout } = process;
  const stop = onSignals(() => {});
  const resized = () => follower.resized?.();
  stdout.on("resize", resized);
  const left = new Promise<void>((resolve, reject) => {
    // `holdfast tree --watch | head -3` ends when head does.
    stdout.on("error", (error: NodeJS.ErrnoException) => (error.code === "EPIPE" ? resolve() : reject(error)));
  });
  const refused = new Promise<never>((_, reject) => {
    client.watch((news) => {
      if (news.type !== "lost") follower.hear(news);
      else if (news.again) follower.lost(news.error.message);
      else reject(unreachable(url, news.error));
    }, watch);
  });
  try {
    await Promise.race([stop.asked, left, refused, ...(over ? [over] : [])]);
    return exitCodes.ok;
  } finally {
    stdout.off("resize", resized);
    follower.end();
    stop.release();
  }
}
