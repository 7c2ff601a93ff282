import fc from "fast-check";
import { Actor, type ChildSpec, ignore, inline, type Ref, refuse, supervisor } from "holdfast";
import { faulty, type TestSystem, testSystem } from "holdfast/testing";
import { describe, expect, it } from "vitest";

/** Everything that ran, by path: incarnations in the order in which their start() or a handler began. */
const ran = new Map<string, number[]>();

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
const tree = fc.record({
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
const steps = fc.array(step, { maxLength: 40, size: "max" });

/** The spec, and the paths of its actors and of all its children. */
function specOf(made: Made) {
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
  const root = supervisor({ strategy: own, autoShutdown: ends, intensity }, childrenOf(made.children, "", ends));
  return { root, actors, all };
}

/** Something that must come out exactly once: an ask by its outcome, a watch by its notice. */
interface Asked {
  what: string;
  outcomes: string[];
}

async function take(
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
      // What becomes of it is told by its promise as well; here the app as a whole is looked at.
      if (app.ref(one(made.all))) app.restart(one(made.all)).catch(() => {});
      return;
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
      const entry: Asked = { what: `${does} of ${one(made.actors)}`, outcomes: [] };
      const promise: Promise<unknown> | undefined = ref
        ?.with({ timeout: n % 3 ? 250 : "30s" })
        .ask[does as "wait"](n % 60);
      if (!promise) return;
      asked.push(entry);
      promise.then(
        (value) => entry.outcomes.push(`value ${String(value)}`),
        (error: { code: string }) => entry.outcomes.push(error.code),
      );
    }
  }
}

describe("for any tree of inline actors and any mishaps, in virtual time", () => {
  it("every ask settles once, every watch is told once, each death is reported once, a stop ends, and nothing is left: no timer, no old incarnation", async () => {
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(tree, steps, fc.integer(), async (made, taken, seed) => {
        ran.clear();
        const plan = specOf(made);
        const asked: Asked[] = [];
        const test = await testSystem(plan.root, { seed, start: "background" });
        for (const { does, pick } of taken) await take(test, plan, asked, does, pick);
        await test.stop();
        await test.app.ended;
        await new Promise(setImmediate);

        for (const { what, outcomes } of asked) expect([what, outcomes]).toEqual([what, [expect.any(String)]]);
        const { events } = test.record;
        const died = events.flatMap((event) => (event.type === "death" ? [event.report] : []));
        deaths += died.length;
        const reported = test.record.reports.map(({ id }) => id);
        expect(reported.toSorted()).toEqual(died.map(({ id }) => id).toSorted());
        // A start that failed is told with the incarnation that did not come up; of those that served, each dies once.
        const served = died.filter(({ cause }) => cause.kind !== "start-failed");
        const who = served.map(({ path, incarnation }) => `${path} ${incarnation}`);
        expect(who).toEqual([...new Set(who)]);
        expect(test.clock!.pending).toBe(0);
        for (const [path, incarnations] of ran) {
          expect([path, incarnations]).toEqual([path, incarnations.toSorted((a, b) => a - b)]);
        }
        const stillThere = (node: ReturnType<typeof test.app.tree>): string[] => [
          ...(["stopped", "quarantined"].includes(node.state) ? [] : [`${node.path} ${node.state}`]),
          ...(node.children ?? []).flatMap(stillThere),
        ];
        expect(stillThere(test.app.tree())).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(deaths).toBeGreaterThan(100);
  });
});
