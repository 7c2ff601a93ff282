import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

export function offersWebSocket({ headers }: IncomingMessage): boolean {
  return /(^|,)\s*websocket\s*(,|$)/i.test(headers.upgrade ?? "");
}

/**
 * Reads a request again without the protocol that it offers to change to. Who offers one that is not spoken here gets an answer
 * all the same (RFC 9110, 7.8): Java's client and `curl --http2` offer h2c with their first request.
 *
 *   head ─▸ Node's parser ─▸ "upgrade": the socket is nobody's ─▸ head without the offer, and what followed it ─▸ a parser anew
 */
export class OtherProtocols {
  readonly #server: Server;
  /** The answers that were begun last, by connection. */
  readonly #latest = new WeakMap<Socket, ServerResponse>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Each request of the server is told: an offer that comes behind others waits for their answers. */
  note(request: IncomingMessage, response: ServerResponse): void {
    this.#latest.set(request.socket, response);
  }

  decline(request: IncomingMessage, socket: Socket, head: Buffer): void {
    // Nobody else listens: an unheard error would end the process.
    const unheard = () => socket.destroy();
    socket.on("error", unheard);
    const goOn = () => {
      socket.off("error", unheard);
      if (socket.destroyed) return;
      socket.unshift(Buffer.concat([headWithoutOffer(request), head]));
      this.#server.emit("connection", socket);
      // It stood still from when Node gave it away.
      socket.resume();
    };
    const before = this.#latest.get(socket);
    if (!before || before.closed) goOn();
    else before.once("close", goOn);
  }
}

function headWithoutOffer({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const kept = withoutOffer(rawHeaders[at]!, rawHeaders[at + 1]!);
    if (kept !== undefined) lines.push(`${rawHeaders[at]}: ${kept}`);
  }
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

function withoutOffer(name: string, value: string): string | undefined {
  if (/^(upgrade|http2-settings)$/i.test(name)) return undefined;
  if (!/^connection$/i.test(name)) return value;
  const tokens = value.split(",").map((token) => token.trim());
  const kept = tokens.filter((token) => !/^(upgrade|http2-settings)$/i.test(token));
  return kept.length > 0 ? kept.join(", ") : undefined;
}
