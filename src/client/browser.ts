import { type Client, connectThrough } from "./client.js";
import type { ConnectOptions } from "./options.js";
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

/** The same as in Node, over the browser's own WebSocket: see node.ts. */
export function connect<Exposed = Record<string, unknown>>(
  url: string | readonly string[],
  options: ConnectOptions = {},
): Promise<Client<Exposed>> {
  return connectThrough<Exposed>(openSocket, url, options);
}

// Pure, so that who takes the V2 client alone carries no WebSocket.
const openSocket = /* @__PURE__ */ openWith((url, protocol) => ({
  socket: new WebSocket(url, protocol) as unknown as StandardSocket,
}));
