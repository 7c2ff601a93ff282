import { describe, expect, it } from "vitest";
import { EventFold } from "../../../src/cli/events/event-fold.js";
import type { SystemEvent } from "../../../src/system/events.js";

function life(path: string): SystemEvent {
  return { type: "life", path, state: "running" } as SystemEvent;
}

function death(path: string, key?: string): SystemEvent {
  return { type: "report", report: { path, key } } as unknown as SystemEvent;
}

/** What is shown of events, each with its text. */
function shown(events: readonly [SystemEvent, string][]): string[] {
  const fold = new EventFold();
  const lines = events.flatMap(([event, text], at) => fold.next({ at, type: event.type, text }, event));
  return [...lines, ...fold.flush()].map(({ at, text }) => `${at} ${text}`);
}

describe("lines of events that repeat", () => {
  it("are told as a number with the time of the last, whatever threads and times they name", () => {
    const loop = [7, 8, 9, 12].map((thread): [SystemEvent, string] => [
      death("app/a"),
      `death: app/a on thread ${thread}: uncaught; executing add#${thread}; restarted; ms: detect ${thread}.1`,
    ]);
    expect(shown(loop)).toEqual([`0 ${loop[0]![1]}`, "3 … 3 more like that"]);
  });

  it("are folded where few take turns, as those of a crash loop do", () => {
    const turn: [SystemEvent, string][] = [
      [death("app/a"), "death"],
      [life("app/a"), "app/a: running"],
    ];
    expect(shown([...turn, ...turn, ...turn, [life("app/a"), "app/a: quarantined"]])).toEqual([
      "0 death",
      "1 app/a: running",
      "5 … 4 more like these 2",
      "6 app/a: quarantined",
    ]);
  });

  it("are told in full where no more than one turn repeats: which of them it was would not be known", () => {
    const turn: [SystemEvent, string][] = [
      [death("app/a"), "death"],
      [life("app/a"), "app/a: running"],
      [life("app/a"), "app/a: waiting"],
    ];
    const again = [...turn, turn[0]!, turn[1]!];
    expect(shown(again)).toEqual(again.map(([, text], at) => `${at} ${text}`));
    expect(shown([...turn, ...turn, turn[0]!]).slice(3)).toEqual(["6 … 4 more like these 3"]);
  });

  it("are a number from the second time on, where somebody waits for them: a slow loop is one too", () => {
    const fold = new EventFold();
    const next = (at: number) => fold.next({ at, type: "life", text: "app/a: running" }, life("app/a"));
    const told = [next(0), next(1), fold.flush(), next(2), fold.flush(), fold.flush()].flat();
    expect(told.map(({ at, text }) => `${at} ${text}`)).toEqual([
      "0 app/a: running",
      "1 app/a: running",
      "2 … 1 more like that",
    ]);
  });

  it("are told in full where only one repeats, another place comes between, or a number of another event differs", () => {
    const once: [SystemEvent, string] = [life("app/a"), "app/a: running"];
    expect(shown([once, once])).toEqual(["0 app/a: running", "1 app/a: running"]);
    expect(shown([once, [life("app/b"), "app/b: running"], once])).toHaveLength(3);
    const scaled = { type: "scaled", path: "app/p" } as SystemEvent;
    expect(shown([3, 4, 5].map((size) => [scaled, `app/p: ${size} → ${size + 1} members`]))).toHaveLength(3);
    expect(shown(["x", "y", "z"].map((key) => [death("app/k", key), "death"]))).toHaveLength(3);
  });
});
