import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { amountText } from "../../../../src/observe/monitor/amount.js";
import { type ReadingName, readingKinds } from "../../../../src/observe/monitor/reading.js";
import { conditionOf, holds, peerAddress } from "../../../../src/observe/monitor/rules/condition.js";
import { thrownBy } from "../../thrown-by.js";

const GB = 1024 ** 3;

describe("a condition", () => {
  it.each([
    ["memory > 90 %", { name: "memory", of: undefined, is: ">", limit: 90, unit: "%" }],
    ["memory>90%", { name: "memory", is: ">", limit: 90 }],
    ["  loop-delay >= 0.2 s ", { name: "loop-delay", is: ">=", limit: 200, unit: "ms" }],
    ["disk-free of ./state < 2 GB", { name: "disk-free", of: "./state", is: "<", limit: 2 * GB, unit: "bytes" }],
    ['disk of "./my state" > 90 %', { of: "./my state", key: "disk of ./my state" }],
    ["disk > 90 %", { of: "." }],
    ["folder-growth of logs > 100 MB/h", { limit: 100 * 1024 ** 2, unit: "bytes/h" }],
    ["folder-growth of logs > 1 MB/min", { limit: 60 * 1024 ** 2 }],
    ["unreachable of db:5432 > 10 s", { of: "db:5432", limit: 10_000, unit: "ms" }],
    ["round-trip of [::1]:80 > 5 ms", { of: "[::1]:80" }],
    ["temperature > 80 °C", { limit: 80 }],
    ["temperature > 80 C", { limit: 80 }],
    ["temperature < -5 C", { limit: -5 }],
    ["disks-failing > 0", { limit: 0, unit: "count" }],
  ])("reads %s", (text, expected) => {
    expect(conditionOf(text, "when")).toMatchObject(expected);
  });

  it.each([
    [undefined, "when is undefined"],
    [7, "when is 7"],
    ["", 'when is "": write <reading> > <number> <unit>'],
    ["memory", 'when is "memory": write'],
    ["memory > lots", "write <reading> > <number> <unit>"],
    ["memory > 1.2.3 %", "write <reading> > <number> <unit>"],
    ["memory == 90 %", "write <reading> > <number> <unit>"],
    ["memroy > 90 %", 'there is no reading "memroy": did you mean "memory"?'],
    ["toString > 90 %", 'there is no reading "toString"'],
    ["memory > 90", "the amount has no unit, and memory takes one of %"],
    ["memory > 90 MB", 'the amount is in "MB", and memory takes one of %'],
    ["rss > 2 constructor", 'is in "constructor", and rss takes one of B, kB, MB, GB, TB'],
    ["disks-failing > 1 %", "takes a number alone"],
    ["memory of ./x > 90 %", 'memory is of the process or its machine: leave "of ./x" out'],
    ["round-trip > 5 ms", 'say of which peer: "round-trip of db:5432 …"'],
    ["round-trip of db > 5 ms", 'give a host and a port from 1 to 65535: "db:5432"'],
    ["round-trip of db:70000 > 5 ms", "give a host and a port"],
  ])("refuses %s by name, and says what to write", (text, says) => {
    const error = thrownBy(() => conditionOf(text, "when"));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "when" } });
    expect((error as Error).message).toContain(says);
  });

  it("whatever text it is given, it answers or refuses, and nothing else", () => {
    const pieces = fc.constantFrom(
      "memory",
      "disk",
      " of ",
      '"',
      ">",
      "<=",
      " ",
      "90",
      "%",
      "GB",
      "-",
      ".",
      "\n",
      "\u0000",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((all) => all.join("")),
        ),
        (text) => {
          const thrown = thrownBy(() => conditionOf(text, "when"));
          expect(thrown === undefined || (thrown as { code: string }).code === "InvalidSpec").toBe(true);
        },
      ),
    );
  });

  it("reads back what it says of each kind of reading", () => {
    const names = Object.keys(readingKinds) as ReadingName[];
    const targets = { folder: "./a b", peer: "db:5432" };
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.constantFrom(">" as const, ">=" as const, "<" as const, "<=" as const),
        fc.integer({ min: 0, max: 1000 }),
        (name, is, limit) => {
          const { of, unit } = readingKinds[name];
          const target = of && targets[of];
          const word = { "%": "%", ms: "ms", bytes: "B", "bytes/h": "B/h", "°C": "°C", count: "" }[unit];
          const text = `${name}${target ? ` of "${target}"` : ""} ${is} ${limit} ${word}`;
          expect(conditionOf(text, "when")).toMatchObject({ name, of: target, is, limit, unit });
        },
      ),
    );
  });

  it.each([
    [">", [false, false, true]],
    [">=", [false, true, true]],
    ["<", [true, false, false]],
    ["<=", [true, true, false]],
  ] as const)("%s compares", (is, expected) => {
    expect([1, 2, 3].map((value) => holds({ is, limit: 2 }, value))).toEqual(expected);
  });

  it("knows a peer by host and port", () => {
    expect(peerAddress("db.example.org:5432", "peer")).toEqual({ host: "db.example.org", port: 5432 });
    expect(peerAddress("[::1]:80", "peer")).toEqual({ host: "::1", port: 80 });
    for (const wrong of ["db", "db:0", ":80", "http://db:80", "db:80/x", "a b:80"])
      expect(thrownBy(() => peerAddress(wrong, "peer"))).toMatchObject({ code: "InvalidSpec" });
  });
});

describe("an amount for people", () => {
  it.each([
    [93.44, "%", "93.4 %"],
    [1.5 * GB, "bytes", "1.5 GB"],
    [512, "bytes", "512 B"],
    [2048, "bytes/h", "2 kB/h"],
    [3.21, "ms", "3.2 ms"],
    [12_340, "ms", "12.3 s"],
    [61, "°C", "61 °C"],
    [2, "count", "2"],
  ] as const)("%s %s is %s", (value, unit, text) => {
    expect(amountText(value, unit)).toBe(text);
  });
});
