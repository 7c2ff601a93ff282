import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { incidentOf } from "../../../src/observe/incident/incident.js";
import { joined, together, total } from "../../../src/observe/incident/spans.js";
import { actor, death, exited, input, minute, pool, start, threw } from "./incident-cast.js";

describe("an incident report", () => {
  it("says that nobody died, where nobody did", () => {
    const incident = incidentOf(input([actor("app/digits")]));
    expect(incident).toMatchObject({ verdict: "Nobody died.", deaths: 0, services: [], findings: [], timeline: [] });
    expect(incident.cost).toEqual({ failed: 0, answersLost: 0, redelivered: 0, poisoned: 0, deadLetters: {} });
    expect(incident.recovery).toMatchObject({ total: undefined, worstReport: undefined, longestStep: undefined });
  });

  it("leaves out what happened before the window and after it", () => {
    const at = [start - 1, start, start + 10 * minute, start + 10 * minute + 1];
    const reports = at.map((time, index) => death(index + 1, time, "app/digits", { failed: 1 }));
    expect(incidentOf(input([actor("app/digits")], { reports }))).toMatchObject({ deaths: 2, cost: { failed: 2 } });
  });

  it("counts availability from the server's beginning: before it nobody was served, and nobody was failed", () => {
    const stats = { uptimeMs: minute, deadLetters: {}, reports: 1, units: [] } as never;
    const reports = [death(1, start + 9.5 * minute, "app/digits", {})];
    const incident = incidentOf(input([actor("app/digits")], { reports, stats }));
    expect(incident).toMatchObject({ from: start + 9 * minute, to: start + 10 * minute, deaths: 1 });
    expect(incident.services[0]!.availability).toBeCloseTo(1 - 100 / minute, 12);
    expect(incident.gaps[0]).toContain("the server began then, 1 min before the end");
    const longUp = { ...(stats as object), uptimeMs: 60 * minute } as never;
    expect(incidentOf(input([actor("app/digits")], { reports, stats: longUp }))).toMatchObject({
      from: start,
      gaps: [],
    });
  });

  it("counts the time from the fault to service, and no clean end", () => {
    const reports = [
      death(1, start + minute, "app/digits", { failed: 2, redelivered: 3 }),
      death(2, start + 2 * minute, "app/digits", { cause: { kind: "stopped-itself" }, decision: "stop" }),
      death(3, start + 2 * minute, "app/digits", { standby: true }),
    ];
    const incident = incidentOf(input([actor("app/digits")], { reports }));
    expect(incident.services).toMatchObject([
      { path: "app/digits", kind: "actor", deaths: 1, downMs: 100, down: false },
    ]);
    expect(incident.services[0]!.availability).toBeCloseTo(1 - 100 / (10 * minute), 12);
    expect(incident.verdict).toBe(
      "1 death in 1 service: all serve again; the longest gap was 100 ms. 2 messages failed because of a death, 3 messages only came later; half of the recoveries took 100 ms or less.",
    );
  });

  it("counts a pool as down only while all of its members are", () => {
    const two = { times: { detectMs: 0, decideMs: 0, restartMs: 1000, warmMs: 1000 } };
    const reports = [death(1, start, "app/digits/1", two), death(2, start + 1500, "app/digits/2", two)];
    const ofTwo = incidentOf(input([pool("app/digits", 2)], { reports })).services;
    expect(ofTwo).toMatchObject([{ path: "app/digits", kind: "pool", deaths: 2, downMs: 500, degradedMs: 3000 }]);
    const ofThree = incidentOf(input([pool("app/digits", 3)], { reports })).services;
    expect(ofThree).toMatchObject([{ downMs: 0, degradedMs: 3500, availability: 1 }]);
    expect(incidentOf(input([pool("app/digits", 3)], { reports })).verdict).toContain(
      "no service was without somebody",
    );
  });

  it("tells what is still down, since when, and says it first", () => {
    const parked = { decision: "quarantine", times: { detectMs: 10, decideMs: 1 }, level: undefined } as const;
    const reports = [death(1, start + 4 * minute, "app/digits", parked)];
    const down = incidentOf(input([actor("app/digits", { state: "quarantined" })], { reports }));
    expect(down.services).toMatchObject([{ down: true, downMs: 6 * minute + 10 }]);
    expect(down.verdict).toContain("app/digits is still down");
    expect(down.findings[0]).toMatchObject({ rule: "still-down", severity: "critical", reports: [1] });
    // Somebody restarted it: the event says when.
    const running = { type: "life", path: "app/digits", state: "running" } as const;
    const events = [{ at: start + 5 * minute, event: running }];
    const back = incidentOf(input([actor("app/digits")], { reports, events }));
    expect(back.services).toMatchObject([{ down: false, downMs: minute + 10 }]);
    expect(back.findings.map(({ rule }) => rule)).toEqual(["over-budget", "signal"]);
  });

  it("claims no outage for what its spec does not start again, or for what is gone", () => {
    const stopped = death(1, start, "app/job", { decision: "stop", times: { detectMs: 0, decideMs: 1 } });
    const gone = death(2, start, "app/digits/9", { decision: "quarantine", times: { detectMs: 0, decideMs: 1 } });
    const incident = incidentOf(input([actor("app/job", { state: "stopped" })], { reports: [stopped, gone] }));
    expect(incident.services.map(({ down, downMs }) => [down, downMs])).toEqual([
      [false, 1],
      [false, 1],
    ]);
  });

  it("takes the recovery apart: medians, worsts, and by cause", () => {
    const slow = { times: { detectMs: 2000, decideMs: 1, restartMs: 10, warmMs: 9, redeliverMs: 5 } };
    const reports = [
      death(1, start, "app/a"),
      death(2, start + 1000, "app/a"),
      death(3, start + 2000, "app/a", { ...slow, cause: threw }),
      death(4, start + 9000, "app/a", { decision: "quarantine" }),
    ];
    const { recovery } = incidentOf(input([actor("app/a")], { reports }));
    expect(recovery.total).toEqual({ count: 3, median: 100, worst: 2020 });
    expect(recovery.steps).toEqual({
      detect: { count: 3, median: 10, worst: 2000 },
      decide: { count: 3, median: 1, worst: 1 },
      restart: { count: 3, median: 49, worst: 49 },
      warm: { count: 3, median: 40, worst: 40 },
      redeliver: { count: 1, median: 5, worst: 5 },
    });
    expect(recovery).toMatchObject({ worstReport: 3, longestStep: "detect" });
    expect(recovery.byCause.map(({ cause, total: { count } }) => [cause, count])).toEqual([
      ["threw", 1],
      ["exit", 2],
    ]);
  });

  it("counts dead letters by reason, and joins what repeats in the timeline", () => {
    const letter = (reason: string) => ({
      type: "dead-letter" as const,
      letter: {
        id: 1,
        at: start,
        path: "app/a",
        to: "app/a",
        ask: false,
        bytes: 16,
        key: undefined,
        sender: "app",
        method: "m",
        reason,
        incarnation: 1,
        shape: "[]",
      },
    });
    const events = [
      ...Array.from({ length: 3 }, () => ({ at: start + 1, event: letter("MailboxFull") })),
      ...Array.from({ length: 30 }, (_, index) => ({ at: start + 2 + index, event: letter(`own reason ${index}`) })),
    ];
    const { cost, timeline } = incidentOf(input([actor("app/a")], { events }));
    expect(cost.deadLetters).toMatchObject({ MailboxFull: 3, other: 19 });
    expect(Object.keys(cost.deadLetters)).toHaveLength(13);
    expect(timeline[0]).toMatchObject({ type: "dead-letter", times: 3 });
    expect(timeline).toHaveLength(31);
  });

  it("stays of one size, however much happened", () => {
    const reports = Array.from({ length: 2000 }, (_, at) =>
      death(at + 1, start + at, `app/${at}`, { cause: { kind: "threw", error: new Error("long ".repeat(10_000)) } }),
    );
    const incident = incidentOf(input([], { reports }));
    expect(incident.timeline).toHaveLength(200);
    expect(incident.omitted).toBe(1800);
    expect(incident.timeline[0]!.text.length).toBeLessThanOrEqual(400);
    const many = Array.from({ length: 100 }, (_, at) =>
      death(at + 1, start + at, `app/${at}`, { cause: { kind: "start-failed", error: new Error("no") } }),
    );
    const failed = incidentOf(input([], { reports: many }));
    expect(failed.findings).toHaveLength(40);
    expect(failed.moreFindings).toBe(60);
  });

  it("is the same in whatever order the evidence comes, and its sums hold", () => {
    const reports = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 10 * minute }),
        path: fc.constantFrom("app/a", "app/p/1", "app/p/2"),
        failed: fc.nat(3),
        warmMs: fc.option(fc.nat(20_000), { nil: undefined }),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(reports, fc.nat(), (cases, seed) => {
        const deaths = cases.map(({ at, path, failed, warmMs }, index) =>
          death(index + 1, start + at, path, {
            failed,
            cause: exited,
            times: { detectMs: 5, ...(warmMs === undefined ? {} : { warmMs }) },
          }),
        );
        const turned = [...deaths.slice(seed % (deaths.length + 1)), ...deaths.slice(0, seed % (deaths.length + 1))];
        const tree = [actor("app/a"), pool("app/p", 2)];
        const incident = incidentOf(input(tree, { reports: deaths }));
        expect(incidentOf(input(tree, { reports: turned }))).toEqual(incident);
        expect(incident.cost.failed).toBe(cases.reduce((sum, { failed }) => sum + failed, 0));
        expect(incident.services.reduce((sum, { deaths: count }) => sum + count, 0)).toBe(incident.deaths);
        for (const { availability, downMs, degradedMs } of incident.services) {
          expect(availability).toBeGreaterThanOrEqual(0);
          expect(availability).toBeLessThanOrEqual(1);
          expect(downMs + degradedMs).toBeLessThanOrEqual(10 * minute);
        }
      }),
    );
  });
});

describe("spans of time", () => {
  const spans = fc.array(
    fc.tuple(fc.nat(50), fc.nat(20)).map(([from, length]) => ({ from, to: from + length })),
    { maxLength: 8 },
  );

  it("are joined, and counted together, as if each instant were looked at", () => {
    fc.assert(
      fc.property(fc.array(spans, { maxLength: 4 }), fc.integer({ min: 1, max: 4 }), (lists, least) => {
        const disjoint = lists.map(joined);
        const covers = (list: readonly { from: number; to: number }[], at: number) =>
          list.some(({ from, to }) => at >= from && at < to);
        let instants = 0;
        for (let at = 0; at < 100; at++) {
          if (disjoint.filter((list) => covers(list, at + 0.5)).length >= least) instants++;
        }
        expect(total(together(disjoint, least))).toBe(instants);
      }),
    );
  });
});
