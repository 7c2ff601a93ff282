import { describe, expect, it } from "vitest";
import { eventLine } from "../../../src/observe/event-line.js";
import { incidentOf } from "../../../src/observe/incident/incident.js";
import { incidentMarkdown } from "../../../src/observe/incident/incident-markdown.js";
import type { DeathCause } from "../../../src/system/death/report.js";
import { death, evidence, input, pool, start, threw } from "./incident-cast.js";

const segv: DeathCause = { kind: "exit", code: null, signal: "SIGSEGV" };
const names = ["app/digits", "app/speech", "app/faces", "app/words"];
const nothing = "e3b0c44298fc1c14";

function poison(id: number, path: string, digest: string, reports: number[]) {
  const charges = reports.map((report) => ({ report, cause: "ended by SIGSEGV" }));
  const letter = {
    id,
    at: start,
    path,
    to: path,
    ask: true,
    bytes: 16,
    key: undefined,
    sender: "app/door",
    method: "read",
    reason: "poison",
    incarnation: 2,
    shape: "[Float32Array(4)]",
    evidence: { ...evidence("read", id, digest), charges },
  };
  return { at: start + id, event: { type: "dead-letter", letter } as const };
}

/** 700 deaths in four pools of four: each by one input, sent again and again, that kills two members in turn. */
function storm() {
  const reports = Array.from({ length: 700 }, (_, at) => {
    const path = `${names[at % 4]}/${1 + (Math.floor(at / 4) % 4)}`;
    return death(at + 1, start + at * 500, path, { cause: segv, executing: [evidence("read", Math.floor(at / 8))] });
  });
  const events = reports
    .filter(({ id }) => Math.floor((id - 1) / 4) % 2 === 1)
    .map(({ id, path }) => poison(id, path, "00ff00ff00ff00ff", [id - 4, id]));
  return incidentOf(
    input(
      names.map((path) => pool(path, 4)),
      { reports, events },
    ),
  );
}

describe("an incident report of a storm", () => {
  it("says each cause once for each service, with what other rules have to say as its evidence", () => {
    const { findings, deaths } = storm();
    expect(deaths).toBe(700);
    expect(findings.map(({ rule, path }) => [rule, path])).toEqual(names.map((path) => ["message-killed-twice", path]));
    for (const { evidence: lines, reports } of findings) {
      expect(lines.some((line) => line.startsWith("The same payload was executing at"))).toBe(true);
      expect(reports).toHaveLength(10);
    }
  });

  it("has its advice on the first screen, before the figures", () => {
    const lines = incidentMarkdown(storm()).split("\n");
    const advice = lines.indexOf("## What to change");
    const figures = lines.indexOf("## Availability");
    expect(advice).toBeGreaterThan(0);
    expect(figures - advice).toBeLessThanOrEqual(34);
    expect(lines.slice(advice, figures).filter((line) => line.startsWith("### "))).not.toEqual([]);
    expect(lines.filter((line) => line.startsWith("### "))).toHaveLength(4);
  });

  it("keeps a cause that another finding of the same service does not explain", () => {
    const own = [1, 2].map((id) => death(id, start + id, "app/digits/1", { cause: segv }));
    const others = [3, 4, 5].map((id) => death(id, start + id, "app/digits/2", { cause: threw }));
    const { findings } = incidentOf(
      input([pool("app/digits", 2)], {
        reports: [...own, ...others],
        events: [poison(1, "app/digits/1", "00ff00ff00ff00ff", [1, 2])],
      }),
    );
    expect(findings.map(({ rule }) => rule)).toEqual(["message-killed-twice", "crash-loop"]);
    expect(findings[0]!.evidence).toContain("Ended by SIGSEGV, 2 times");
  });

  it("says that a service is down once, over whichever of its members is parked", () => {
    const tree = pool("app/digits", 2);
    const parked = { ...tree, children: tree.children!.map((child) => ({ ...child, state: "quarantined" as const })) };
    const reports = [1, 2].map((id) =>
      death(id, start + id, `app/digits/${id}`, { cause: threw, decision: "quarantine" }),
    );
    const { findings } = incidentOf(input([parked], { reports }));
    expect(findings).toMatchObject([{ rule: "still-down", path: "app/digits", reports: [1, 2] }]);
    expect(findings[0]!.evidence).toContain(
      "2 of its members died more often than their restart budgets allow, and were parked",
    );
  });
});

describe("who is suspected of a death", () => {
  const same = (cause: DeathCause, digest?: string) => {
    const reports = [1, 2, 3].map((id) =>
      death(id, start + id, "app/digits/1", { cause, executing: [evidence("read", id, digest)] }),
    );
    return incidentOf(input([pool("app/digits", 2)], { reports })).findings.map(({ rule }) => rule);
  };

  it("is nobody where calls have no arguments: all of them are alike", () => {
    expect(same(threw)).toContain("same-payload");
    expect(same(threw, nothing)).toEqual(["crash-loop"]);
  });

  it("is nobody where a signal came from outside, somebody had it hang, or another message is named", () => {
    const hung: DeathCause = { kind: "hung", method: "read", limitMs: 100, ageMs: 110 };
    expect(same(segv)).toContain("same-payload");
    expect(same({ kind: "exit", code: null, signal: "SIGKILL" })).toEqual(["signal"]);
    expect(same({ kind: "exit", code: null, signal: "SIGTERM" })).toEqual(["signal"]);
    expect(same(hung)).toContain("same-payload");
    expect(same({ ...hung, by: "operator" })).not.toContain("same-payload");
    expect(same({ ...hung, seq: 0 })).not.toContain("same-payload");
    expect(same({ ...hung, seq: 99 })).not.toContain("same-payload");
  });
});

describe("a line of an event", () => {
  it("says path and state once, also where the reason begins with them", () => {
    const life = { type: "life", path: "app/p/2", state: "quarantined", incarnation: 3 } as const;
    const reason = 'quarantined: app/p/2: ended by SIGKILL (child "2" had more deaths)';
    expect(eventLine({ ...life, reason })).toBe('app/p/2: quarantined: ended by SIGKILL (child "2" had more deaths)');
    expect(eventLine({ ...life, reason: "gave up" })).toBe("app/p/2: quarantined: gave up");
  });
});
