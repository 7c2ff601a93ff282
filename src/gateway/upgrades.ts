import { randomBytes } from "node:crypto";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { WebSocketServer } from "ws";
import { HoldfastError } from "../errors.js";
import { subprotocol } from "../protocol/frames.js";
import { type Access, bearer } from "./access.js";
import { type HostRules, hostAllowed, originAllowed } from "./hosts.js";
import { pathOf, problem } from "./http.js";
import type { Peer } from "./peer.js";

export interface UpgradesRules {
  readonly access: Access;
  readonly maxPayload: number;
  readonly refusal: (request: IncomingMessage) => HoldfastError | undefined;
  /** No connection is taken now: too many, or the server stops. */
  readonly full: () => boolean;
  readonly onPeer: (peer: Peer) => void;
}

/** Why a request is not answered at all: it names another server, or comes from a page that may not speak to this one. */
export function requestRefusal({ headers, url }: IncomingMessage, rules: HostRules): HoldfastError | undefined {
  if (!hostAllowed(headers.host, rules)) {
    const message = `the Host header is ${JSON.stringify(headers.host)}, which is not a name of this server: add it to \`hosts\``;
    return new HoldfastError("Unauthorized", message);
  }
  if (!originAllowed(headers.origin, headers.host, rules)) {
    const message = `pages of ${JSON.stringify(headers.origin)} may not use this server: add it to \`origins\``;
    return new HoldfastError("Unauthorized", message);
  }
  if (/[?&](access_)?token=/i.test(url ?? "")) {
    return new HoldfastError(
      "Unauthorized",
      "a token never belongs into a URL (logs keep those): use the Authorization header or hello",
    );
  }
  return undefined;
}

/**
 * From an HTTP upgrade request to a WebSocket: host, origin, path, room, subprotocol, token, in this order.
 *
 *   refused ◀─ 403 host or origin · 404 path · 503 full · 400 subprotocol · 401 token, 429 too many wrong ones
 */
export class Upgrades {
  readonly #rules: UpgradesRules;
  readonly #sockets: WebSocketServer;

  constructor(rules: UpgradesRules) {
    this.#rules = rules;
    this.#sockets = new WebSocketServer({
      noServer: true,
      maxPayload: rules.maxPayload,
      perMessageDeflate: false,
      handleProtocols: () => subprotocol,
    });
  }

  take(request: IncomingMessage, raw: Socket, head: Buffer): void {
    // Until ws takes over, nobody else listens: an unheard error would end the process.
    const unheard = () => raw.destroy();
    raw.on("error", unheard);
    const refused = this.#refusal(request) ?? this.#earned(request);
    if ("error" in refused) {
      refuse(raw, refused.status, refused.error);
      return;
    }
    const address = this.#rules.access.addressOf(request);
    this.#sockets.handleUpgrade(request, raw, head, (socket) => {
      raw.off("error", unheard);
      raw.setNoDelay(true);
      this.#rules.onPeer({ id: randomBytes(6).toString("hex"), socket, raw, address, ...refused });
    });
  }

  /** Resolves when every socket has closed. */
  async closed(): Promise<void> {
    const open = [...this.#sockets.clients].filter((socket) => socket.readyState !== socket.CLOSED);
    await Promise.all(open.map((socket) => new Promise((resolve) => socket.once("close", resolve))));
  }

  #refusal(request: IncomingMessage): Refusal | undefined {
    const refused = this.#rules.refusal(request);
    if (refused) return { status: 403, error: refused };
    const path = pathOf(request.url);
    if (path !== "/" && path !== "/admin") {
      return {
        status: 404,
        error: new HoldfastError("NotExposed", `no WebSocket is at ${path}: connect to / or /admin`),
      };
    }
    if (this.#rules.full()) {
      const message = "the server takes no connection now: it is full or stopping";
      return { status: 503, error: new HoldfastError("Unavailable", message, { retryAfterMs: 1000 }) };
    }
    const offered = request.headers["sec-websocket-protocol"];
    if (offered !== undefined && !offered.split(",").some((name) => name.trim() === subprotocol)) {
      const message = `the subprotocols offered are ${JSON.stringify(offered)}: offer ${subprotocol}, or none for JSON`;
      return { status: 400, error: new HoldfastError("BadFrame", message) };
    }
    return undefined;
  }

  #earned(request: IncomingMessage): Pick<Peer, "wants" | "right" | "name"> | Refusal {
    const { access } = this.#rules;
    const wants = pathOf(request.url) === "/admin" ? "admin" : "call";
    const token = bearer(request.headers.authorization);
    if (token === undefined) return { wants, right: wants === "admin" ? "none" : access.open };
    try {
      return { wants, ...access.identify(token, wants, access.addressOf(request)) };
    } catch (thrown) {
      const error = thrown as HoldfastError;
      return { status: error.retryAfterMs === undefined ? 401 : 429, error };
    }
  }
}

interface Refusal {
  readonly status: number;
  readonly error: HoldfastError;
}

function refuse(raw: Socket, status: number, error: HoldfastError): void {
  const { body, headers } = problem(status, error);
  const retry = error.retryAfterMs ? { "retry-after": Math.ceil(error.retryAfterMs / 1000) } : {};
  const challenge = status === 401 ? { "www-authenticate": "Bearer" } : {};
  const bytes = Buffer.from(body ?? "");
  const all = { ...headers, ...retry, ...challenge, connection: "close", "content-length": bytes.length };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  // Nobody else ends it: a peer that keeps its side open would hold it, and a gateway that closes, for ever.
  raw.once("finish", () => raw.destroy());
  raw.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${bytes.toString()}`);
}
