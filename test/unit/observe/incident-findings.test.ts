import { describe, expect, it } from "vitest";
import { HoldfastError } from "../../../src/errors.js";
import { incidentOf } from "../../../src/observe/incident/incident.js";
import type { IncidentInput } from "../../../src/observe/incident/incident-input.js";
import type { SystemEvent } from "../../../src/system/events.js";
import { latencyBoundsMs, type SystemStats, type UnitStats } from "../../../src/system/stats.js";
import type { TreeNode } from "../../../src/system/tree.js";
import { actor, death, evidence, input, minute, pool, start, threw } from "./incident-cast.js";

const running = [actor("app/a"), actor("app/b"), pool("app/p", 2)];

function found(more: Partial<IncidentInput>, children: TreeNode[] = running) {
  return incidentOf(input(children, more)).findings;
}

function told(...events: SystemEvent[]) {
  return events.map((event, index) => ({ at: start + index, event }));
}

function counted(path: string, more: Partial<UnitStats>): SystemStats {
  const zero = { accepted: 0, answered: 0, told: 0, failed: {}, refused: {}, shed: 0, redelivered: 0, quarantined: 0 };
  const unit = {
    path,
    kind: "pool" as const,
    ...zero,
    restarts: {},
    waiting: 0,
    executing: 0,
    oldestWaitMs: 0,
    ...more,
  };
  return { uptimeMs: minute, deadLetters: {}, reports: 0, units: [unit] };
}

const rulesOf = (findings: readonly { rule: string }[]) => findings.map(({ rule }) => rule);
const many = (count: number, path: string, more: Parameters<typeof death>[3]) =>
  Array.from({ length: count }, (_, at) => death(at + 1, start + at * minute, path, more));

describe("what an incident report finds", () => {
  it("who does not serve, with the command that brings it back, and each death once", () => {
    const reports = [death(1, start, "app/a", { decision: "quarantine", level: undefined, cause: threw, times: {} })];
    const [first] = found({ reports }, [actor("app/a", { state: "quarantined" }), actor("app/b")]);
    expect(first).toMatchObject({ rule: "still-down", path: "app/a" });
    expect(first!.advice).toBe(
      'Mend the cause, then restart it: holdfast restart http://127.0.0.1:8080 app/a, app.restart("app/a"), or on the page.',
    );
    expect(first!.evidence.filter((line) => line.startsWith("report 1:"))).toHaveLength(1);
  });

  it("an input that killed twice, by its digest and its sender", () => {
    const charges = [
      { report: 1, cause: "ended by SIGSEGV" },
      { report: 2, cause: "ended by SIGSEGV" },
    ];
    const letter = {
      id: 1,
      at: start,
      path: "app/a",
      to: "app/a",
      ask: true,
      bytes: 16,
      key: undefined,
      sender: "app/door",
      method: "classify",
      reason: "poison",
    };
    const poison = {
      ...letter,
      incarnation: 2,
      shape: "[Float32Array(4)]",
      evidence: { ...evidence("classify", 7), charges },
    };
    const reports = many(2, "app/a", { cause: { kind: "exit", code: null, signal: "SIGSEGV" }, poisoned: 1 });
    const [first] = found({ reports, events: told({ type: "dead-letter", letter: poison }) });
    expect(first).toMatchObject({ rule: "message-killed-twice", severity: "critical", path: "app/a", reports: [1, 2] });
    expect(first!.evidence[0]).toBe("classify [Float32Array(4)], 16 bytes, digest 00ff00ff00ff00ff, from app/door");
  });

  it("a payload that somebody sends again and again, and not a constant that nobody's death is charged with", () => {
    const same = [1, 2, 3].map((seq) =>
      death(seq, start + seq, "app/a", { cause: threw, executing: [evidence("classify", seq)] }),
    );
    expect(rulesOf(found({ reports: same }))).toContain("same-payload");
    const others = [1, 2, 3].map((seq) =>
      death(seq, start + seq, "app/a", { cause: threw, executing: [evidence("classify", seq, `${seq}0`)] }),
    );
    expect(rulesOf(found({ reports: others }))).not.toContain("same-payload");
    const killed = same.map((report) => ({ ...report, cause: { kind: "killed" as const, by: "a chaos run" } }));
    expect(rulesOf(found({ reports: killed }))).toEqual(["killed-by-hand"]);
  });

  it("starts that fail: critical while it is down, else a warning", () => {
    const cause = { kind: "start-failed" as const, error: new Error("no such model") };
    const reports = many(2, "app/a", { cause, decision: "restart", times: {} });
    const [down] = found({ reports }, [actor("app/a", { state: "waiting" })]).filter(
      ({ rule }) => rule === "start-failed",
    );
    expect(down).toMatchObject({ severity: "critical", title: "2 failed starts, and it does not run now" });
    expect(down!.evidence).toEqual(["start failed: no such model"]);
    expect(found({ reports })).toMatchObject([{ rule: "start-failed", severity: "warning" }]);
  });

  it("a loop of deaths for one reason, and none where the reasons differ", () => {
    const [loop] = found({ reports: many(3, "app/p/1", { cause: threw, executing: [evidence("read", 1, "")] }) });
    expect(loop).toMatchObject({ rule: "crash-loop", path: "app/p", title: "3 deaths for one reason within 2 min" });
    expect(loop!.evidence).toEqual(["handler threw TypeError: x is undefined", "while it executed read"]);
    const causes = ["a", "b", "c"].map((text) => ({ kind: "threw" as const, error: new Error(text) }));
    expect(found({ reports: causes.map((cause, at) => death(at, start + at, "app/a", { cause })) })).toEqual([]);
  });

  it("the heap's wall with what was executing, and recycling that comes too often", () => {
    const record = { phase: "js", beatAgeMs: 10, heap: 400_000_000, external: 0, finished: [] } as const;
    const cause = { kind: "heap" as const, error: new Error("out of memory") };
    const [wall] = found({ reports: many(1, "app/p/2", { cause, record, executing: [evidence("read", 3)] }) });
    expect(wall).toMatchObject({
      rule: "heap-limit",
      path: "app/p",
      title: "1 death at the heap limit: 400 MB at its last beat",
    });
    const recycled = (path: string) =>
      ({ type: "recycled", path, host: "thread 1", what: "heap", bytes: 310e6, limitBytes: 300e6 }) as const;
    const events = told(recycled("app/p/1"), recycled("app/p/2"), recycled("app/p/1"));
    expect(found({ events })).toMatchObject([{ rule: "recycled-often", path: "app/p" }]);
    expect(found({ events: events.slice(1) })).toEqual([]);
  });

  it("a limit that is the whole time of noticing a hang, and not one that is short", () => {
    const hung = (limitMs: number) => ({ kind: "hung" as const, method: "classify", limitMs, ageMs: limitMs + 20 });
    const [late] = found({ reports: many(1, "app/a", { cause: hung(60_000) }) });
    expect(late).toMatchObject({
      rule: "limit-is-detection",
      title: "Noticing the hang of classify took its whole limit, 1 min; being back took 89 ms more",
    });
    expect(late!.advice).toContain('static methods = { classify: { limit: "…" } }');
    expect(found({ reports: many(1, "app/a", { cause: hung(500) }) })).toEqual([]);
  });

  it("says what limit would do, where it is known how long asks take", () => {
    const hung = { kind: "hung" as const, method: "classify", limitMs: 60_000, ageMs: 60_020 };
    const bucket = latencyBoundsMs.indexOf(100);
    const buckets = [...latencyBoundsMs, 0].map((_, at) => (at === bucket ? 1000 : 0));
    const stats = counted("app/p", { latency: { count: 1000, sumMs: 80_000, buckets } });
    const [late] = found({ reports: many(1, "app/p/1", { cause: hung }), stats });
    expect(late!.evidence).toContain("99 of 100 of its asks took 100 ms or less");
    expect(late!.advice).toContain('{ classify: { limit: "1s" } }');
  });

  it("what was refused for want of room, and a threshold that holds", () => {
    const stats = counted("app/p", { accepted: 90, refused: { MailboxFull: 10, Unavailable: 3 } });
    expect(found({ stats })).toMatchObject([
      { rule: "refused", severity: "warning", evidence: ["MailboxFull 10; 90 were taken"] },
    ]);
    expect(found({ stats: { ...stats, uptimeMs: 60 * minute } })).toMatchObject([
      { rule: "refused", severity: "note" },
    ]);
    const event = {
      type: "threshold",
      rule: "memory > 90 %",
      reading: "memory",
      limit: 90,
      unit: "%",
      heldMs: 1,
      then: "alert",
    } as const;
    const held = { ...event, state: "triggered", why: "memory 93 % for 10 s" } as const;
    expect(found({ events: told(held) })).toMatchObject([
      {
        rule: "threshold",
        severity: "critical",
        path: "memory",
        title: '"memory > 90 %" held 1 time, and still holds',
      },
    ]);
    const cleared = { ...event, state: "cleared", why: "memory 70 %" } as const;
    expect(found({ events: told(held, cleared) })).toMatchObject([{ severity: "warning" }]);
  });

  it("the step that made a recovery slow", () => {
    const slow = {
      times: { detectMs: 9000, decideMs: 1, restartMs: 20, warmMs: 4000 },
      level: "cold" as const,
      cause: threw,
    };
    expect(found({ reports: many(2, "app/a", slow) })).toMatchObject([
      {
        rule: "slow-warm",
        title: 'All 2 recoveries spent most of their time in "warm": median 4 s, worst 4 s',
        evidence: ["came back by: cold"],
      },
    ]);
    const title = (reports: ReturnType<typeof many>) => found({ reports })[0]!.title;
    expect(title(many(1, "app/a", slow))).toBe('The only recovery spent most of its time in "warm": 4 s');
    const quick = death(9, start + minute, "app/a", { cause: threw });
    expect(title([...many(1, "app/a", slow), quick])).toBe('1 of 2 recoveries spent most of its time in "warm": 4 s');
  });

  it("threads left behind in native code, and those that have left", () => {
    const abandoned = { type: "abandoned", path: "app/a", host: "thread 7", exited: false } as const;
    expect(found({ events: told(abandoned) })).toMatchObject([{ rule: "abandoned-thread", severity: "critical" }]);
    const left = told(abandoned, { ...abandoned, exited: true });
    expect(found({ events: left })).toMatchObject([{ rule: "abandoned-thread", severity: "warning" }]);
  });

  it("who was ended from outside, and how", () => {
    const ended = (signal: string | null, code: number | null) => ({ cause: { kind: "exit" as const, code, signal } });
    const reports = [
      death(1, start, "app/a", ended("SIGKILL", null)),
      death(2, start, "app/b", ended("SIGSEGV", null)),
      death(3, start, "app/p/1", ended(null, 3)),
    ];
    const findings = found({ reports });
    expect(findings.map(({ rule, title }) => [rule, title])).toEqual([
      ["signal", "Ended by SIGKILL"],
      ["signal", "Ended by SIGSEGV"],
      ["exited", "Ended by exit code 3"],
    ]);
    expect(findings[0]!.advice).toContain("oom");
    expect(findings[1]!.advice).toContain("Native code crashed");
  });

  it("tells that were lost, and a pool that can grow no more", () => {
    const letter = {
      id: 1,
      at: start,
      path: "app/p",
      to: "app/p",
      ask: false,
      bytes: 16,
      key: undefined,
      sender: "app",
      method: "read",
      incarnation: 1,
      shape: "[]",
    };
    const full = { type: "dead-letter", letter: { ...letter, reason: "MailboxFull" } } as const;
    const stopped = { type: "dead-letter", letter: { ...letter, reason: "ActorStopped" } } as const;
    expect(found({ events: told(full, full, stopped) }).map(({ rule, title }) => [rule, title])).toEqual([
      ["tells-refused", "2 tells were lost: MailboxFull"],
      ["dead-letters", "1 tell was lost: ActorStopped"],
    ]);
    const waiting = (n: number) => [{ ...pool("app/p", 2), mailbox: { waiting: n, executing: 2, capacity: 1000 } }];
    expect(found({}, waiting(40))).toMatchObject([{ rule: "pool-at-max", severity: "warning", path: "app/p" }]);
    expect(found({}, waiting(1000))).toMatchObject([{ rule: "pool-at-max", severity: "critical" }]);
    expect(found({}, waiting(0))).toEqual([]);
  });

  it("a store that takes nothing, odd members and open breakers", () => {
    const error = new HoldfastError("StoreFailed", "the disk is full");
    const failed = { type: "store-failed", about: "files in /var/app", error } as const;
    expect(found({ events: told(failed) })).toMatchObject([{ rule: "store-failed", severity: "critical" }]);
    const back = { type: "store-recovered", about: "files in /var/app", afterMs: 1200 } as const;
    expect(found({ events: told(failed, back) })).toMatchObject([
      { severity: "warning", title: "The store took nothing 1 time, for 1200 ms at most" },
    ]);
    const ejected = { type: "ejected", path: "app/p", member: "2", why: "5 failures in a row", forMs: 1000 } as const;
    const opened = { type: "breaker", path: "app/a", state: "open", why: "9 of 10 failed" } as const;
    const votes: SystemEvent = {
      type: "outvoted",
      path: "app/p",
      method: "read",
      members: ["1"],
      agreed: 2,
      of: 3,
      decided: true,
    };
    expect(found({ events: told(ejected, opened, votes) }).map(({ rule, path }) => [rule, path])).toEqual([
      ["breaker-opened", "app/a"],
      ["ejected", "app/p/2"],
      ["outvoted", "app/p/1"],
    ]);
    expect(found({ events: told(opened, { ...opened, state: "closed" }) })).toMatchObject([{ severity: "note" }]);
  });
});
