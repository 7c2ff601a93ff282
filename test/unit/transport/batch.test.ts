import { describe, expect, it } from "vitest";
import { Batch } from "../../../src/transport/batch.js";
import type { ToHost } from "../../../src/transport/frames.js";
import { answerForUnsent, insteadOfUnsent } from "../../../src/transport/unsendable.js";

describe("frames of one turn", () => {
  it("travel in one message, in order, at the turn's end", async () => {
    const posts: number[][] = [];
    const batch = new Batch<number>(
      (frames) => posts.push(frames),
      () => {},
    );
    batch.push(1);
    batch.push(2);
    expect(posts).toEqual([]);
    await Promise.resolve();
    batch.push(3);
    batch.flush();
    batch.flush();
    await Promise.resolve();
    expect(posts).toEqual([[1, 2], [3]]);
  });

  it("are posted without the one that cannot be", async () => {
    const posts: unknown[][] = [];
    const unsent: unknown[] = [];
    const batch = new Batch<unknown>(
      (frames) => posts.push(structuredClone(frames)),
      (frame) => unsent.push(frame),
    );
    const bad = { f: () => 1 };
    for (const frame of [1, bad, 2]) batch.push(frame);
    batch.flush();
    expect(posts).toEqual([[1], [2]]);
    expect(unsent).toEqual([bad]);
  });
});

describe("a frame that could not be posted", () => {
  const actor = { actor: 1, incarnation: 2 };
  const why = new Error("#<Object> could not be cloned.");

  it.each([
    [{ t: "boot", module: "", exportName: undefined, props: { value: 1, special: false }, path: "" }, "boot-failed"],
    [{ t: "start", ...actor, above: "", name: "", key: undefined, state: undefined }, "start-failed"],
    [
      {
        t: "call",
        ...actor,
        seq: 3,
        method: "m",
        args: { value: [], special: false },
        expires: 1,
        snapshot: false,
        again: false,
      },
      "done",
    ],
    [{ t: "shut" }, undefined],
  ] as [ToHost, string | undefined][])("is answered for the host: %j", (frame, answer) => {
    expect(answerForUnsent(frame, why)?.t).toBe(answer);
  });

  it("ends its message with InvalidValue, as one that never ran", () => {
    const frame = {
      t: "call",
      ...actor,
      seq: 3,
      method: "m",
      args: { value: [], special: false },
      expires: 1,
      snapshot: false,
      again: false,
    } as const;
    expect(answerForUnsent(frame, why)).toMatchObject({
      seq: 3,
      ran: false,
      outcome: { ok: false, error: { code: "InvalidValue", message: expect.stringContaining("could not be cloned") } },
    });
  });

  it("gives the caller InvalidValue in place of a result or a streamed value", () => {
    const packed = { value: 1, special: false };
    const done = {
      t: "done",
      ...actor,
      seq: 3,
      ran: true,
      outcome: { ok: true, value: packed },
      state: packed,
    } as const;
    expect(insteadOfUnsent(done, why)).toMatchObject({ t: "done", seq: 3, ran: true, outcome: { ok: false } });
    expect(insteadOfUnsent({ t: "part", ...actor, seq: 3, value: packed }, why)).toMatchObject({
      t: "done",
      ran: true,
    });
    expect(insteadOfUnsent({ t: "stopped", ...actor }, why)).toBeUndefined();
  });
});
