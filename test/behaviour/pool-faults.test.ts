import { Actor, inline, pool, type Ref, refTo, type ScalingRule, supervisor } from "holdfast";
import { stopTestSystems, testSystem } from "holdfast/testing";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

afterEach(stopTestSystems);
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(levels)("what befalls a pool has one outcome, $level", ({ level }) => {
  const never = { guiltyIntensity: { restarts: 0, within: "60s" } } as const;

  it("one that stays down is stood in for, up to max; then Unavailable names the last reason", async () => {
    const { refs, app } = await play({ hands: pool(at(level, Hand, undefined, never), { min: 1, max: 2 }) });
    const members = () => app.tree().children![0]!.children!.map(({ name, state }) => `${name} ${state}`);
    await failure(refs.hands.ask.fail("the first"));
    await until(() => members().includes("2 running"), "another in its place");
    expect(members()).toEqual(["1 quarantined", "2 running"]);
    expect(await refs.hands.ask.say("served")).toBe("served");
    await failure(refs.hands.ask.fail("the second"));
    await until(() => members().includes("2 quarantined"), "that one to be parked too");
    const error = await failure(refs.hands.ask.say("nobody"));
    expect(error).toMatchObject({ code: "Unavailable", retryable: true });
    expect(error.message).toContain("all 2 members are quarantined");
    expect(error.message).toContain("the second");
    await app.restart("hands/1");
    expect(await refs.hands.ask.say("served")).toBe("served");
  });

  it("while all restart, mail waits", async () => {
    const slowly = { backoff: { initial: 100, max: 100 }, intensity: { restarts: 100, within: "60s" } } as const;
    const { refs, app } = await play({ hands: pool(at(level, Hand, undefined, slowly), { size: 2 }) });
    for (const round of [1, 2]) {
      app.kill("hands/1");
      app.kill("hands/2");
      expect(await refs.hands.ask.say(round)).toBe(round);
    }
  });

  it("a flood is refused with advice when to come back", async () => {
    const made = plan();
    const options = { mailbox: { messages: 10 } };
    const { refs } = await play({ gate: gateOf(made), hands: pool(at(level, Hand, { gate }, options), { size: 1 }) });
    await refs.hands.ask.say("what a message takes is known");
    const held = refs.hands.ask.hold("door");
    await made.reached("door");
    const waiting = Array.from({ length: 10 }, (_, i) => refs.hands.ask.say(i));
    const error = await failure(refs.hands.ask.say("too many"));
    expect(error).toMatchObject({ code: "MailboxFull", retryable: true });
    expect(error.retryAfterMs).toBeGreaterThanOrEqual(1);
    made.open("door");
    await held;
    expect(await Promise.all(waiting)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("a flood before the first answer is refused without advice: nobody knows what a message takes", async () => {
    const made = plan();
    const options = { mailbox: { messages: 2 } };
    const { refs } = await play({ gate: gateOf(made), hands: pool(at(level, Hand, { gate }, options), { size: 1 }) });
    const held = refs.hands.ask.hold("door");
    await made.reached("door");
    const waiting = [0, 1].map((i) => refs.hands.ask.say(i));
    const error = await failure(refs.hands.ask.say("too many"));
    expect(error).toMatchObject({ code: "MailboxFull", retryable: true, retryAfterMs: undefined });
    made.open("door");
    await held;
    expect(await Promise.all(waiting)).toEqual([0, 1]);
  });

  it("is resized under load, up and down, and nothing is lost or begins out of turn", async () => {
    const made = plan();
    const options = { mailbox: { messages: 1000 } };
    const hands = pool(at(level, Hand, { gate }, options), { min: 1, max: 3, scale: { cpuBound: false } });
    const { refs, app, letters } = await play({ gate: gateOf(made), hands });
    const answers: Promise<unknown>[] = [];
    for (const size of [3, 1, 2, 1, 3]) {
      for (let i = 0; i < 40; i++) answers.push(refs.hands.ask.say(answers.length));
      await refs.hands.resize(size);
    }
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    expect(app.reports()).toEqual([]);
    expect(letters).toEqual([]);
  });
});

class Work extends Actor {
  take(ms: number): Promise<number> {
    return new Promise((resolve) => this.after(ms, () => resolve(ms)));
  }
}

/** Can do nothing but ask another. */
class Asker extends Actor<{ table: Ref<Work> }> {
  take(ms: number): Promise<number> {
    return this.props.table.ask.take(ms);
  }
}

/** A pool whose time the test moves. */
async function virtual(rule: ScalingRule | undefined, max = 4) {
  const scale = { targetWait: 20, shrinkAfter: "1s", ...(rule ? { rule } : {}) } as const;
  const test = await testSystem(supervisor({}, { work: pool(inline(Work), { min: 1, max, scale }) }));
  const events = test.record.events;
  const sizes = () => events.flatMap((event) => (event.type === "scaled" ? [`${event.from}→${event.to}`] : []));
  return { ...test, test, sizes };
}

describe("a pool's size, in virtual time", () => {
  it("follows the load: up while messages wait too long, back when they are over, and no timer is left", async () => {
    const { test, sizes } = await virtual(undefined);
    await test.runUntil(test.refs.work.ask.take(10));
    const asks = Promise.all(Array.from({ length: 40 }, () => test.refs.work.ask.take(10)));
    await test.runUntil(asks);
    expect(sizes()[0]).toMatch(/^1→/);
    expect(sizes().at(-1)).toMatch(/→4$/);
    await test.advance("5m");
    expect(sizes().at(-1)).toMatch(/→1$/);
    await test.advance("1m");
    const before = test.clock!.pending;
    await test.advance("10m");
    expect(test.clock!.pending).toBe(before);
  });

  it("tells while mail waits why it stays as it is, and no longer", async () => {
    const { test } = await virtual(undefined);
    const size = () => test.app.tree().children![0]!.scaling!;
    const asks = Promise.all(Array.from({ length: 400 }, () => test.refs.work.ask.take(10)));
    await test.advance("300ms");
    expect(size()).toMatchObject({ members: 4, stays: expect.stringMatching(/to wait, and no member more: max 4$/) });
    await test.runUntil(asks);
    expect(size()).not.toHaveProperty("stays");
  });

  it("goes back where a growth has brought nothing: all wait for the same one thing; and that is remembered", async () => {
    const scale = { targetWait: 20, shrinkAfter: "10m" } as const;
    const test = await testSystem(
      supervisor(
        {},
        { table: inline(Work), desk: pool(inline(Asker, { table: refTo<Work>("table") }), { max: 4, scale }) },
      ),
    );
    const { desk } = test.refs;
    const changes = () =>
      test.record.events.flatMap((event) => {
        if (event.type === "scaled") return [`${event.from}→${event.to} ${event.by}`];
        return event.type === "judged" ? [`${event.from}→${event.to} ${event.verdict}`] : [];
      });
    const load = async () => {
      for (let i = 0; i < 100; i++) await desk.ask.take(10);
      // As much as before, since the table bears no more; but ten wait at all times.
      for (let i = 0; i < 30; i++) await Promise.all(Array.from({ length: 10 }, () => desk.ask.take(10)));
    };
    await test.runUntil(load());
    expect(changes()[0]).toMatch(/^1→\d rule$/);
    expect(changes().slice(-2)).toEqual(["1→4 undone", "4→1 judge"]);
    const { why } = test.app.tree().children![1]!.scaling!;
    expect(why).toMatch(/^1 → 4 members: .* answers\/s, p99 .* of a member each$/);
  });

  it("is its user's to choose", async () => {
    const seen: number[] = [];
    const two: ScalingRule = (view, { max }, memory) => {
      seen.push(view.members);
      return { want: Math.min(2, max), why: "always two", memory: memory! };
    };
    const { test, sizes } = await virtual(two);
    await test.runUntil(Promise.all([1, 2, 3].map(() => test.refs.work.ask.take(100))));
    expect(sizes()).toEqual(["1→2"]);
    expect(test.app.tree().children![0]!.scaling).toMatchObject({ members: 2, why: "always two", by: "rule" });
    expect(seen[0]).toBe(1);
  });

  it("stays within its bounds, whatever that wants", async () => {
    const many: ScalingRule = () => ({ want: 1000, why: "more", memory: undefined as never });
    const { test, sizes } = await virtual(many, 3);
    await test.runUntil(Promise.all([1, 2, 3].map(() => test.refs.work.ask.take(100))));
    expect(sizes()).toEqual(["1→3"]);
  });

  it.each([
    [
      "throws",
      () => {
        throw new Error("no idea");
      },
      'threw "no idea"',
    ],
    ["answers nothing", () => undefined, "wants undefined members"],
    ["answers half a member", () => ({ want: 1.5 }), "wants 1.5 members"],
  ])("stays as it is where that %s, and a warning tells of it once", async (_, rule, text) => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const { test, sizes } = await virtual(rule as unknown as ScalingRule);
    await test.runUntil(Promise.all([1, 2, 3, 4, 5].map(() => test.refs.work.ask.take(100))));
    await test.advance("10s");
    expect(sizes()).toEqual([]);
    const told = warned.mock.calls.map(([warning]) => String(warning));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(`the scaling rule of app/work ${text}`);
  });
});

describe("a pool's options are refused", () => {
  it.each([
    [{ scale: { targetWait: "soon" } }, "app/work.scale.targetWait"],
    [{ scale: { memoryMb: 0 } }, "app/work.scale.memoryMb is 0"],
    [{ scale: { rule: "more" } }, 'app/work.scale.rule is "more": give a function'],
    [{ scale: { cpuBound: 1 } }, "app/work.scale.cpuBound is 1: give true or false"],
    [{ scale: { grow: 1 } }, 'app/work.scale has no option "grow"'],
    [{ spares: -1 }, "app/work.spares is -1"],
    [{ size: 2, scale: {} }, "app/work.size is 2 and app/work.scale is an object"],
  ])("%j", async (options, text) => {
    const error = await failure(play({ work: pool(inline(Work), options as object) }));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain(text);
  });

  it("spares beside a member that wants none", async () => {
    const error = await failure(play({ work: pool(at("thread", Hand, undefined, { spare: "none" }), { spares: 2 }) }));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/work.spares" } });
  });
});
