import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Chunk, KeptChunks } from "../../../src/client/kept-chunks.js";
import { PartsInbox } from "../../../src/client/parts-inbox.js";
import { ResultCursor } from "../../../src/client/result-cursor.js";
import { HoldfastError } from "../../../src/errors.js";

const chunk = (seq: number, bytes = 10): Chunk => ({ seq, args: [], bytes, resolve: () => {}, reject: () => {} });

describe("kept chunks", () => {
  test("until safe are forgotten when they are, and owed until then", () => {
    const kept = new KeptChunks("until-safe", 1000);
    for (const seq of [0, 1, 2]) kept.push(chunk(seq));
    kept.safe(1);
    expect([kept.get(1), kept.get(2)?.seq, kept.owedBytes, kept.replayable]).toEqual([undefined, 2, 10, false]);
    kept.safe(0);
    kept.safe(99);
    expect([kept.owedBytes, kept.pushed]).toEqual([0, 3]);
  });

  test("all stay, safe or not, up to the bound; then only what is owed", () => {
    const kept = new KeptChunks("all", 35);
    for (const seq of [0, 1, 2]) kept.push(chunk(seq));
    kept.safe(1);
    expect([kept.replayable, kept.owedBytes]).toEqual([true, 10]);
    kept.push(chunk(3));
    expect([kept.replayable, kept.get(0), kept.get(2)?.seq, kept.get(3)?.seq]).toEqual([false, undefined, 2, 3]);
  });

  test("are all owed again on a replay", () => {
    const kept = new KeptChunks("all", 1000);
    for (const seq of [0, 1]) kept.push(chunk(seq));
    kept.safe(1);
    kept.replay();
    expect([kept.owedBytes, kept.replayable]).toEqual([20, true]);
  });

  test("never owe less than nothing or more than was pushed, in any order of events", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.nat(5).map((n) => ({ safe: n })),
            fc.nat(50).map((n) => ({ push: n })),
          ),
        ),
        (events) => {
          const kept = new KeptChunks("all", 100);
          let pushed = 0;
          for (const event of events) {
            if ("safe" in event) kept.safe(event.safe);
            else {
              kept.push(chunk(kept.pushed, event.push));
              pushed += event.push;
            }
            expect(kept.owedBytes).toBeGreaterThanOrEqual(0);
            expect(kept.owedBytes).toBeLessThanOrEqual(pushed);
          }
        },
      ),
    );
  });
});

describe("the cursor of results", () => {
  test("acknowledges in quarters of the window while chunks are under way, and at once when none is", () => {
    const cursor = new ResultCursor();
    const acks: (number | undefined)[] = [];
    for (let seq = 0; seq < 10; seq++) {
      cursor.arrived(seq);
      acks.push(cursor.ack(seq < 9, 16));
    }
    expect(acks).toEqual([undefined, undefined, undefined, 3, undefined, undefined, undefined, 7, undefined, 9]);
    expect(cursor.ack(false, 16)).toBeUndefined();
  });

  test("tells new results from those of a replay, and from those out of turn", () => {
    const cursor = new ResultCursor();
    expect([cursor.arrived(0), cursor.arrived(1), cursor.arrived(1), cursor.arrived(5)]).toEqual([
      "new",
      "new",
      "out of turn",
      "out of turn",
    ]);
    cursor.fresh();
    expect([cursor.arrived(0), cursor.arrived(1), cursor.arrived(2)]).toEqual(["again", "again", "new"]);
    expect(cursor.have).toBe(2);
  });

  test("owes no acknowledgement for what a resume has claimed already", () => {
    const cursor = new ResultCursor();
    cursor.arrived(0);
    cursor.resumed();
    expect(cursor.ack(false, 1)).toBeUndefined();
  });

  test("waits for a consumer who iterates", () => {
    const cursor = new ResultCursor();
    cursor.iterate();
    cursor.arrived(0);
    expect(cursor.ack(false, 1)).toBeUndefined();
    cursor.consume();
    expect(cursor.ack(false, 1)).toBe(0);
  });
});

describe("the inbox of parts", () => {
  const inboxOf = (window: number) => {
    const granted: number[] = [];
    let left = 0;
    const inbox = new PartsInbox({ window, grant: (n) => granted.push(n), leave: () => left++ });
    return { inbox, granted, left: () => left };
  };

  test("gives out parts in order, to those who wait and those who come later", async () => {
    const { inbox } = inboxOf(4);
    const first = inbox.next();
    inbox.put("a");
    inbox.put("b");
    inbox.end();
    expect([await first, await inbox.next(), await inbox.next()]).toEqual([
      { done: false, value: "a" },
      { done: false, value: "b" },
      { done: true, value: undefined },
    ]);
  });

  test("gives credit back for what was consumed, half a window at a time", async () => {
    const { inbox, granted } = inboxOf(4);
    for (let n = 0; n < 4; n++) inbox.put(n);
    expect(granted).toEqual([]);
    for (let n = 0; n < 4; n++) await inbox.next();
    expect(granted).toEqual([2, 2]);
  });

  test("gives out what had arrived before the error, then the error once", async () => {
    const { inbox } = inboxOf(4);
    inbox.put(1);
    inbox.fail(new HoldfastError("StreamBroken", "gone"));
    expect((await inbox.next()).value).toBe(1);
    await expect(inbox.next()).rejects.toThrow("gone");
    expect(await inbox.next()).toEqual({ done: true, value: undefined });
  });

  test("says once that its consumer left", async () => {
    const { inbox, left } = inboxOf(4);
    await inbox.return();
    await inbox.return();
    expect(left()).toBe(1);
  });
});
