import { Actor, dynamic, ignore, inline, pool, type Ref, supervisor } from "holdfast";
import { lifeMachine, stopTestSystems, testSystem } from "holdfast/testing";
import { afterEach, expect, it } from "vitest";
import { seededChance } from "../../src/clock.js";

afterEach(stopTestSystems);

const machine = lifeMachine();

/** Where one step leads from a state. */
function next(state: string): string[] {
  const ways = [...machine.states[state]!.transitions.values()].flat();
  return ways.flatMap(({ target = [] }) => target.map(({ key }) => key));
}

const isPath = (from: string, to: string) => next(from).some((via) => via === to || next(via).includes(to));

it("tells of each life as a path of its machine, one or two steps at a time", async () => {
  let pairs = 0;
  for (let seed = 1; seed <= 80; seed++) {
    const told = await eventful(seed);
    const last = new Map<string, string>();
    for (const { path, state } of told) {
      const before = last.get(path);
      last.set(path, state);
      if (before === undefined) continue;
      pairs++;
      expect(isPath(before, state), `seed ${seed}: ${path} went from ${before} to ${state}`).toBe(true);
    }
  }
  expect(pairs).toBeGreaterThan(1000);
});

/** What is told of a small tree in which everything happens, until it has stopped. */
async function eventful(seed: number): Promise<{ path: string; state: string }[]> {
  const chance = seededChance(seed);
  const one = <T>(of: readonly T[]): T => of[Math.floor(chance() * of.length)]!;
  const strategies = ["one-for-one", "all-for-one", "rest-for-one"] as const;
  class Fickle extends Actor {
    start(): typeof ignore | undefined {
      const fate = one([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      if (fate === 0) throw new Error("no start");
      return fate === 1 ? ignore : undefined;
    }
    boom(): never {
      throw new Error("boom");
    }
    end(): void {
      this.stopSelf();
    }
  }
  const test = await testSystem(
    supervisor(
      { strategy: one(strategies), overBudget: one(["escalate", "quarantine"]) },
      {
        a: inline(Fickle, undefined, { restart: one(["permanent", "transient"]) }),
        s: supervisor({ strategy: one(strategies), preset: one(["server", "edge", "batch"]) }, { x: inline(Fickle) }),
        d: dynamic(inline(Fickle)),
        p: pool(inline(Fickle), { size: 2 }),
      },
    ),
    { seed, start: "background" },
  );
  await test.settled();
  const { app } = test;
  const fickle = (path: string) => app.ref(path) as Ref<Fickle> | undefined;
  const none = () => {};
  const there = (path: string) => app.tree().state === "running" && app.child(path) !== undefined;
  const deeds: ((path: string) => unknown)[] = [
    (path) => app.kill(path),
    (path) => void app.restart(path).catch(none),
    (path) => void app.terminate(path).catch(none),
    (path) => fickle(path)?.tell.boom(),
    (path) => fickle(path)?.tell.end(),
    () => void app.refs.d.spawn("k").catch(none),
    () => test.advance(chance() * 2000),
  ];
  for (let i = 0; i < 30; i++) {
    const path = one(["a", "s", "s/x", "d", "d/k", "p"]);
    const deed = one(deeds);
    if (there(path)) await deed(path);
  }
  await test.stop();
  return test.record.events.flatMap((event) => (event.type === "life" ? [event] : []));
}
