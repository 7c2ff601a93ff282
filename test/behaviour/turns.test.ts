import { Actor, inline } from "holdfast";
import { describe, expect, it } from "vitest";
import { BurningClock } from "./burning-clock.js";
import { failure, play } from "./stage.js";

interface Props {
  readonly clock: BurningClock;
  readonly ran: unknown[];
  readonly over: Promise<string>;
  begins(): void;
}

/** Of a test: its props are the test's own objects. */
let props: Props;

class Burner extends Actor {
  // The shorter limit says when the other is looked at first.
  static override methods = { burn: { limit: "100ms" as const }, wait: { limit: "400ms" as const } };
  burn(ms: number, what?: unknown): number {
    props.clock.burn(ms);
    return props.ran.push(what);
  }
  wait(): Promise<string> {
    props.begins();
    return props.over;
  }
}

async function burner() {
  let end = (_: string) => {};
  const over = new Promise<string>((resolve) => {
    end = resolve;
  });
  let begins = () => {};
  const begun = new Promise<void>((resolve) => {
    begins = resolve;
  });
  props = { clock: new BurningClock(), ran: [], over, begins };
  const scene = await play({ burner: inline(Burner) }, {}, { clock: props.clock });
  await scene.refs.burner.ask.burn(0, "first");
  props.ran.length = 0;
  return { ...scene, ...props, begun, end };
}

describe("the turns of actors in the program's own thread", () => {
  it("end when their time is spent, and the event loop has its own", async () => {
    const { refs, ran } = await burner();
    for (let n = 0; n < 20; n++) refs.burner.tell.burn(5, n);
    const seen = await new Promise((resolve) => setImmediate(() => resolve(ran.length)));
    expect(seen).toBeLessThanOrEqual(2);
    await refs.burner.ask.burn(0);
    expect(ran).toHaveLength(21);
  });

  it("end also where each message follows the answer to the one before", async () => {
    const { refs, ran } = await burner();
    const turn = new Promise<number>((resolve) => setImmediate(() => resolve(ran.length)));
    for (let n = 0; n < 20; n++) await refs.burner.ask.burn(5, n);
    expect(await turn).toBeLessThanOrEqual(2);
  });

  it("start nothing whose deadline passed while others ran", async () => {
    const { refs, ran } = await burner();
    const asks = Array.from({ length: 30 }, (_, n) => refs.burner.with({ timeout: 100 }).ask.burn(20, n));
    const outcomes = await Promise.allSettled(asks);
    expect(ran).toEqual([0, 1, 2, 3, 4]);
    for (const outcome of outcomes.slice(5))
      expect(outcome).toMatchObject({ reason: { code: "Timeout", retryable: true } });
  });

  it("that turn long after many quick ones are seen to within eight messages", async () => {
    const { refs, ran } = await burner();
    for (let n = 0; n < 200; n++) refs.burner.tell.burn(n < 100 ? 0 : 5, n);
    const seen = await new Promise<number>((resolve) => setImmediate(() => resolve(ran.length)));
    expect(seen).toBeGreaterThan(100);
    expect(seen).toBeLessThanOrEqual(108);
    await refs.burner.ask.burn(0);
    expect(ran).toHaveLength(201);
  });

  // Wherever in a slice it stands.
  it.each([40, 41, 42, 43, 44, 45, 46, 47])(
    "count for no limit of a handler that waits, %i messages and a long one later",
    async (before) => {
      const { refs, reports, clock, begun, end } = await burner();
      for (let n = 0; n < before; n++) refs.burner.tell.burn(0, n);
      refs.burner.tell.burn(600, "long");
      const waits = refs.burner.ask.wait();
      await begun;
      await clock.advance(300);
      expect(reports).toEqual([]);
      end("over");
      expect(await waits).toBe("over");
    },
  );

  it("do not keep a handler that waits from being ended at its limit", async () => {
    const { refs, clock, begun } = await burner();
    refs.burner.tell.burn(600, "long");
    const waits = failure(refs.burner.ask.wait());
    await begun;
    await clock.advance(500);
    expect(await waits).toMatchObject({ code: "ActorDied", details: { cause: "hung" } });
  });
});
