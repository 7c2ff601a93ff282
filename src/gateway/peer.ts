import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import type { Clock } from "../clock.js";
import type { WireLimits } from "../protocol/frames.js";
import type { App } from "../system/app.js";
import type { Access, Right } from "./access.js";
import type { Auditor } from "./admin/auditor.js";
import type { Exposure } from "./exposure.js";
import type { HistoryKeeper } from "./history-keeper.js";
import type { ModelActs } from "./http-door.js";
import type { Session } from "./session.js";
import type { Streams } from "./streams.js";
import type { Watchers } from "./watchers.js";

/** Who is at the other end of a socket. */
export interface Peer {
  /** Names the connection in logs and dead letters. */
  readonly id: string;
  readonly socket: WebSocket;
  /** Below the WebSocket: written to, counted, and asked whether it has drained. */
  readonly raw: Socket;
  /** The remote address. */
  readonly address: string;
  /** "admin" on the path /admin: there a hello needs the admin token. */
  readonly wants: "call" | "admin";
  /** What the upgrade request has earned. */
  readonly right: Right;
  /** Of the admin's token that it has shown. */
  readonly name?: string;
}

/** What all connections of one gateway share. */
export interface Door {
  readonly app: App<unknown>;
  /** Where what operators do is written. */
  readonly auditor: Auditor;
  /** What operators may do to the models that are served; undefined where none are. */
  readonly models: ModelActs | undefined;
  /** Where other protocols are spoken on the same port. */
  readonly http: readonly string[];
  readonly access: Access;
  readonly exposure: Exposure;
  readonly streams: Streams;
  readonly watchers: Watchers;
  /** Undefined where none is kept. */
  readonly history: HistoryKeeper | undefined;
  readonly limits: WireLimits;
  readonly serverName: string;
  readonly loopback: boolean;
  readonly clock: Clock;
  readonly draining: () => boolean;
  readonly onSettled: () => void;
  readonly onGone: (session: Session) => void;
}
