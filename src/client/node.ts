import type { Socket } from "node:net";
import { WebSocket } from "ws";
import { type Client, connectThrough } from "./client.js";
import type { ConnectOptions } from "./options.js";
import { openWith, type StandardSocket } from "./socket.js";

export type { Client, News } from "./client.js";
export type { InputStream, StreamOptions, StreamState } from "./input-stream.js";
export type { ConnectOptions } from "./options.js";

/**
 * Connects to a holdfast server, or to the first of several that answers; afterwards it reconnects by itself, to the
 * next one when there are more.
 * @throws (rejects) HoldfastError Unauthorized, InvalidSpec, or ConnectionLost when none answers within `connectTimeout`
 * @example
 * const client = await connect<{ digits: Digits }>("ws://127.0.0.1:8080", { token });
 * const digit = await client.ref("digits").ask.classify(pixels);
 */
export function connect<Exposed = Record<string, unknown>>(
  url: string | readonly string[],
  options: ConnectOptions = {},
): Promise<Client<Exposed>> {
  return connectThrough<Exposed>(openSocket, url, options);
}

const openSocket = openWith((url, protocol) => {
  const socket = new WebSocket(url, protocol, { perMessageDeflate: false, followRedirects: false });
  let raw: Socket | undefined;
  let corked = false;
  socket.on("upgrade", (response) => {
    raw = response.socket;
  });
  return {
    socket: socket as unknown as StandardSocket,
    // Frames of one turn leave in one write.
    beforeSend() {
      if (!raw || corked) return;
      corked = true;
      raw.cork();
      process.nextTick(() => {
        corked = false;
        raw?.uncork();
      });
    },
  };
});
