import { fork, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import type { Blocking } from "../actors/blocking.mjs";
import { failure, play, walls } from "./stage.js";

const url = new URL("../actors/blocking.mjs", import.meta.url);
const at = { thread, fork };

/** Keeps this thread busy: nothing of the system's parent runs meanwhile. */
function busyFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe.each(walls)("a host that was too busy to read what it was sent, $level", ({ level }) => {
  it("begins nothing whose deadline passed meanwhile, also where the parent is too busy to say so", async () => {
    const { refs } = await play({ actor: at[level]<Blocking>(url) });
    const { actor } = refs;
    expect(await actor.ask.taken()).toEqual([]);
    const blocking = actor.ask.block(300);
    const late = failure(actor.with({ timeout: 50 }).ask.take("late"));
    const patient = actor.ask.take("patient");
    await turn();
    busyFor(700);
    expect(await late).toMatchObject({ code: "Timeout" });
    await Promise.all([blocking, patient]);
    expect(await actor.ask.taken()).toEqual(["patient"]);
  });
});

describe("a thread that was too busy to read what it was sent", () => {
  // By the port alone nothing waits for room: it has been handed over, and may begin before its host hears of the cancel.
  it.skipIf(process.env.HOLDFAST_RINGS === "off")(
    "begins nothing that was given up while it waited for room on its way",
    async () => {
      const { refs } = await play({ actor: thread<Blocking>(url, undefined, { window: 256 }) });
      const { actor } = refs;
      expect(await actor.ask.taken()).toEqual([]);
      const caller = new AbortController();
      const COUNT = 40;
      const blocking = actor.ask.block(100);
      const names = Array.from({ length: COUNT }, (_, i) => `${i + 1}`);
      const given = "35";
      const ballast = new Uint8Array(10_000);
      const taken = names.map((name) =>
        name === given
          ? failure(actor.with({ signal: caller.signal }).ask.take(name, ballast))
          : actor.ask.take(name, ballast),
      );
      // All have left the mailbox; most find no room in the ring.
      await turn();
      caller.abort();
      await blocking;
      await Promise.all(taken);
      expect(await actor.ask.taken()).toEqual(names.filter((name) => name !== given));
    },
  );
});
