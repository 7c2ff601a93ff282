import type { ActorClass } from "../../src/actor/actor.js";
import { refTo } from "../../src/actor/ref.js";
import { keyed } from "../../src/routing/keyed.js";
import { pool } from "../../src/routing/pool.js";
import { type ActorSpec, fork, inline, thread } from "../../src/system/specs.js";
import { dynamic } from "../../src/system/supervisor/dynamic-spec.js";
import { supervisor } from "../../src/system/supervisor/supervisor-spec.js";
import type { ChildSpec } from "../../src/system/unit.js";
import { CROWD_CONCURRENCY } from "./actors.js";
import type { ActorPlan, ChildPlan, SupervisorPlan } from "./plan.js";

/** What of a tree the simulation asks about, by whole path. */
export interface TreeShape {
  readonly root: string;
  replayable(path: string): boolean;
  isPool(path: string): boolean;
  /** Keys there are let go, and their state with them, while the run goes on. */
  forgets(path: string): boolean;
  exclusive(path: string): boolean;
  /** A child more, while it runs. */
  adopt(actor: ActorPlan, path: string): void;
  /** Hosts that all units together may be in. */
  readonly places: number;
  /** Actors with a replica, which is in a host of its own. */
  readonly standbys: number;
  /** The most messages that may wait at a path, and be with its hosts. */
  bounds(path: string): { waiting: number; executing: number };
  /** Whom the actor there asks in turn. */
  nextOf(path: string): string | undefined;
  /** Every path that takes mail. */
  readonly paths: readonly string[];
}

export function buildTree(
  plan: SupervisorPlan,
  inlineClasses: Record<string, ActorClass>,
): ReturnType<typeof supervisor> {
  const children: Record<string, ChildSpec> = {};
  for (const child of plan.children) children[child.name] = buildChild(child, inlineClasses);
  return supervisor(plan.options, children);
}

export function buildChild(plan: ChildPlan, classes: Record<string, ActorClass>): ChildSpec {
  switch (plan.kind) {
    case "dynamic":
      return dynamic(undefined, plan.options);
    case "supervisor":
      return buildTree(plan, classes);
    case "pool":
      return pool(actor(plan.member, classes), { size: plan.size, route: plan.route });
    case "keyed":
      return keyed(actor(plan.actor, classes), plan.options);
    case "actor":
      return actor(plan, classes);
  }
}

function actor({ runs, isolation, next, options }: ActorPlan, classes: Record<string, ActorClass>): ActorSpec {
  const props = next === undefined ? {} : { next: refTo(next) };
  const make = { inline, thread, fork }[isolation] as (...args: unknown[]) => ActorSpec;
  return make(isolation === "inline" ? classes[runs] : new URL(`sim:${runs}`), props, options);
}

export function shapeOf(tree: SupervisorPlan): TreeShape {
  const kinds = new Map<
    string,
    { replayable: boolean; pool: boolean; forgets: boolean; next: string | undefined; plan: ChildPlan }
  >();
  let places = 0;
  let standbys = 0;
  const visit = (plan: ChildPlan, path: string): void => {
    if (plan.kind === "dynamic") return;
    if (plan.kind === "supervisor") {
      for (const child of plan.children) visit(child, `${path}/${child.name}`);
      return;
    }
    const own = plan.kind === "actor" ? plan : plan.kind === "pool" ? plan.member : plan.actor;
    if (own.options.standby === "hot") standbys++;
    const next = own.next === undefined ? undefined : `${tree.name}/${own.next}`;
    kinds.set(path, {
      replayable: own.runs === "keeper",
      pool: plan.kind === "pool",
      forgets: plan.kind === "keyed" && plan.options.idle < 10_000,
      next,
      plan,
    });
    places += plan.kind === "pool" ? plan.size : plan.kind === "keyed" ? plan.options.cells.max : 1;
  };
  visit(tree, tree.name);
  const of = (path: string) => {
    for (let at = path; at.includes("/"); at = at.slice(0, at.lastIndexOf("/"))) {
      const kind = kinds.get(at);
      if (kind) return kind;
    }
    return undefined;
  };
  return {
    root: tree.name,
    replayable: (path) => of(path)?.replayable ?? false,
    isPool: (path) => of(path)?.pool ?? false,
    adopt: visit,
    exclusive: (path) => {
      const plan = of(path)?.plan;
      return plan?.kind === "actor" && plan.options.exclusive === true;
    },
    get places() {
      return places;
    },
    get standbys() {
      return standbys;
    },
    bounds: (path) => boundsOf(of(path)!.plan),
    forgets: (path) => of(path)?.forgets ?? false,
    nextOf: (path) => of(path)?.next,
    paths: [...kinds.keys()],
  };
}

/** A full mailbox may be handed back, at a death, what was with the host and what is to be replayed. */
function boundsOf(plan: ChildPlan): { waiting: number; executing: number } {
  const own = plan.kind === "pool" ? plan.member : plan.kind === "keyed" ? plan.actor : (plan as ActorPlan);
  const members = plan.kind === "pool" ? plan.size : 1;
  const {
    mailbox = {},
    window = 64,
    snapshotEvery = 1,
  } = own.options as {
    mailbox?: { messages?: number; overflow?: string };
    window?: number;
    snapshotEvery?: number;
  };
  const { messages = 1000, overflow } = mailbox;
  // A window below what the class may execute at once is no bound: it gets that many.
  const executing = Math.max(window, own.runs === "crowd" ? CROWD_CONCURRENCY : 1) * members;
  return { waiting: messages * (overflow === "wait" ? 2 : 1) + executing + snapshotEvery, executing };
}
