import fc from "fast-check";
import {
  Actor,
  type ChildSpec,
  type DynamicRef,
  dynamic,
  ignore,
  inline,
  type Ref,
  refuse,
  supervisor,
} from "holdfast";
import { faulty, type TestSystem } from "holdfast/testing";

/*
 * Random trees of inline actors, and random things that happen to them: asks that end in every way, faults, kills, hands
 * that start, stop, add and remove, at any microtask of one another.
 */

/** Everything that ran, by path: incarnations in the order in which their start() or a handler began. */
export const ran = new Map<string, number[]>();

/** Does what it is told, and notes which incarnation did. */
class Puppet extends Actor<{ ignores?: number } | undefined> {
  static override methods = { hang: { limit: "300ms" as const }, again: { idempotent: true } };
  start(): undefined | typeof ignore {
    this.#note();
    return this.props?.ignores === this.self.incarnation ? ignore : undefined;
  }
  say(value: number): number {
    this.#note();
    return value;
  }
  async wait(ms: number): Promise<string> {
    this.#note();
    await new Promise<void>((resolve) => this.after(ms, resolve));
    this.#note();
    return "waited";
  }
  again(): never {
    this.#note();
    throw new Error("each time");
  }
  fail(): never {
    this.#note();
    throw new Error("on purpose");
  }
  /** A child of this incarnation. */
  async bear(ms: number): Promise<number> {
    const child = await this.spawn(
      inline(Puppet, {}, { backoff: { initial: 10 }, intensity: { restarts: 2, within: 100 } }),
    );
    if (ms % 3 === 0) child.tell.fail();
    if (ms % 4 === 0) await child.ask.wait(ms);
    return child.ask.say(ms);
  }
  no(): never {
    throw refuse("no");
  }
  hang(): Promise<never> {
    this.#note();
    return new Promise(() => {});
  }
  bomb(ms: number): void {
    this.after(ms, () => {
      this.#note();
      throw new Error("a timer of this actor");
    });
  }
  #note(): void {
    const { path, incarnation } = this.self;
    ran.set(path, [...(ran.get(path) ?? []), incarnation]);
  }
}

const options = fc.record({
  restart: fc.constantFrom("permanent" as const, "permanent" as const, "transient" as const, "temporary" as const),
  overBudget: fc.constantFrom("escalate" as const, "quarantine" as const),
  intensity: fc.record({ restarts: fc.constantFrom(0, 1, 3), within: fc.constantFrom(100, 5_000) }),
  shutdown: fc.constantFrom("brutal" as const, 50, 2_000),
  startTimeout: fc.constantFrom(100, 1_000),
  grace: fc.constantFrom(0, 50, 1_000),
  exclusive: fc.boolean(),
  significant: fc.boolean(),
});
const faults = fc.record({
  throwsInStart: fc.constantFrom(undefined, undefined, undefined, 1, 2),
  hangsInStart: fc.constantFrom(undefined, undefined, undefined, undefined, 1),
  slowToStart: fc.constantFrom(0, 0, 20, 300),
  slowToStop: fc.constantFrom(0, 0, 30, 500),
  diesOn: fc.constantFrom(undefined, { every: 4 }, 3),
});
const actor = fc
  .record({ options, faults, ignores: fc.constantFrom(0, 0, 0, 1, 2) })
  .map((made) => ({ kind: "actor" as const, ...made }));
const strategy = fc.constantFrom("one-for-one" as const, "all-for-one" as const, "rest-for-one" as const);
const autoShutdown = fc.constantFrom("never" as const, "never" as const, "any-significant" as const);
const group = fc
  .record({
    strategy,
    autoShutdown,
    restarts: fc.constantFrom(0, 2, 8),
    children: fc.array(actor, { minLength: 1, maxLength: 3 }),
  })
  .map((made) => ({ kind: "group" as const, ...made }));
export const tree = fc.record({
  strategy,
  autoShutdown,
  restarts: fc.constantFrom(1, 4, 30),
  children: fc.array(fc.oneof(actor, group), { minLength: 1, maxLength: 3 }),
});
type Made = typeof tree extends fc.Arbitrary<infer T> ? T : never;

const doings = [
  "say",
  "say",
  "wait",
  "fail",
  "again",
  "no",
  "hang",
  "bear",
  "bear",
  "bomb",
  "tell",
  "kill",
  "restart",
  "terminate",
  "remove",
  "add",
  "add",
  "spawn",
  "spawn",
  "time",
  "time",
  "time",
  "time",
  "time",
  "turns",
  "turns",
  "watch",
];
const step = fc.record({ does: fc.constantFrom(...doings), pick: fc.nat(1_000) });
export const steps = fc.array(step, { maxLength: 40, size: "max" });

/** The spec, the paths of its actors, of all its children and of its supervisors, and how many were added since. */
export function specOf(made: Made) {
  const actors: string[] = [];
  const all: string[] = [];
  const childrenOf = (
    children: Made["children"],
    above: string,
    shutdown: Made["autoShutdown"],
  ): Record<string, ChildSpec> =>
    Object.fromEntries(
      children.map((child, n) => {
        const name = `c${n}`;
        const path = above + name;
        all.push(path);
        if (child.kind === "group") {
          const { strategy: own, autoShutdown: ends, restarts, children: below } = child;
          const intensity = { restarts, within: "5s" as const };
          return [
            name,
            supervisor({ strategy: own, autoShutdown: ends, intensity }, childrenOf(below, `${path}/`, ends)),
          ];
        }
        actors.push(path);
        const { throwsInStart, hangsInStart, diesOn, ...slow } = child.faults;
        const wanted = {
          ...slow,
          ...(throwsInStart ? { throwsInStart } : {}),
          ...(hangsInStart ? { hangsInStart } : {}),
          ...(diesOn ? { diesOn } : {}),
        };
        const backoff = { initial: 10, max: 200 };
        const significant = child.options.significant && shutdown !== "never" && child.options.restart !== "permanent";
        const own = { ...child.options, significant, backoff };
        return [name, faulty(inline(Puppet, { ignores: child.ignores }, own), wanted)];
      }),
    );
  const { strategy: own, autoShutdown: ends, restarts } = made;
  const intensity = { restarts, within: "5s" as const };
  const many = dynamic(inline(Puppet, {}, { backoff: { initial: 10 }, shutdown: 100 }), { maxChildren: 4 });
  const children = { ...childrenOf(made.children, "", ends), many };
  const root = supervisor({ strategy: own, autoShutdown: ends, intensity }, children);
  const groups = made.children.flatMap(({ kind }, n) => (kind === "group" ? [`c${n}`] : []));
  return { root, actors, all, above: ["", "many", ...groups], added: 0 };
}

/** Something that must come out exactly once: an ask, a watch, a request by hand. */
export interface Asked {
  what: string;
  outcomes: string[];
}

export async function take(
  test: TestSystem<unknown>,
  made: ReturnType<typeof specOf>,
  asked: Asked[],
  does: string,
  n: number,
) {
  const { app } = test;
  const one = (paths: string[]) => paths[n % paths.length]!;
  const ref = app.ref(one(made.actors)) as Ref<Puppet> | undefined;
  switch (does) {
    case "time":
      return test.advance([1, 20, 100, 400][n % 4]!);
    case "turns":
      // Between a crash and what is made of it lie microtasks: the next step may fall anywhere among them.
      for (let turn = 0; turn < n % 16; turn++) await Promise.resolve();
      return;
    // A temporary child that has ended is known no more.
    case "kill":
      if (app.ref(one(made.all))) app.kill(one(made.all));
      return;
    case "restart":
    case "terminate":
    case "remove":
      if (app.ref(one(made.all))) hear(asked, `${does} ${one(made.all)}`, app[does](one(made.all)));
      return;
    case "add": {
      const above = one(made.above);
      const name = `x${++made.added}`;
      const path = above ? `${above}/${name}` : name;
      made.actors.push(path);
      made.all.push(path);
      const spec = faulty(
        inline(Puppet, {}, { shutdown: 100 }),
        n % 3 ? { slowToStart: n % 40 } : { throwsInStart: 1 },
      );
      hear(asked, `add ${path}`, app.add(above, name, spec));
      return;
    }
    case "spawn": {
      const many = (app.refs as { many: DynamicRef<Puppet> }).many;
      const name = `y${++made.added}`;
      made.actors.push(`many/${name}`);
      made.all.push(`many/${name}`);
      hear(asked, `spawn ${name}`, many.spawn(name));
      return;
    }
    case "watch": {
      const entry: Asked = { what: `watch of ${one(made.all)}`, outcomes: [] };
      asked.push(entry);
      app.watch(one(made.all), ({ reason }) => entry.outcomes.push(reason));
      return;
    }
    case "tell":
      ref?.tell.fail();
      return;
    default: {
      const options = { timeout: n % 3 ? 250 : ("30s" as const) };
      if (ref) hear(asked, `${does} of ${one(made.actors)}`, ref.with(options).ask[does as "wait"](n % 60));
    }
  }
}

function hear(asked: Asked[], what: string, promise: Promise<unknown>): void {
  const entry: Asked = { what, outcomes: [] };
  asked.push(entry);
  promise.then(
    () => entry.outcomes.push("done"),
    (error: Error) => entry.outcomes.push(error.name),
  );
}
