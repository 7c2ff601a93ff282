import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { errorTable } from "../../../src/error-table.js";
import { dtypes } from "../../../src/protocol/dtypes.js";
import { closeCodes } from "../../../src/protocol/frames.js";
import { frameLimits } from "../../../src/protocol/limits.js";
import { clientShapes, type Rule, serverShapes } from "../../../src/protocol/shapes.js";
import { parseClientFrame, parseServerFrame } from "../../../src/protocol/validate.js";

const page = readFileSync(new URL("../../../docs/protocol.md", import.meta.url), "utf8");
const section = (title: string) => page.split(`### ${title}\n`)[1]!.split(/^##/m)[0]!;
const rows = (text: string) =>
  [...text.matchAll(/^\| `([\w-]+)` \| ([^|]*) \|/gm)].map(([, name, cells]) => [name!, cells!] as const);
/** The frames of an example block; what is too long to print is written as …. */
const examples = (text: string) =>
  [...text.matchAll(/```json\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!
      .replaceAll(/\n +/g, " ")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string }),
  );

describe.each<[string, Record<string, Record<string, Rule>>, (frame: unknown) => object]>([
  ["Client to server", clientShapes, parseClientFrame],
  ["Server to client", serverShapes, parseServerFrame],
])("docs/protocol.md, %s", (title, shapes, parse) => {
  test("lists every frame and every field, and which may be absent", () => {
    const documented = Object.fromEntries(
      rows(section(title)).map(([type, cells]) => [
        type,
        [...cells.matchAll(/`(\w+\??)`/g)].map(([, field]) => field!).sort(),
      ]),
    );
    const real = Object.fromEntries(
      Object.entries(shapes).map(([type, fields]) => [
        type,
        Object.entries(fields)
          .map(([field, { optional }]) => (optional ? `${field}?` : field))
          .sort(),
      ]),
    );
    expect(documented).toEqual(real);
  });

  test("shows an example of every frame, each of the right form", () => {
    const shown = examples(section(title));
    for (const frame of shown) expect(parse(frame)).toEqual(frame);
    expect([...new Set(shown.map(({ type }) => type))].sort()).toEqual(Object.keys(shapes).sort());
  });
});

test("docs/protocol.md lists every error code with its advice and meaning", () => {
  const documented = [...page.matchAll(/^\| `(\w+)` \| (yes|no) \| (.*) \|$/gm)].map(([, code, safe, meaning]) => [
    code,
    safe === "yes",
    meaning,
  ]);
  expect(documented).toEqual(
    Object.entries(errorTable).map(([code, { retryable, meaning }]) => [code, retryable, meaning]),
  );
});

test("docs/protocol.md lists every close code, every dtype and the limits of a frame", () => {
  const codes = [...page.matchAll(/^\| (1\d{3}) \|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual(Object.values(closeCodes).sort());
  const listed = /`dtype` is one of `([^`]*)`/.exec(page)![1]!.split(/\s+/);
  expect(listed).toEqual(dtypes);
  expect(page).toContain(`| \`maxDepth\` | ${frameLimits.maxDepth} levels`);
  expect(page).toContain(`| \`maxItems\` | ${frameLimits.maxItems.toLocaleString("en")} values`);
});
