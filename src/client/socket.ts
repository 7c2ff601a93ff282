import type { HoldfastError } from "../errors.js";
import { subprotocol } from "../protocol/frames.js";

/** What the link needs of a socket; `ws` and browsers both give it. */
export interface WireSocket {
  send(data: Uint8Array): void;
  /** Bytes accepted and not yet taken by the network. */
  readonly unsent: number;
  /** Ends it; nothing of it is heard any more. */
  end(code: number, reason: string): void;
}

export interface SocketEvents {
  opened(): void;
  message(data: Uint8Array | string): void;
  /** Called once, also for a socket that never opened; with the server's refusal where the door can know it. */
  closed(code: number, reason: string, refusal: HoldfastError | undefined): void;
}

/** How a door opens a socket: the only thing that differs between Node and browsers. */
export type OpenSocket = (url: string, events: SocketEvents) => WireSocket;

/** The part of the standard WebSocket class that is used; both doors have it. */
export interface StandardSocket {
  binaryType: string;
  readonly bufferedAmount: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: (event: { message?: string }) => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
}

/** What a door makes: the socket, what to do before each send, and why the server refused it; a browser hides that. */
export interface Made {
  readonly socket: StandardSocket;
  readonly beforeSend?: () => void;
  readonly refusal?: () => HoldfastError | undefined;
}

/** A standard WebSocket as the link sees it. */
export function openWith(make: (url: string, protocol: string) => Made): OpenSocket {
  return (url, events) => {
    const { socket, beforeSend, refusal } = make(url, subprotocol);
    let over = false;
    let problem = "";
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      if (!over) events.opened();
    });
    socket.addEventListener("message", ({ data }) => {
      if (!over) events.message(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer));
    });
    // Without a listener `ws` would throw; the close that follows says the rest.
    socket.addEventListener("error", ({ message }) => {
      problem = message ?? "";
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (over) return;
      over = true;
      events.closed(code, reason || problem, refusal?.());
    });
    return {
      send(data) {
        beforeSend?.();
        socket.send(data as Uint8Array<ArrayBuffer>);
      },
      get unsent() {
        return socket.bufferedAmount;
      },
      end(code, reason) {
        over = true;
        socket.close(code, reason);
      },
    };
  };
}
