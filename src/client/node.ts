import type { Socket } from "node:net";
import { WebSocket } from "ws";
import type { HoldfastError } from "../errors.js";
import { type Client, connectThrough } from "./client.js";
import type { ConnectOptions } from "./options.js";
import { noTlsThere, refusalOf } from "./refusal.js";
import { openWith, type StandardSocket } from "./socket.js";

export type { ClientAdmin, ClientModels } from "./admin.js";
export type { Client, News, WatchOptions } from "./client.js";
export type { ClientLetters } from "./client-letters.js";
export type { InputStream, StreamOptions, StreamState } from "./input-stream.js";
export type { ConnectOptions } from "./options.js";
export type { V2Answer, V2InferOptions } from "./v2/infer.js";
export type { V2Input, V2InputData } from "./v2/input-tensor.js";
export type {
  V2Duration,
  V2IndexEntry,
  V2ModelMetadata,
  V2ModelStatistics,
  V2Port,
  V2ServerMetadata,
} from "./v2/messages.js";
export type { V2CallOptions } from "./v2/model-call.js";
export type { V2ClientOptions } from "./v2/options.js";
export type { V2Arrays, V2Output, V2RawArrays } from "./v2/output-tensor.js";
export { type V2Client, type V2RepositoryOptions, v2Client } from "./v2/v2-client.js";

/**
 * Connects to a holdfast server, or to the first of several that answers; afterwards it reconnects by itself, to the
 * next one when there are more.
 * @throws (rejects) HoldfastError Unauthorized, InvalidSpec, or ConnectionLost when none answers within `connectTimeout`;
 * at once with what the server says (Unauthorized, NotExposed, BadFrame) when each answers the upgrade with a refusal
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

/** Bytes of a refusal's body that are read; a proxy's page may be of any size. */
const LONGEST_REFUSAL = 16 * 1024;

const openSocket = openWith((url, protocol) => {
  const socket = new WebSocket(url, protocol, { perMessageDeflate: false, followRedirects: false });
  let raw: Socket | undefined;
  let corked = false;
  socket.on("upgrade", (response) => {
    raw = response.socket;
  });
  let refusal: HoldfastError | undefined;
  socket.on("unexpected-response", (_request, response) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const read = () => {
      const body = Buffer.concat(chunks).toString();
      refusal ??= refusalOf(url, response.statusCode ?? 0, response.statusMessage ?? "", body);
      socket.terminate();
    };
    response.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LONGEST_REFUSAL) read();
    });
    // "close" comes after "end", and alone when the body breaks off.
    response.on("error", () => {});
    response.on("close", read);
  });
  socket.on("error", (error) => {
    if (/wrong version number/.test(error.message)) refusal = noTlsThere(url, error);
  });
  return {
    refusal: () => refusal,
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
