import { Actor, inline } from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { expect, it } from "vitest";
import { deaths, failure, play } from "./stage.js";

class Timed extends Actor {
  static override methods = { stuck: { limit: "2s" as const } };
  stuck(): Promise<never> {
    return new Promise(() => {});
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
  await clock.advance(1900);
  expect(deaths(app)).toEqual([]);
  await clock.advance(300);
  expect(await stuck).toMatchObject({ code: "ActorDied" });
  expect(deaths(app)).toMatchObject([{ cause: { kind: "hung", method: "stuck", limitMs: 2000 } }]);
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
