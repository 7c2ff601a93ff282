import { type Client, connectThrough } from "./client.js";
import type { ConnectOptions } from "./options.js";
import { openWith, type StandardSocket } from "./socket.js";

export type { Client, News } from "./client.js";
export type { InputStream, StreamOptions, StreamState } from "./input-stream.js";
export type { ConnectOptions } from "./options.js";

/** The same as in Node, over the browser's own WebSocket: see node.ts. */
export function connect<Exposed = Record<string, unknown>>(
  url: string | readonly string[],
  options: ConnectOptions = {},
): Promise<Client<Exposed>> {
  return connectThrough<Exposed>(openSocket, url, options);
}

const openSocket = openWith((url, protocol) => ({
  socket: new WebSocket(url, protocol) as unknown as StandardSocket,
}));
