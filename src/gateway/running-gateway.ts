import type { Duration } from "../duration.js";

/** A server in front of a running system. */
export interface Gateway {
  /** "ws://127.0.0.1:8080/". */
  readonly url: string;
  /** Where pages and health are: "http://127.0.0.1:8080/". */
  readonly pagesUrl: string;
  readonly address: { readonly host: string; readonly port: number };
  /** What `hello{admin}` needs; print it for the operator. */
  readonly adminToken: string;
  /** Connections at this moment. */
  readonly connections: number;
  /**
   * Stops accepting, tells every client, waits until what is under way is answered, closes the sockets (1001).
   * Idempotent; a second call with `drain: 0` waits no longer.
   * @param options.drain how long to wait for answers. Default 10 s.
   */
  close(options?: { drain?: Duration }): Promise<void>;
}
