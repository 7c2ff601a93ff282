import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.js";
import type { HoldfastError } from "../errors.js";
import type { ServedModels } from "../serving/repository/served-models.js";
import type { Tracing } from "../system/trace/tracing.js";
import type { Access } from "./access.js";
import type { Auditor } from "./admin/auditor.js";

/** What a gateway lends to what serves HTTP on its port. */
export interface HttpHost {
  readonly access: Access;
  readonly clock: Clock;
  readonly serverName: string;
  /** Bytes of one request's body. */
  readonly maxPayload: number;
  /** Unanswered requests of one connection. */
  readonly maxInFlight: number;
  /** Web pages of other origins that may read answers. */
  readonly origins: readonly string[];
  /** Why a request's Host or Origin is not allowed; undefined where it is. */
  readonly refusal: (request: IncomingMessage) => HoldfastError | undefined;
  /** Where what operators do is written. */
  readonly auditor: Auditor;
  readonly draining: () => boolean;
  /** Makes spans of requests; undefined where nothing is traced. */
  readonly tracing?: Tracing | undefined;
  /** To be called whenever `pending` went down: a closing gateway waits for it. */
  readonly onSettled: () => void;
}

/** What an operator may do to models. */
export type ModelActs = Pick<ServedModels, "load" | "unload" | "swap" | "rollback">;

/** A protocol over HTTP beside WebSocket, health and pages, on the same port. */
export interface HttpDoor {
  /** Requests at this path and below it come here: "/v2". */
  readonly prefix: string;
  /** Called once per gateway, before its port opens. */
  open(host: HttpHost): Promise<OpenHttpDoor>;
}

export interface OpenHttpDoor {
  /** Answers every request, refused ones too; never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** Requests that are not answered yet. */
  readonly pending: number;
  /** What it adds to /health/ready, by the name of its field: `{ models: { ready: true, … } }`. */
  readiness?(): Readonly<Record<string, { readonly ready: boolean }>>;
  /** What operators may do to the models that it serves, over WebSocket too. */
  readonly models?: ModelActs;
  /** The port is closed; nothing comes any more. */
  close(): Promise<void>;
}
