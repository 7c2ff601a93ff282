import { Actor, type HoldfastError, inline, isHoldfastError, type PoolOptions, pool, refTo } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { afterEach, describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play } from "./stage.js";

const gate = refTo<Gate>("gate");

class Work extends Actor<{ jots: string[] }> {
  long(name = ""): Promise<string> {
    return this.#for(100, name);
  }
  short(name = ""): Promise<string> {
    return this.#for(5, name);
  }
  hang(): Promise<never> {
    return new Promise(() => {});
  }
  #for(ms: number, name: string): Promise<string> {
    this.props.jots.push(name);
    return new Promise((resolve) => this.after(ms, () => resolve(name)));
  }
}

/** What still runs when a test is over ends when its time has passed. */
const ends = new Set<() => Promise<void>>();

afterEach(async () => {
  const all = [...ends];
  ends.clear();
  for (const end of all) await end();
});

/** A pool in virtual time that has seen ten of each kind. */
async function stage(options: PoolOptions = { size: 1 }) {
  const clock = new VirtualClock();
  const jots: string[] = [];
  const scene = await play({ work: pool(inline(Work, { jots }), options) }, {}, { clock });
  const { work } = scene.refs;
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const pass = async (ms: number) => {
    await turn();
    await clock.advance(ms);
    await turn();
  };
  ends.add(async () => {
    const stopped = scene.app.stop({ drain: 0 });
    for (let i = 0; i < 20; i++) await pass(10_000);
    await stopped;
  });
  for (let i = 0; i < 10; i++) {
    const answers = [work.ask.long(), work.ask.short()];
    for (let ms = 0; ms < 110; ms += 5) await pass(5);
    await Promise.all(answers);
  }
  jots.length = 0;
  return { ...scene, work, clock, jots, pass };
}

/** What became of it, as far as that is known now. */
function watched(asked: Promise<unknown>): { outcome: string | undefined; error: HoldfastError | undefined } {
  const seen: ReturnType<typeof watched> = { outcome: undefined, error: undefined };
  asked.then(
    () => {
      seen.outcome = "value";
    },
    (error: HoldfastError) => {
      seen.outcome = error.code;
      seen.error = error;
    },
  );
  return seen;
}

describe("who has to wait longer than there is time for", () => {
  it("is refused at once, and told when it would have a chance", async () => {
    const { work, pass } = await stage();
    const busy = [work.ask.long(), work.ask.long(), work.ask.long()].map(watched);
    const late = watched(work.with({ timeout: 300 }).ask.long("late"));
    const patient = watched(work.with({ timeout: 2000 }).ask.long("patient"));
    await pass(0);
    expect(late.outcome).toBe("Overloaded");
    expect(late.error).toMatchObject({ retryable: true, details: { ahead: 2, leftMs: 300, members: 1 } });
    const { retryAfterMs } = late.error!;
    expect(retryAfterMs).toBeGreaterThan(10);
    expect(retryAfterMs).toBeLessThan(1000);
    expect(patient.outcome).toBeUndefined();
    await pass(2000);
    expect([...busy, patient].map(({ outcome }) => outcome)).toEqual(["value", "value", "value", "value"]);
    // Nobody is before it now.
    const again = watched(work.with({ timeout: 300 }).ask.long("late"));
    await pass(100);
    expect(again.outcome).toBe("value");
  });

  it("has its place by its priority: a high one is in time where a normal one is not", async () => {
    const { work, pass } = await stage();
    const busy = [work.ask.long(), work.ask.long(), work.ask.long()].map(watched);
    const normal = watched(work.with({ timeout: 300 }).ask.long("normal"));
    const high = watched(work.with({ timeout: 300, priority: "high" }).ask.long("high"));
    await pass(0);
    expect([normal.outcome, high.outcome]).toEqual(["Overloaded", undefined]);
    await pass(1000);
    expect([...busy, high].map(({ outcome }) => outcome)).toEqual(["value", "value", "value", "value"]);
  });

  it("is judged by what its own method takes, and not at all where that was never seen", async () => {
    const { work, pass } = await stage();
    const busy = watched(work.ask.long());
    const outcomes = [
      watched(work.with({ timeout: 150 }).ask.long()),
      watched(work.with({ timeout: 150 }).ask.short()),
      watched(work.with({ timeout: 150 }).ask.hang()),
    ];
    await pass(0);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["Overloaded", undefined, undefined]);
    await pass(400);
    expect([busy, ...outcomes].map(({ outcome }) => outcome)).toEqual(["value", "Overloaded", "value", "Timeout"]);
  });

  it("is let in wherever a member is free, however short its time", async () => {
    const { work, pass, jots } = await stage({ size: 2 });
    const busy = watched(work.ask.long());
    const short = watched(work.with({ timeout: 20 }).ask.long("tried"));
    await pass(200);
    expect([busy.outcome, short.outcome]).toEqual(["value", "Timeout"]);
    expect(jots).toContain("tried");
  });

  it("waits until its deadline where the pool is told to judge nobody", async () => {
    const { work, pass } = await stage({ size: 1, admission: false });
    const busy = [work.ask.long(), work.ask.long(), work.ask.long()].map(watched);
    const late = watched(work.with({ timeout: 150 }).ask.long());
    await pass(149);
    expect(late.outcome).toBeUndefined();
    await pass(1000);
    expect([late, ...busy].map(({ outcome }) => outcome)).toEqual(["Timeout", "value", "value", "value"]);
  });

  it("is let through once in a while, so that a wrong estimate does not last", async () => {
    const { work, pass } = await stage();
    const outcomes: (string | undefined)[] = [];
    for (let i = 0; i < 300; i++) {
      // The member is always at something, and learns of short ones alone.
      work.tell.short();
      work.tell.short();
      if (i % 10 === 0) {
        const one = watched(work.with({ timeout: 50 }).ask.long("probe"));
        await pass(5);
        outcomes.push(one.outcome);
      } else await pass(5);
    }
    expect(outcomes.filter((outcome) => outcome === "Overloaded").length).toBeGreaterThan(15);
    expect(outcomes.filter((outcome) => outcome === undefined).length).toBeGreaterThanOrEqual(1);
  });

  it("is not started when its turn comes too late, where others wait", async () => {
    const { work, pass, jots } = await stage();
    const busy = watched(work.ask.hang());
    // In time, as far as was known: the one before it takes longer than it ever did.
    const first = watched(work.with({ timeout: 400 }).ask.long("first"));
    const second = watched(work.with({ timeout: 4000 }).ask.long("second"));
    await pass(350);
    expect(first.outcome).toBeUndefined();
    // Something has little time to spare, so what is taken is looked at from now on.
    const tight = watched(work.with({ timeout: 10 }).ask.short());
    await pass(61_000);
    expect(tight.outcome).toBeDefined();
    expect([first.outcome, second.outcome, busy.outcome]).not.toContain(undefined);
    expect(jots).not.toContain("first");
  });

  it("a member that hangs is not counted on", async () => {
    const { work, pass } = await stage();
    const hung = watched(work.ask.hang());
    await pass(1000);
    const asked = [1, 2, 3].map(() => watched(work.with({ timeout: 500 }).ask.short()));
    await pass(0);
    // The first one is let through: nothing was learned for a second.
    expect(asked.map(({ outcome }) => outcome)).toEqual([undefined, "Overloaded", "Overloaded"]);
    await pass(100_000);
    expect([hung, ...asked].map(({ outcome }) => outcome)).toEqual(["Timeout", "Timeout", "Overloaded", "Overloaded"]);
    const after = watched(work.with({ timeout: 500 }).ask.short());
    await pass(100);
    expect(after.outcome).toBe("value");
  });

  it("nobody waits longer than maxWait: a tell is refused too, and is a dead letter", async () => {
    const { work, pass, letters } = await stage({ size: 1, admission: { maxWait: "150ms" } });
    const accepted = Array.from({ length: 8 }, () => work.tell.long());
    expect(accepted.slice(0, 2)).toEqual([true, true]);
    expect(accepted.at(-1)).toBe(false);
    expect(letters.at(-1)).toMatchObject({ method: "long", reason: "Overloaded" });
    await pass(2000);
  });

  it("makes a pool grow that could have more members, although nothing waits for long", async () => {
    const { work, pass, app } = await stage({ min: 1, max: 3, scale: { cpuBound: false, targetWait: "400ms" } });
    const members = () => app.tree().children![0]!.scaling!.members;
    expect(members()).toBe(1);
    for (let i = 0; i < 100 && members() < 3; i++) {
      for (let k = 0; k < 2; k++) watched(work.with({ timeout: 180 }).ask.long());
      await pass(40);
    }
    expect(members()).toBeGreaterThan(1);
    await pass(2000);
  });
});

it.each([
  ["yes", "give false"],
  [{ maxWait: -1 }, "admission.maxWait"],
  [{ maxWaits: "1s" }, "maxWaits"],
])("admission: %j is refused with the field and the fix", async (admission, says) => {
  const wrong = play({ work: pool(inline(Work, { jots: [] }), { admission: admission as never }) });
  expect(await failure(wrong)).toMatchObject({ code: "InvalidSpec", message: expect.stringContaining(says) });
});

describe.each(levels)("under more than it can do, $level", ({ level }) => {
  it.each([["shared"], ["least-wait"]] as const)(
    "each ask has one outcome, members that die in the middle or not, by the route %s",
    async (route) => {
      const made = plan();
      const hands = pool(at(level, Hand, { gate }, { mailbox: { messages: 30 } }), { size: 2, route });
      const { app, refs } = await play({ gate: gateOf(made), hands });
      for (let i = 0; i < 20; i++) await refs.hands.ask.say(i);
      let outcomes = 0;
      const codes = new Set<string>();
      const asks: Promise<void>[] = [];
      for (let round = 0; round < 20; round++) {
        for (let i = 0; i < 20; i++) {
          const priority = (["low", "normal", "high"] as const)[i % 3]!;
          const asked = refs.hands.with({ timeout: 1 + ((i * 37) % 200), priority }).ask.say(i);
          asks.push(
            asked.then(
              (value) => {
                outcomes++;
                expect(value).toBe(i);
              },
              (error: unknown) => {
                outcomes++;
                if (!isHoldfastError(error)) throw error;
                codes.add(error.code);
              },
            ),
          );
        }
        if (round % 5 === 2) app.kill(`hands/${1 + (round % 2)}`);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(asks);
      expect(outcomes).toBe(400);
      const known = ["Overloaded", "MailboxFull", "Timeout", "ActorDied"];
      expect([...codes].filter((code) => !known.includes(code))).toEqual([]);
      expect(await refs.hands.ask.say("still")).toBe("still");
      expect(app.tree().children![1]!.mailbox).toMatchObject({ waiting: 0, executing: 0 });
    },
  );
});
