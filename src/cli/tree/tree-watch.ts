import type { Client } from "../../client/client.js";
import { follow } from "../connection/follow.js";
import { branchAt } from "./tree-branch.js";
import type { TreeDisplay } from "./tree-display.js";

export interface WatchedTree {
  readonly client: Client;
  readonly url: string;
  readonly path: string | undefined;
  readonly display: TreeDisplay;
}

/** Shows every tree that comes, until a signal. @throws CommandError when the server takes this client no more */
export function watchTree({ client, url, path, display }: WatchedTree): Promise<number> {
  return follow({
    client,
    url,
    hear: (news) => news.type === "tree" && display.show(branchAt(news.tree, path)),
    lost: (reason) => display.lost(reason),
    resized: () => display.resized?.(),
    end: () => display.end(),
  });
}
