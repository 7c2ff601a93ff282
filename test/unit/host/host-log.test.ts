import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HostLog } from "../../../src/host/host-log.js";
import { fullBudget, LOG_BURST, LOG_PER_SECOND, takeLine } from "../../../src/host/log-budget.js";
import { OutputLines } from "../../../src/host/output-lines.js";
import { LONGEST_TEXT, plainFields } from "../../../src/host/plain-fields.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import type { LogFrame } from "../../../src/transport/frames.js";

describe("the budget of a host's lines", () => {
  it("never lets more through than its burst and its rate, and counts every one that it does not", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 600 }), (pauses) => {
        let budget = fullBudget(0);
        let now = 0;
        let written = 0;
        let counted = 0;
        for (const pause of pauses) {
          now += pause % 7 === 0 ? pause : 0;
          const taken = takeLine(budget, now);
          budget = taken.budget;
          if (taken.written) written++;
          counted += taken.dropped;
        }
        expect(written).toBeLessThanOrEqual(LOG_BURST + (now * LOG_PER_SECOND) / 1000);
        expect(written + counted + budget.dropped).toBe(pauses.length);
      }),
    );
  });
});

describe("the lines of a host", () => {
  const writer = { path: "app/a", incarnation: 3 };
  const written = (level: "debug" | "warn" = "debug") => {
    const clock = new VirtualClock();
    const frames: LogFrame[] = [];
    return { clock, frames, log: new HostLog(level, clock, (frame) => frames.push(frame)) };
  };

  it("tell the count of a flood with the next line, or a second after it", async () => {
    const { clock, frames, log } = written();
    const own = log.of(writer);
    for (let i = 0; i < LOG_BURST + 5; i++) own.info("flood");
    expect(frames).toHaveLength(LOG_BURST);
    await clock.advance(100);
    own.info("next");
    expect(frames.at(-1)).toMatchObject({ text: "next", dropped: 5 });
    for (let i = 0; i < 50; i++) own.info("flood");
    const before = frames.length;
    await clock.advance(1000);
    expect(frames.slice(before)).toEqual([
      {
        t: "log",
        path: "app/a",
        ran: 3,
        level: "warn",
        text: "lines were left out: too many",
        dropped: expect.any(Number),
      },
    ]);
    expect(clock.pending).toBe(0);
  });

  it("below the level are not made, and their fields not read", () => {
    const { frames, log } = written("warn");
    let read = 0;
    const fields = {
      get costly() {
        return ++read;
      },
    };
    const own = log.of(writer);
    own.debug(fields, "quiet");
    own.info(fields);
    own.warn(fields, "loud");
    own.error(new Error("broken"));
    expect(frames.map(({ level, text }) => [level, text])).toEqual([
      ["warn", "loud"],
      ["error", "broken"],
    ]);
    expect(read).toBe(1);
  });

  it("that are written while one is written are left out: a getter that logs does not call itself", () => {
    const { frames, log } = written();
    const own = log.of(writer);
    own.info({
      get again() {
        own.info("inner");
        return 1;
      },
    });
    expect(frames).toHaveLength(1);
  });
});

describe("fields of a line", () => {
  it("whatever they are, are plain and small", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          const plain = plainFields({ value });
          expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
          expect(JSON.stringify(plain).length).toBeLessThan(500 * LONGEST_TEXT);
        },
      ),
    );
  });

  it("are cut where there are many", () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`k${i}`, i]));
    expect(Object.keys(plainFields(many)).length).toBeLessThan(120);
    expect(JSON.stringify(plainFields({ list: Array.from({ length: 10_000 }, (_, i) => i) }))).toContain("more");
  });
});

describe("what is printed", () => {
  it("comes in the same lines however it is cut, with nothing lost", () => {
    const text = fc.array(fc.constantFrom("a", "ä", "€", "😀", "\n", "\r\n", " ")).map((all) => all.join(""));
    fc.assert(
      fc.property(text, fc.array(fc.nat(6)), (whole, cuts) => {
        const lines: string[] = [];
        const output = new OutputLines((line) => lines.push(line));
        let left = Buffer.from(whole);
        for (const cut of cuts) {
          output.write(left.subarray(0, cut));
          left = left.subarray(cut);
        }
        output.write(left);
        output.rest();
        const expected = whole.split("\n").map((line, i, all) => (i < all.length - 1 ? line.replace(/\r$/, "") : line));
        if (expected.at(-1) === "") expected.pop();
        expect(lines).toEqual(expected);
      }),
    );
  });
});
