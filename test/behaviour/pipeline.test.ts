import { inline, pool, refTo, supervisor, thread } from "holdfast";
import { type Detect, type Pixels, type Read, ReadPage, type ReadPageProps } from "holdfast/models";
import { stopTestSystems, testSystem } from "holdfast/testing";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { fates, Numbers, Rows } from "../actors/eyes.mjs";
import { Gate } from "./gate.js";
import { plan, play } from "./stage.js";
import { until } from "./until.js";

const refs = { detect: refTo<Detect>("detect"), read: refTo<Read>("read") };

// What it imports comes in real time, which the time of a test would outrun.
beforeAll(async () => {
  await ReadPage.load(refs);
});
afterEach(stopTestSystems);

const module = new URL("../actors/eyes.mjs", import.meta.url);

/** An image of lines, each with its fate in its colour. */
function page(...lines: readonly (keyof typeof fates)[]): Pixels {
  const width = 40;
  const data = new Uint8Array(width * lines.length * 20 * 4);
  for (const [i, fate] of lines.entries()) {
    for (let p = 0; p < width * 20; p++) data.set([i, fates[fate], 0, 255], (i * width * 20 + p) * 4);
  }
  return { width, height: lines.length * 20, data };
}

function started(props: Partial<ReadPageProps> = {}, { readers = 2, broken = false } = {}) {
  const notes = plan();
  const tree = supervisor(
    {},
    {
      gate: inline(Gate, notes.board),
      detect: inline(Rows, { broken }),
      read: pool(inline(Numbers, { heard: refTo<Gate>("gate") }), { size: readers }),
      page: inline(ReadPage, { ...refs, ...props }),
    },
  );
  return testSystem(tree).then((test) => ({ ...test, test, notes, page: test.refs.page }));
}

describe("a page that is read by a pipeline", () => {
  it("has its lines in order, whoever reads them first", async () => {
    const { page: reader } = await started();
    const { lines, missing } = await reader.ask.pixels(page("fine", "fine", "fine", "fine", "fine"));
    expect(lines.map(({ text }) => text)).toEqual(["line 0", "line 1", "line 2", "line 3", "line 4"]);
    expect(lines.map(({ box }) => box.centre[1])).toEqual([10, 30, 50, 70, 90]);
    expect(missing).toBe(0);
  });

  it("loses a line that its reader cannot read, and says why, but no other", async () => {
    const { page: reader } = await started();
    const { lines, missing } = await reader.ask.pixels(page("fine", "throws", "refused", "fine"));
    expect(missing).toBe(2);
    expect(lines.map(({ text }) => text)).toEqual(["line 0", "", "", "line 3"]);
    expect(lines.map(({ failed }) => failed?.code)).toEqual([undefined, "HandlerFailed", "Refused", undefined]);
    expect(lines[1]!.failed).toMatchObject({ message: expect.stringContaining("cannot read 1"), retryable: false });
    expect(lines[1]!.box.centre).toEqual([20, 30]);
  });

  it("has all lines where the pool has no room for them at once: they are asked again", async () => {
    const crowd = inline(Numbers, undefined, { mailbox: { messages: 2 } });
    const { refs: app } = await play({
      detect: inline(Rows, undefined),
      read: pool(crowd, { size: 1, admission: false }),
      page: inline(ReadPage, { ...refs, lineTimeout: "25s" }),
    });
    const { lines, missing } = await app.page.ask.pixels(page(...Array<"fine">(6).fill("fine")));
    expect(missing).toBe(0);
    expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 6 }, (_, i) => `line ${i}`));
  });

  it("is answered without a line that is late", async () => {
    const { page: reader, test, notes } = await started({ lineTimeout: "2s", readHop: { retry: { attempts: 1 } } });
    const asked = reader.ask.pixels(page("fine", "hangs", "fine"));
    const { lines, missing } = await test.runUntil(asked);
    expect(test.clock!.now()).toBeLessThan(3_000);
    expect(missing).toBe(1);
    expect(lines.map(({ failed }) => failed?.code)).toEqual([undefined, "Timeout", undefined]);
    // And its reader hears that nobody waits any more.
    expect(notes.notes).toContain("line 1 was given up");
  });

  it("takes its lines with it when it is given up: those that are read, and those that wait", async () => {
    const { page: reader, test, notes } = await started({ linesAtOnce: 3 }, { readers: 1 });
    const leaving = new AbortController();
    const asked = reader.with({ signal: leaving.signal }).ask.pixels(page("hangs", "fine", "fine", "fine"));
    const outcome = expect(asked).rejects.toMatchObject({ code: "Cancelled" });
    await until(() => notes.notes.includes("line 0"), "the first line to be read");
    leaving.abort();
    await outcome;
    await test.settled();
    expect(notes.notes).toEqual(["line 0", "line 0 was given up"]);
  });

  it("fails as its detection did, and its actor is none the worse", async () => {
    const { page: reader, test } = await started({}, { broken: true });
    const refused = { code: "Refused", details: { reason: "no-eyes" } };
    await expect(reader.ask.pixels(page("fine"))).rejects.toMatchObject(refused);
    expect(test.app.reports()).toEqual([]);
  });

  it("may be no image, or one without a line", async () => {
    const { page: reader } = await started();
    expect(await reader.ask.pixels({ width: 8, height: 8, data: new Uint8Array(256) })).toEqual({
      lines: [],
      missing: 0,
    });
    const bad = { code: "Refused", details: { reason: "bad-image" } };
    await expect(reader.ask.image(Uint8Array.of(1, 2))).rejects.toMatchObject(bad);
  });

  it.each([
    [{ linesAtOnce: 0 }, /linesAtOnce is 0/],
    [{ lineTimeout: "soon" }, /lineTimeout/],
    [{ maxPixels: 1.5 }, /maxPixels is 1.5/],
  ])("does not start with %o", async (props, message) => {
    await expect(started(props as Partial<ReadPageProps>)).rejects.toThrow(message);
  });
});

it("a line that kills its reader's thread twice is poisoned, and the page has all the others", async () => {
  const { refs: app, reports } = await play({
    detect: inline(Rows, undefined),
    read: pool(thread<Numbers>(module, undefined, { export: "Numbers" }), { size: 2 }),
    page: inline(ReadPage, { ...refs, lineTimeout: "25s" }),
  });
  const { lines, missing } = await app.page.ask.pixels(page("fine", "fine", "kills", "fine", "fine", "fine"));
  expect(missing).toBe(1);
  expect(lines.map(({ text }) => text)).toEqual(["line 0", "line 1", "", "line 3", "line 4", "line 5"]);
  expect(lines[2]!.failed).toMatchObject({ code: "PoisonedMessage", retryable: false });
  await until(() => reports.length === 2, "both deaths to be reported");
});
