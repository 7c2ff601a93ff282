import type { Client } from "../client/client.js";
import { exitCodes } from "./command.js";
import { onSignals } from "./on-signals.js";
import { branchAt } from "./tree-branch.js";
import type { TreeDisplay } from "./tree-display.js";
import { unreachable } from "./unreachable.js";

export interface WatchedTree {
  readonly client: Client;
  readonly url: string;
  readonly path: string | undefined;
  readonly display: TreeDisplay;
}

/**
 * Shows every tree that comes, until a signal, or until whoever reads the output has left. A lost connection comes back
 * through the client, with back-off, for as long as it takes.
 * @throws CommandError when the server takes this client no more
 */
export async function watchTree({ client, url, path, display }: WatchedTree): Promise<number> {
  const { stdout } = process;
  const stop = onSignals(() => {});
  const resized = () => display.resized?.();
  stdout.on("resize", resized);
  const left = new Promise<void>((resolve, reject) => {
    // `holdfast tree --watch | head -3` ends when head does.
    stdout.on("error", (error: NodeJS.ErrnoException) => (error.code === "EPIPE" ? resolve() : reject(error)));
  });
  const over = new Promise<never>((_, reject) => {
    client.watch((news) => {
      if (news.type === "tree") display.show(branchAt(news.tree, path));
      else if (news.type === "lost" && news.again) display.lost(news.error.message);
      else if (news.type === "lost") reject(unreachable(url, news.error));
    });
  });
  try {
    await Promise.race([stop.asked, left, over]);
    return exitCodes.ok;
  } finally {
    stdout.off("resize", resized);
    display.end();
    stop.release();
  }
}
