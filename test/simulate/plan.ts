import type { RouteName } from "../../src/routing/picks/route.js";
import type { Moment } from "./host-world.js";
import type { HostFault } from "./sim-host.js";

/** What a handler does at one attempt, after it has worked for its time. */
export type Act =
  | "answer"
  | "throw"
  | "refuse"
  /** The promise never settles. */
  | "hang"
  /** The event loop is blocked for good. */
  | "block"
  | HostFault;

/** What one message does at its receiver: act n at its nth attempt, "answer" beyond the last. */
export interface Plan {
  readonly ms: number;
  readonly acts: readonly Act[];
  /** Its time is a timer of the host, not of the incarnation: it goes on when that is fenced. */
  readonly lingers: boolean;
  /** Values of a stream. */
  readonly values: number;
}

export type Method = "once" | "again" | "flow" | "relay" | "put";

/** One thing that happens to the system from outside. A failing run is shrunk by leaving some out. */
export type Op =
  | {
      kind: "call";
      at: number;
      id: string;
      sender: string;
      path: string;
      key: string | undefined;
      method: Method;
      ask: boolean;
      /** The caller declares it. */
      idempotent: boolean;
      timeout: number;
      cancelAt: number | undefined;
      plan: Plan;
    }
  | { kind: "kill" | "restart" | "terminate" | "remove"; at: number; path: string; key: string | undefined }
  | { kind: "release"; at: number; path: string; key: string }
  /** Of a keyed group: cells more or fewer; beyond its bounds it is refused. */
  | { kind: "resize"; at: number; path: string; to: number }
  | { kind: "lag"; at: number; ms: number }
  /** The nth of the hosts that are there. */
  | { kind: "strike"; at: number; nth: number; fault: HostFault }
  | { kind: "freeze"; at: number; nth: number; ms: number }
  | { kind: "trip"; at: number; nth: number; moment: Moment; after: number; fault: HostFault }
  /** How the nth host that is opened comes up. */
  | { kind: "opening"; at: 0; number: number; how: "dies" | "slow" | "boot-fails" | "boot-hangs" | "will-not-leave" }
  /** How the nth start of an actor goes. */
  | { kind: "starting"; at: 0; nth: number; how: "throws" | "slow" | "hangs" | "ignores" }
  /** How the nth stop() of an actor goes. */
  | { kind: "stopping"; at: 0; nth: number; how: "throws" | "slow" }
  /** A child more below a supervisor. */
  | { kind: "add"; at: number; path: string; actor: ActorPlan }
  /** A death watch, also of supervisors, pools and groups. */
  | { kind: "watch"; at: number; id: number; path: string; key: string | undefined }
  | { kind: "stop"; at: number; drain: number };

export interface ActorPlan {
  kind: "actor";
  name: string;
  runs: "worker" | "keeper" | "crowd";
  isolation: "inline" | "thread" | "fork";
  /** Whom `relay` asks: an actor that never asks back. */
  next: string | undefined;
  options: Record<string, unknown>;
}

export type ChildPlan =
  | ActorPlan
  | { kind: "pool"; name: string; member: ActorPlan; size: number; route: RouteName }
  | {
      kind: "keyed";
      name: string;
      actor: ActorPlan;
      options: { cells: { min: number; max: number }; maxKeys: number; idle: number };
    }
  | SupervisorPlan
  | DynamicPlan;

export interface SupervisorPlan {
  kind: "supervisor";
  name: string;
  options: Record<string, unknown>;
  children: ChildPlan[];
}

/** It begins without children. */
export interface DynamicPlan {
  kind: "dynamic";
  name: string;
  options: Record<string, unknown>;
}

export interface Scenario {
  readonly seed: number;
  readonly tree: SupervisorPlan;
  readonly background: boolean;
  readonly ops: readonly Op[];
}
