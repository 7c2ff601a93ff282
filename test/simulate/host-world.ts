import type { ToParent } from "../../src/transport/frames.js";
import type { Scheduler } from "./scheduler.js";
import type { SimHost } from "./sim-host.js";

/** deaf: begins messages after it was ended. twice: hears each call twice. blank: its record names nothing. */
export type Broken = "deaf" | "twice" | "blank";

/** Between which two of its instructions a host is struck; "else": at none that can be chosen. */
export type Moment = "before begin" | "after begin" | "before send" | "after send" | "after end" | "else";

/** What the simulated hosts of one run share. */
export interface HostWorld {
  readonly scheduler: Scheduler;
  note(text: string): void;
  /** Something threw that must never throw. */
  surprise(where: string, error: unknown): void;
  /** How the nth host comes up. */
  opening(number: number): { afterMs: number; dies: boolean };
  /** Native code, or a process that the kernel does not let go. */
  refusesToLeave(number: number): boolean;
  /** The module by that name, as this host would import it. */
  load(module: string, host: SimHost): Promise<unknown>;
  /** Its instructions have ended: what it was executing then is known. */
  halted(host: SimHost): void;
  /** For the parent it is over from now on. */
  ending(host: SimHost): void;
  left(host: SimHost): void;
  /** A host that breaks the contract on purpose, to see that the judges notice. */
  readonly broken: Broken | undefined;
  /** A deliberately broken transport changes what a host sends; an honest one returns it as it is. */
  tamper(frames: ToParent[]): ToParent[];
}
