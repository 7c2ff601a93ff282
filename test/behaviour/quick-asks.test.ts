import { Actor, inline } from "holdfast";
import { describe, expect, it } from "vitest";
import { failure, play } from "./stage.js";

/** Real time passes, and nothing else happens in this thread. */
function burn(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

let ran: unknown[] = [];

class Quick extends Actor {
  answer(what: unknown): unknown {
    return ran.push(what);
  }
  slowly(ms: number): unknown {
    burn(ms);
    return ran.push(ms);
  }
}

async function afterMany() {
  const { refs } = await play({ quick: inline(Quick) });
  for (let n = 0; n < 500; n++) await refs.quick.ask.answer(n);
  ran = [];
  return refs.quick;
}

/** Of one turn of the event loop, in which the time is not read for each. */
describe("asks that follow each other at once", () => {
  it("begin nothing whose deadline passed while its caller went on", async () => {
    const quick = await afterMany();
    const late = quick.with({ timeout: 20 }).ask.answer("late");
    burn(30);
    expect(await failure(late)).toMatchObject({ code: "Timeout", retryable: true });
    expect(ran).toEqual([]);
    expect(await quick.ask.answer("next")).toBe(1);
  });

  it("let the event loop have its turn soon after they take long", async () => {
    const quick = await afterMany();
    const turn = new Promise<number>((resolve) => setImmediate(() => resolve(ran.length)));
    for (let n = 0; n < 20; n++) await quick.ask.slowly(3);
    expect(await turn).toBeLessThanOrEqual(10);
  });
});
