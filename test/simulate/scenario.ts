import { type Chance, seededChance } from "../../src/clock.js";
import type { RouteName } from "../../src/routing/picks/route.js";
import { LIMIT_MS } from "./actors.js";
import type { Act, ActorPlan, ChildPlan, Op, Plan, Scenario, SupervisorPlan } from "./plan.js";

/** How long clients and faults are at work, ms. */
const BUSY_MS = 6000;

/** Those of pools; that which hashes keys needs some. */
const routes: readonly RouteName[] = [
  "shared",
  "shared",
  "round-robin",
  "smallest-mailbox",
  "two-choices",
  "least-wait",
];

/** Everything about a run that chance decides beforehand: the tree, who asks what and when, what breaks and when. */
export function scenarioOf(seed: number): Scenario {
  const dice = new Dice(seededChance(seed ^ 0x5eed));
  const tree = dice.tree();
  const ops = dice.ops(tree);
  return { seed, tree, background: dice.one(3), ops };
}

interface Place {
  readonly path: string;
  readonly kind: ChildPlan["kind"];
  readonly actor: ActorPlan | undefined;
}

class Dice {
  readonly #chance: Chance;
  #names = 0;
  /** The supervisor in the making can end by itself. */
  #mayEnd = false;
  /** Actors that may be asked by others made later: no circle can come of it. */
  readonly #askable: string[] = [];

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  tree(): SupervisorPlan {
    return this.#supervisor("app", 0, "");
  }

  #supervisor(name: string, depth: number, above: string): SupervisorPlan {
    const options = {
      strategy: this.pick(["one-for-one", "one-for-one", "all-for-one", "rest-for-one"] as const),
      intensity: { restarts: this.pick([2, 10, 50, 50]), within: this.pick([1000, 10_000]) },
      ...(this.one(3) ? { overBudget: this.pick(["escalate", "quarantine"] as const) } : {}),
      ...(this.one(4) ? { autoShutdown: this.pick(["any-significant", "all-significant"] as const) } : {}),
      ...(this.one(5) ? { preset: this.pick(["edge", "server", "batch"] as const) } : {}),
      ...(depth > 0 && this.one(2)
        ? { child: { intensity: { restarts: 3, within: 5000 }, backoff: { initial: 50, max: 500 } } }
        : {}),
    };
    const children: ChildPlan[] = [];
    const count = 1 + this.int(depth === 0 ? 4 : 2);
    for (let i = 0; i < count; i++) {
      this.#mayEnd = "autoShutdown" in options;
      children.push(this.#child(depth, above));
    }
    return { kind: "supervisor", name, options, children };
  }

  #child(depth: number, above: string): ChildPlan {
    const name = `n${++this.#names}`;
    const path = above === "" ? name : `${above}/${name}`;
    const nested = depth < 2 ? this.pick(["supervisor", "supervisor", "dynamic"] as const) : "actor";
    const kind = this.pick(["actor", "actor", "actor", "pool", "keyed", nested] as const);
    switch (kind) {
      case "dynamic":
        return { kind, name, options: { intensity: { restarts: 20, within: 5000 } } };
      case "supervisor":
        return this.#supervisor(name, depth + 1, path);
      case "pool": {
        const member = this.#actor(name, false, false);
        return { kind, name, member, size: 1 + this.int(3), route: this.pick(routes) };
      }
      case "keyed": {
        const actor = this.#actor(name, true, false);
        const idle = this.pick([700, 60_000, 60_000]);
        const min = 1 + this.int(2);
        return { kind, name, actor, options: { cells: { min, max: min + 1 }, maxKeys: this.pick([2, 5]), idle } };
      }
      default: {
        const actor = this.#actor(name, true, true);
        this.#askable.push(path);
        return actor;
      }
    }
  }

  #actor(name: string, keeps: boolean, lone: boolean): ActorPlan {
    const runs = keeps
      ? this.pick(["worker", "keeper", "keeper", "crowd"] as const)
      : this.pick(["worker", "crowd"] as const);
    const next = this.#askable.length > 0 && this.one(2) ? this.pick(this.#askable) : undefined;
    const isolation = this.pick(["thread", "thread", "fork", "fork", "inline"] as const);
    const hot = lone && isolation !== "inline" && this.one(3);
    const options: Record<string, unknown> = {
      shutdown: this.pick(["brutal", 50, 1000, 1000, "unlimited"]),
      startTimeout: this.pick([150, 2000, 5000]),
      intensity: { restarts: this.pick([1, 4, 20]), within: this.pick([500, 10_000]) },
      guiltyIntensity: { restarts: this.pick([3, 100, 100]), within: 5000 },
      backoff: { initial: this.pick([10, 200]), max: this.pick([200, 1500]), healthyAfter: this.pick([100, 5000]) },
      mailbox: {
        messages: this.pick([2, 10, 100, 100]),
        overflow: this.pick(["refuse", "refuse", "drop-oldest", "wait"]),
      },
      window: this.pick([1, 2, 5, 32]),
      spare: this.pick(["none", "empty", "loaded"]),
      ...(runs === "keeper" ? { snapshotEvery: this.pick([1, 1, 2, 4]) } : {}),
      ...(lone && this.one(4)
        ? { restart: this.pick(["transient", "temporary"]), significant: this.#mayEnd && this.one(2) }
        : {}),
      // Nothing of it may run beside it, not even its load(). Inline nobody can end what will not end.
      ...(hot ? { standby: "hot" } : {}),
      ...(lone && !hot && isolation !== "inline" && this.one(4)
        ? { exclusive: true, spare: this.pick(["none", "empty"]) }
        : {}),
      ...(this.one(3) ? { grace: this.pick([20, 300]) } : {}),
      ...(this.one(3) ? { overBudget: this.pick(["escalate", "quarantine", "quarantine"]) } : {}),
    };
    return {
      kind: "actor",
      name,
      runs,
      isolation,
      next,
      options,
    };
  }

  ops(tree: SupervisorPlan): Op[] {
    const places = this.#places(tree, "");
    const above = places.filter(({ kind }) => kind === "supervisor" || kind === "dynamic");
    const targets = places.filter(({ kind }) => kind !== "supervisor" && kind !== "dynamic");
    const ops: Op[] = [];
    if (targets.length === 0) return ops;
    const calls = 10 + this.int(60);
    let at = 1;
    for (let i = 1; i <= calls; i++) {
      // Mail comes in bursts: several at one moment, then a pause.
      if (!this.one(2)) at = 1 + this.int(BUSY_MS);
      ops.push(this.#call(`m${i}`, at, this.pick(targets)));
    }
    const faults = this.int(14);
    // Half of the faults come just when there is mail on its way.
    const mail = ops.map((op) => op.at);
    for (let i = 0; i < faults; i++) {
      ops.push(this.#fault(places, this.one(2) ? this.pick(mail) + this.#chance() * 3 : 1 + this.int(BUSY_MS)));
    }
    this.#mayEnd = false;
    for (let nth = this.int(4); nth > 0; nth--) {
      const { path } = this.pick([{ path: "" }, ...above, ...above]);
      const actor = this.#actor(`a${nth}`, true, true);
      const at = 1 + this.int(BUSY_MS);
      ops.push({ kind: "add", at, path, actor });
      const place: Place = { path: path === "" ? actor.name : `${path}/${actor.name}`, kind: "actor", actor };
      places.push(place);
      for (let i = this.int(6); i > 0; i--) ops.push(this.#call(`a${nth}m${i}`, at + this.int(2000), place));
    }
    for (let id = this.int(6); id > 0; id--) {
      const { path, kind } = this.pick(places);
      const key = kind === "keyed" && this.one(2) ? "k1" : undefined;
      ops.push({ kind: "watch", at: 1 + this.int(BUSY_MS), id, path, key });
    }
    if (this.one(4)) ops.push({ kind: "stop", at: 1 + this.int(BUSY_MS), drain: this.pick([0, 100, 2000]) });
    for (const { path, kind } of targets) {
      if (kind !== "keyed") continue;
      for (let i = this.int(5); i > 0; i--) {
        const at = this.one(2) ? this.pick(mail) + this.#chance() * 3 : 1 + this.int(BUSY_MS);
        ops.push({ kind: "resize", at, path, to: 1 + this.int(3) });
      }
    }
    return ops.sort((a, b) => a.at - b.at);
  }

  #places(plan: ChildPlan, path: string): Place[] {
    const own: Place = {
      path,
      kind: plan.kind,
      actor:
        plan.kind === "actor"
          ? plan
          : plan.kind === "pool"
            ? plan.member
            : plan.kind === "keyed"
              ? plan.actor
              : undefined,
    };
    const below = plan.kind === "supervisor" ? plan.children : [];
    const at = (name: string) => (path === "" ? name : `${path}/${name}`);
    return [...(path === "" ? [] : [own]), ...below.flatMap((child) => this.#places(child, at(child.name)))];
  }

  #call(id: string, at: number, { path, kind, actor }: Place): Op {
    const keeper = actor!.runs === "keeper";
    const method = keeper
      ? this.pick(["put", "put", "put", "relay"] as const)
      : this.pick(["once", "once", "again", "flow", "relay"] as const);
    const ask = method === "flow" || !this.one(4);
    return {
      kind: "call",
      at,
      id,
      sender: this.pick(["c1", "c2"]),
      path,
      key: kind === "keyed" ? this.pick(["k1", "k2", "k3"]) : undefined,
      method,
      ask,
      idempotent: this.one(8),
      timeout: this.pick([20, 300, 3000, 3000, 30_000, Number.POSITIVE_INFINITY]),
      cancelAt: ask && this.one(10) ? this.int(300) : undefined,
      plan: this.#plan(actor!.isolation === "inline"),
    };
  }

  #plan(inline: boolean): Plan {
    const faulty: Act[] = [
      "throw",
      "throw",
      "refuse",
      "hang",
      ...(inline ? [] : (["exit", "uncaught", "heap", "block"] as const)),
    ];
    const acts: Act[] = [];
    while (this.one(4) && acts.length < 3)
      acts.push(this.pick(acts[0] === undefined ? faulty : faulty.filter((act) => act !== "refuse")));
    return { ms: this.pick([0, 0, 1, 10, 60, LIMIT_MS / 2]), acts, lingers: this.one(4), values: 1 + this.int(3) };
  }

  #fault(places: Place[], at: number): Op {
    const nth = this.int(8);
    const fault = this.pick(["exit", "uncaught", "heap"] as const);
    const kind = this.pick([
      "kill",
      "kill",
      "terminate",
      "remove",
      "stopping",
      "restart",
      "release",
      "lag",
      "strike",
      "strike",
      "freeze",
      "trip",
      "trip",
      "opening",
      "opening",
      "starting",
    ] as const);
    switch (kind) {
      case "stopping":
        return { kind, at: 0, nth: 1 + this.int(12), how: this.pick(["throws", "slow", "slow"] as const) };
      case "kill":
      case "terminate":
      case "remove":
      case "restart": {
        const place = this.pick(places);
        return {
          kind,
          at,
          path: place.path,
          key: place.kind === "keyed" && kind === "kill" && this.one(2) ? "k1" : undefined,
        };
      }
      case "release": {
        const keyed = places.filter((place) => place.kind === "keyed");
        if (keyed.length === 0) return { kind: "strike", at, nth, fault };
        return { kind, at, path: this.pick(keyed).path, key: this.pick(["k1", "k2"]) };
      }
      case "lag":
        return { kind, at, ms: this.pick([5, 60, 500]) };
      case "strike":
        return { kind, at, nth, fault };
      case "freeze":
        return { kind, at, nth, ms: this.pick([20, 300, 3000]) };
      case "trip": {
        const moment = this.pick(["before begin", "after begin", "before send", "after send", "after end"] as const);
        return { kind, at, nth, moment, after: 1 + this.int(4), fault };
      }
      case "opening": {
        const how = this.pick(["dies", "slow", "boot-fails", "boot-hangs", "will-not-leave"] as const);
        return { kind, at: 0, number: 1 + this.int(15), how };
      }
      case "starting":
        return { kind, at: 0, nth: 1 + this.int(20), how: this.pick(["throws", "slow", "hangs", "ignores"] as const) };
    }
  }

  one(outOf: number): boolean {
    return this.int(outOf) === 0;
  }

  int(below: number): number {
    return Math.floor(this.#chance() * below);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.int(from.length)]!;
  }
}
