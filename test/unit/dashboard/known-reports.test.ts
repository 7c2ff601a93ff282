import { describe, expect, test } from "vitest";
import { summaryText } from "../../../src/dashboard/page/incidents/summary-text.js";
import { NewsDesk, REPORTS_KEPT } from "../../../src/dashboard/page/news-desk.js";
import { PageState } from "../../../src/dashboard/page/page-state.js";
import type { DeathReport, TreeNode } from "../../../src/index.js";

const tree = { path: "app" } as unknown as TreeNode;
const report = (id: number, at = id): DeathReport => ({
  id,
  at,
  path: "app/a",
  key: undefined,
  incarnation: 1,
  isolation: "thread",
  host: "thread 1",
  cause: { kind: "killed", by: "a test" },
  executing: [],
  answersLost: [],
  redelivered: 0,
  failed: 0,
  poisoned: 0,
  decision: "restart",
  level: "cold",
  times: {},
  record: undefined,
  flight: [],
});

/** From one number to another, oldest first. */
const reports = (from: number, to: number, shift = 0) =>
  Array.from({ length: to - from + 1 }, (_, n) => report(from + n, from + n + shift));
const events = (all: readonly DeathReport[]) =>
  all.map((one) => ({ at: one.at, event: { type: "report", report: one } }));
const opened = () => {
  const state = new PageState();
  return { state, desk: new NewsDesk(state), ids: () => state.incidents.value.map(({ id }) => id) };
};
const down = (from: number, to: number) =>
  reports(to, from)
    .map(({ id }) => id)
    .reverse();

describe("deaths from before the page was opened", () => {
  test("go below those that the tree brings, once each, and say that they are remembered", () => {
    const { state, desk, ids } = opened();
    desk.take({ type: "tree", tree, reports: reports(31, 80) });
    desk.remember(events(reports(1, 80)));
    expect(ids()).toEqual(down(80, 1));
    expect(state.incidents.value.map(({ remembered = false }) => remembered)).toEqual(
      down(80, 1).map((id) => id <= 30),
    );
  });

  test("stay when the connection comes back, and go with a server that counts anew", () => {
    const { desk, ids } = opened();
    desk.take({ type: "tree", tree, reports: reports(31, 80) });
    desk.remember(events(reports(1, 80)));
    desk.take({ type: "tree", tree, reports: reports(33, 82) });
    expect(ids()).toEqual(down(82, 1));
    desk.take({ type: "tree", tree, reports: reports(1, 40, 1000) });
    expect(ids()).toEqual(down(40, 1));
    desk.take({ type: "tree", tree, reports: [] });
    desk.remember(events(reports(1, 40)));
    expect(ids()).toEqual([]);
  });

  test("are bounded: the latest are kept", () => {
    const { desk, ids } = opened();
    desk.take({ type: "tree", tree, reports: reports(951, 1000) });
    desk.remember(events(reports(1, 1000)));
    expect(ids()).toEqual(down(1000, 1001 - REPORTS_KEPT));
  });
});

describe("the summary of deaths", () => {
  const summary = (all: readonly DeathReport[], now: number, span: number) =>
    summaryText([...all].reverse(), now, span);

  test("counts those within the span", () => {
    expect(summary([], 100, 50)).toBe("");
    expect(summary(reports(1, 80), 80, 1000)).toBe("80 deaths");
    expect(summary(reports(1, 80), 80, 0)).toBe("1 death");
  });

  test("says at least where one that may lie within it is not known", () => {
    expect(summary(reports(31, 80), 80, 1000)).toBe("at least 50 deaths");
    // The first that is known is before the span, so every one within it is.
    expect(summary(reports(31, 80), 80, 20)).toBe("21 deaths");
    expect(summary([...reports(1, 10), ...reports(31, 40)], 40, 1000)).toBe("at least 20 deaths");
  });
});
