import { describe, expect, it } from "vitest";
import { type Delivered, type Fate, fateAfterDeath } from "../../../src/mailbox/redelivery.js";

const plain: Delivered = {
  begun: true,
  blamed: true,
  threw: false,
  replay: false,
  settled: false,
  deaths: 0,
  idempotent: false,
  replayable: false,
  stream: false,
};

const table: [string, Partial<Delivered>, Fate][] = [
  ["executing", {}, "died"],
  ["not begun", { begun: false, blamed: false }, "redeliver"],
  ["begun and ended, its answer lost on the way", { blamed: false }, "died"],
  ["idempotent, its answer lost on the way", { blamed: false, idempotent: true }, "redeliver"],
  ["its handler threw", { threw: true }, "failed"],
  ["its handler threw, idempotent all the same", { threw: true, idempotent: true }, "failed"],
  ["its handler threw, of a replayable actor", { threw: true, replayable: true }, "failed"],
  ["idempotent, first death", { idempotent: true }, "redeliver"],
  ["idempotent, second death", { idempotent: true, deaths: 1 }, "poisoned"],
  ["idempotent, second death, killed on purpose", { idempotent: true, deaths: 1, blamed: false }, "redeliver"],
  ["of a replayable actor, first death", { replayable: true }, "redeliver"],
  ["of a replayable actor, second death", { replayable: true, deaths: 1 }, "poisoned"],
  ["a stream", { stream: true }, "broken"],
  ["an idempotent stream", { stream: true, idempotent: true }, "broken"],
  ["a stream that had not begun", { stream: true, begun: false, blamed: false }, "redeliver"],
  ["given up by its caller, not begun", { settled: true, begun: false, blamed: false }, "dropped"],
  ["given up by its caller, executing", { settled: true }, "dropped"],
  ["given up by its caller, idempotent", { settled: true, idempotent: true }, "dropped"],
  ["replayed, not begun", { replay: true, settled: true, replayable: true, begun: false, blamed: false }, "redeliver"],
  [
    "replayed, executing at a kill on purpose",
    { replay: true, settled: true, replayable: true, blamed: false },
    "redeliver",
  ],
  ["replayed, executing at a death", { replay: true, settled: true, replayable: true }, "redeliver"],
  ["replayed, killing for the second time", { replay: true, settled: true, replayable: true, deaths: 1 }, "dropped"],
  ["replayed, throwing this time", { replay: true, settled: true, replayable: true, threw: true }, "dropped"],
];

describe("what becomes of a message that was with a host at its death", () => {
  it.each(table)("%s", (_, facts, fate) => {
    expect(fateAfterDeath({ ...plain, ...facts })).toBe(fate);
  });

  it("never runs a begun message again that nobody declared safe", () => {
    const bits = [false, true];
    for (const threw of bits)
      for (const blamed of bits)
        for (const stream of bits)
          for (const deaths of [0, 1, 2]) {
            expect(fateAfterDeath({ ...plain, threw, blamed, stream, deaths })).not.toBe("redeliver");
          }
  });
});
