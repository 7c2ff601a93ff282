import type { Host } from "../../host/host.js";

export interface OpenOptions {
  /** How long host and load() may take together. */
  readonly withinMs: number;
  /** Called with the host before anything runs in it. */
  readonly onOpened?: ((host: Host) => void) | undefined;
  /** Gives the start up. */
  readonly signal: AbortSignal;
  /** Called when a host runs, before load() is done. */
  readonly onHost: (level: "spare" | "cold") => void;
  /** Its members are each ended alone. Default false: one that hangs takes the cell along. */
  readonly shared?: boolean;
}
