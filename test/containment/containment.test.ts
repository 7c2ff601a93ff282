import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { buildAddon } from "../addons/build.mjs";
import { markdown } from "./markdown.mjs";
import { type Cell, type Fault, flightAfter, judge, type Level, matrix } from "./matrix.mjs";
import { levels, observe } from "./observe.mjs";

const addon = buildAddon("null-write");
afterAll(() => addon?.remove());

/** Programs at once: most cells wait, few compute. */
const AT_ONCE = 3;
let free = AT_ONCE;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

const cells = Object.keys(matrix).flatMap((fault) => levels.map((level) => ({ fault: fault as Fault, level })));

describe.concurrent("the containment matrix", { timeout: 240_000 }, () => {
  for (const { fault, level } of cells) {
    const native = fault === "native-null-write";
    it.skipIf(native && !addon)(
      `${fault} in ${level}${native && !addon ? " (skipped: no C compiler to build the addon)" : ""}`,
      async ({ expect }) => {
        const expected: Cell = matrix[fault]![level];
        const seen = await inTurn(() => observe(fault, level, native ? addon!.file : undefined));
        expect(judge(seen, expected)).toEqual(expected);
        // No payload, wherever the runtime tells of it.
        if (seen.died === null) expect(seen.secret).toBe(false);
        // One death, one report, and it names the message.
        if (expected.cause) {
          expect(seen).toMatchObject({ reports: 1, report: { executing: [fault], phase: "js" } });
          expect(seen.report).toMatchObject({ flight: flightAfter(fault, expected), inOrder: true });
        } else if (expected.got) expect(seen.reports).toBe(0);
      },
    );
  }
});

describe("the published matrix", () => {
  const docs = new URL("../../docs/", import.meta.url);
  const published = JSON.parse(readFileSync(new URL("containment.json", docs), "utf8")) as Parameters<
    typeof markdown
  >[0];

  it("is what the tests hold every level to, cell by cell", () => {
    const expected = cells.map(({ fault, level }: { fault: Fault; level: Level }) => ({
      fault,
      level,
      ...matrix[fault]![level],
    }));
    expect(published.cells).toEqual(expected);
  });

  it("is drawn from its own numbers", () => {
    expect(readFileSync(new URL("containment.md", docs), "utf8")).toBe(markdown(published));
  });
});
