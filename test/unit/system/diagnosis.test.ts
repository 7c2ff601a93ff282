import { describe, expect, it } from "vitest";
import { diagnose, type Look, SILENT_LOOKS } from "../../../src/system/cell/diagnosis.js";
import type { Run, Wait, Work } from "../../../src/system/cell/work.js";

const never = Number.POSITIVE_INFINITY;
const run = (more: Partial<Run> = {}): Run => ({
  method: "m",
  seq: 7,
  since: 1000,
  limitMs: 100,
  pausedMs: 0,
  learnsAt: never,
  ...more,
});
const wait = (more: Partial<Wait> = {}): Wait => ({ method: "w", since: 1000, limitMs: 100, ...more });
const work = (more: Partial<Work> = {}): Work => {
  const { runs = [], wait: waits } = more;
  return { actor: 1, runs, wait: waits, mail: runs.length > 0 || waits !== undefined, changing: false, ...more };
};
const at = (now: number, more: Partial<Look> = {}): Look => ({
  now,
  missed: () => 0,
  native: false,
  beat: 0,
  quietSince: 0,
  silentLooks: 0,
  shortestMs: 100,
  ...more,
});

describe("a message that executes", () => {
  it("is busy until its very limit, and hung from then on", () => {
    expect(diagnose([work({ runs: [run()] })], at(1040))).toEqual({ is: "busy", until: 1100 });
    expect(diagnose([work({ runs: [run()] })], at(1099.5))).toMatchObject({ is: "busy" });
    expect(diagnose([work({ runs: [run()] })], at(1100))).toEqual({
      is: "hung",
      late: { method: "m", limitMs: 100, ageMs: 100, actor: 1, seq: 7 },
    });
  });

  it("is stuck in native code where the record says so", () => {
    expect(diagnose([work({ runs: [run()] })], at(1100, { native: true }))).toMatchObject({
      is: "stuck-native",
      late: { where: "native" },
    });
    expect(diagnose([work({ runs: [run()] })], at(1099, { native: true }))).toMatchObject({ is: "busy" });
  });

  it("is granted what nobody watched, and what its stream waited for its consumer", () => {
    const missed = (since: number) => (since < 1050 ? 500 : 0);
    expect(diagnose([work({ runs: [run()] })], at(1599, { missed }))).toEqual({ is: "busy", until: 1600 });
    expect(diagnose([work({ runs: [run()] })], at(1610, { missed }))).toMatchObject({
      is: "hung",
      late: { ageMs: 110, missedMs: 500 },
    });
    // What began after it is granted nothing.
    expect(diagnose([work({ runs: [run({ since: 1060 })] })], at(1160, { missed }))).toMatchObject({ is: "hung" });
    const paused = work({ runs: [run({ pausedMs: 60_000 })] });
    expect(diagnose([paused], at(61_050))).toEqual({ is: "busy", until: 61_100 });
    expect(diagnose([paused], at(61_101))).toMatchObject({ late: { ageMs: 101 } });
  });

  it("is looked at no later than a message could pass its limit that begins now", () => {
    const long = work({ runs: [run({ limitMs: 5000 })] });
    expect(diagnose([long], at(1040))).toEqual({ is: "busy", until: 1140 });
    expect(diagnose([long], at(1040, { shortestMs: never }))).toEqual({ is: "busy", until: 6000 });
  });

  it("is looked at when its length becomes worth knowing", () => {
    const long = work({ runs: [run({ limitMs: 60_000, learnsAt: 7000 })] });
    expect(diagnose([long], at(1040, { shortestMs: never }))).toEqual({ is: "busy", until: 7000 });
    expect(diagnose([long], at(7000, { shortestMs: never }))).toEqual({ is: "busy", until: 61_000 });
  });

  it("may take for ever where its method says so", () => {
    const endless = work({ runs: [run({ limitMs: never })] });
    expect(diagnose([endless], at(1e12, { shortestMs: never }))).toEqual({ is: "busy", until: never });
  });

  it("is the one that is named, among others within their limits, in any of the actors", () => {
    const others = work({ actor: 2, runs: [run({ seq: 3, limitMs: 500 }), run({ seq: 4, since: 1001 })] });
    const late = { is: "hung", late: { actor: 2, seq: 4, method: "m", limitMs: 100, ageMs: 100 } };
    expect(diagnose([work({ runs: [run({ limitMs: 500 })] }), others], at(1101))).toEqual(late);
  });

  it("never loops at one moment: the next look is in a later one", () => {
    const verdict = diagnose([work({ runs: [run({ since: 1000.0000001 })] })], at(1100));
    expect(verdict).toEqual({ is: "busy", until: 1101 });
  });
});

describe("a message that has not begun", () => {
  const waiting = [work({ wait: wait() })];

  it("is late when nothing executes and nothing was heard for as long as its limit, and after turns to be heard in", () => {
    expect(diagnose(waiting, at(1050))).toEqual({ is: "busy", until: 1100 });
    for (let silentLooks = 0; silentLooks < SILENT_LOOKS - 1; silentLooks++)
      expect(diagnose(waiting, at(1100 + silentLooks, { silentLooks }))).toEqual({
        is: "silent",
        until: 1101 + silentLooks,
      });
    expect(diagnose(waiting, at(1102, { silentLooks: SILENT_LOOKS - 1 }))).toEqual({
      is: "blocked",
      late: { method: "w", limitMs: 100, ageMs: 102, actor: 1, seq: 0 },
    });
  });

  it("waits in peace while anything is heard", () => {
    expect(diagnose(waiting, at(1150, { quietSince: 1120, silentLooks: 2, shortestMs: never }))).toEqual({
      is: "busy",
      until: 1220,
    });
  });

  it("waits in peace while a handler, start() or stop() has the host, which have limits of their own", () => {
    const changing = work({ actor: 2, changing: true });
    const running = work({ actor: 2, runs: [run({ since: 1090, limitMs: 500 })] });
    for (const other of [changing, running])
      expect(diagnose([...waiting, other], at(1150, { silentLooks: 2 }))).toMatchObject({ is: "busy" });
  });

  it("waits in peace where the event loop is the watcher's own", () => {
    expect(diagnose(waiting, at(9000, { quietSince: undefined, silentLooks: 2 }))).toEqual({ is: "busy", until: 9100 });
  });

  it("is granted what nobody watched", () => {
    const missed = () => 300;
    expect(diagnose(waiting, at(1390, { missed, silentLooks: 2, shortestMs: never }))).toEqual({
      is: "busy",
      until: 1400,
    });
  });
});

it("a host with nothing in it is idle", () => {
  expect(diagnose([], at(1000))).toEqual({ is: "idle" });
  expect(diagnose([work(), work({ changing: true })], at(1000))).toEqual({ is: "idle" });
});
