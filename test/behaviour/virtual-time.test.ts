import { Actor, inline, treeText } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { expect, it } from "vitest";
import { deaths, failure, play } from "./stage.js";

class Timed extends Actor {
  static override methods = { stuck: { limit: "2s" as const } };
  stuck(): Promise<never> {
    return new Promise(() => {});
  }
  endless(ms = Number.POSITIVE_INFINITY): Promise<string> {
    return ms === Number.POSITIVE_INFINITY ? new Promise(() => {}) : this.later(ms);
  }
  later(ms: number): Promise<string> {
    return new Promise((resolve) => this.after(ms, () => resolve("later")));
  }
}

async function stage() {
  const clock = new VirtualClock();
  return { clock, ...(await play({ timed: inline(Timed) }, {}, { clock })) };
}

it("an inline actor's limit passes when the handed-in clock says so, and not before", async () => {
  const { clock, refs, app } = await stage();
  const stuck = failure(refs.timed.with({ timeout: Number.POSITIVE_INFINITY }).ask.stuck());
  await new Promise(setImmediate);
  await clock.advance(900);
  const timed = () => app.tree().children![0]!;
  expect(timed().busy).toBeUndefined();
  await clock.advance(1099);
  expect(deaths(app)).toEqual([]);
  // Until then it is busy, and says for how long it may be.
  expect(timed().busy).toEqual({ method: "stuck", ageMs: 1999, limitMs: 2000 });
  expect(treeText(timed())).toContain("busy: stuck 2 s of 2 s");
  await clock.advance(1);
  expect(await stuck).toMatchObject({ code: "ActorDied" });
  expect(deaths(app)).toMatchObject([{ cause: { kind: "hung", method: "stuck", limitMs: 2000 } }]);
});

it("a method without a limit is given 60 s, or as long as its caller waits, or ten times its longest run", async () => {
  const { clock, refs, app } = await stage();
  const killedAfter = async (timeout: number): Promise<number> => {
    const began = clock.now();
    const asked = refs.timed.with({ timeout }).ask.endless();
    const ended = asked.catch(() => clock.now() - began);
    const known = deaths(app).length;
    await new Promise(setImmediate);
    for (let i = 0; i < 10_000 && deaths(app).length === known; i++) await clock.advance(100);
    await ended;
    return Math.round((deaths(app).at(-1)!.cause as { ageMs: number }).ageMs / 100) * 100;
  };
  expect(await killedAfter(30_000)).toBe(60_000);
  expect(await killedAfter(Number.POSITIVE_INFINITY)).toBe(60_000);
  expect(await killedAfter(300_000)).toBe(300_000);
  const long = refs.timed.ask.endless(20_000);
  await new Promise(setImmediate);
  await clock.advance(20_000);
  expect(await long).toBe("later");
  expect(await killedAfter(30_000)).toBe(200_000);
});

it("an inline actor's timers fire when the handed-in clock says so, and not before", async () => {
  const { clock, refs } = await stage();
  let answer: unknown;
  const asked = refs.timed.ask.later(1000).then((value) => {
    answer = value;
  });
  // Time stands still while the message is delivered.
  await new Promise(setImmediate);
  await clock.advance(999);
  expect(answer).toBeUndefined();
  await clock.advance(1);
  await asked;
  expect(answer).toBe("later");
});
