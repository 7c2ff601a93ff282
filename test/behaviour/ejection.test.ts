import { Actor, inline, type PoolOptions, pool, type SystemEvent, type TreeNode, treeText } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { play } from "./stage.js";

/** Members of which the second can be broken, or slow. */
class Odd extends Actor<{ broken: boolean; slowMs: number }> {
  static override onThrow = "reply" as const;
  who(): string {
    return this.self.path.split("/").at(-1)!;
  }
  work(): string {
    if (this.props.broken && this.who() === "2") throw new Error("broken");
    return this.who();
  }
  take(): Promise<string> {
    const ms = this.who() === "2" ? this.props.slowMs : 1;
    return new Promise((resolve) => this.after(ms, () => resolve(this.who())));
  }
}

/** The same, where an error that is thrown is a crash. */
class Crashing extends Odd {
  static override onThrow = "crash" as never;
}

async function stage(options: PoolOptions, { runs = Odd, broken = true, slowMs = 1 } = {}) {
  const clock = new VirtualClock();
  const ill = { broken, slowMs };
  const scene = await play({ odd: pool(inline(runs, ill), options) }, {}, { clock });
  const ejected = () =>
    scene.events.filter((event): event is Extract<SystemEvent, { type: "ejected" }> => event.type === "ejected");
  const { odd } = scene.refs;
  /** Who answers, one after the other; "-" where nobody did. */
  const answers = async (times: number) => {
    const all: string[] = [];
    for (let i = 0; i < times; i++) all.push(await odd.ask.work().catch(() => "-"));
    return all.join("");
  };
  return { ...scene, clock, odd, ejected, answers };
}

/** The members of the pool, as the tree tells them. */
const nodes = (tree: TreeNode) => tree.children![0]!.children!;

describe.each([
  { how: "answers with errors", runs: Odd },
  { how: "crashes", runs: Crashing },
])("a member that $how", ({ runs }) => {
  it("gets no mail for a while, longer each time, and is taken back", async () => {
    const { answers, ejected, clock, app } = await stage(
      { size: 3, route: "round-robin", eject: { failures: 3, for: "10s" } },
      { runs },
    );
    expect(await answers(9)).toMatch(/^1-31-31-[13]$/);
    expect(ejected()).toEqual([
      { type: "ejected", path: "app/odd", member: "2", why: "3 failures in a row", forMs: 10_000 },
    ]);
    expect(await answers(6)).not.toMatch(/[2-]/);
    await clock.advance(9_999);
    expect(nodes(app.tree()).map(({ ejected }) => ejected)).toEqual([
      undefined,
      { why: "3 failures in a row", leftMs: 1 },
      undefined,
    ]);
    expect(treeText(app.tree())).toContain("ejected, 1 s left: 3 failures in a row");
    expect(await answers(6)).not.toMatch(/[2-]/);
    await clock.advance(1);
    expect((await answers(9)).match(/-/g)).toHaveLength(3);
    expect(ejected().map(({ forMs }) => forMs)).toEqual([10_000, 20_000]);
  });
});

it("a member that misbehaves is better than nobody: the last one is never ejected", async () => {
  const { answers, ejected, refs } = await stage({ min: 1, max: 2, route: "round-robin", eject: { failures: 2 } });
  await refs.odd.resize(2);
  expect(await answers(4)).toBe("1-1-");
  expect(ejected()).toHaveLength(1);
  // The healthy one leaves: the other has the mail.
  await refs.odd.resize(1);
  expect(await answers(2)).toMatch(/^(11|--)$/);
});

it("those that answer well stay", async () => {
  const { answers, ejected } = await stage(
    { size: 2, route: "round-robin", eject: { failures: 1 } },
    { broken: false },
  );
  expect(await answers(50)).toBe("12".repeat(25));
  expect(ejected()).toEqual([]);
});

it("a member that is slow beside the others is ejected, with the numbers", async () => {
  const { odd, ejected, clock } = await stage(
    { size: 3, route: "round-robin", eject: { slower: 10 } },
    { broken: false, slowMs: 40 },
  );
  const asks: Promise<string>[] = [];
  for (let i = 0; i < 200 && ejected().length === 0; i++) {
    asks.push(odd.ask.take());
    await new Promise(setImmediate);
    await clock.advance(20);
  }
  expect(ejected()).toMatchObject([{ member: "2", forMs: 10_000 }]);
  expect(ejected()[0]!.why).toMatch(/^a message takes it \d+ ms, the others 1 ms$/);
  // What it had not begun went to the others.
  await clock.advance(200);
  expect(new Set(await Promise.all(asks))).toEqual(new Set(["1", "2", "3"]));
});

it("the least wait sends a slow member what it can do", async () => {
  const { odd, clock } = await stage({ size: 2, route: "least-wait" }, { broken: false, slowMs: 9 });
  const asks: Promise<string>[] = [];
  for (let i = 0; i < 1000; i++) {
    asks.push(odd.ask.take());
    await new Promise(setImmediate);
    // Nine of the quick one's turns are one of the slow one's: together they take 10 in 9 ms.
    await clock.advance(i % 10 === 9 ? 0 : 1);
  }
  await clock.advance(10_000);
  const slow = (await Promise.all(asks)).filter((who) => who === "2").length;
  expect(slow).toBeGreaterThan(50);
  expect(slow).toBeLessThan(200);
});

it("a new member's share grows with its age", async () => {
  const { answers, clock, refs } = await stage(
    { min: 1, max: 2, route: "round-robin", slowStart: "10s" },
    { broken: false },
  );
  await clock.advance(20_000);
  await refs.odd.resize(2);
  const second = (text: string) => (text.match(/2/g) ?? []).length;
  expect(second(await answers(110))).toBe(10);
  await clock.advance(5_000);
  expect(second(await answers(30))).toBe(10);
  await clock.advance(5_000);
  expect(second(await answers(30))).toBe(15);
});

it("what cannot be is refused at the start, with its reason", async () => {
  const wrong = (options: unknown) =>
    play({ odd: pool(inline(Odd, { broken: false, slowMs: 1 }), options as PoolOptions) }).then(
      () => "it started",
      (error: Error) => error.message,
    );
  expect(await wrong({ route: "fastest" })).toContain('odd.route is "fastest": give "shared", "round-robin"');
  expect(await wrong({ eject: {} })).toContain('beside the route "shared"');
  expect(await wrong({ weights: [2] })).toContain('beside the route "shared"');
  expect(await wrong({ route: "consistent-hash", slowStart: "1s" })).toContain('beside the route "consistent-hash"');
  expect(await wrong({ route: "random", weights: [2, -1] })).toContain("odd.weights[1] is -1: give a list of numbers");
  expect(await wrong({ route: "random", weights: [undefined, 1] as never })).toContain("weights[0] is");
  expect(await wrong({ route: "random", weights: 2 as never })).toContain("odd.weights is 2");
  expect(await wrong({ route: "random", eject: { most: 2 } })).toContain("odd.eject.most is 2");
  expect(await wrong({ route: "random", eject: { slower: 1 } })).toContain("odd.eject.slower is 1");
  expect(await wrong({ route: "random", eject: { often: 1 } })).toContain("often");
});
