import { describe, expect, it } from "vitest";
import { seededChance } from "../../../../src/clock.js";
import { type ErrorCode, type ErrorExtras, HoldfastError } from "../../../../src/errors.js";
import { mayHaveRun, pauseBeforeRetry, type RetryRules } from "../../../../src/serving/policies/retry/retry-rule.js";

const rules: RetryRules = {
  attempts: 3,
  codes: new Set(mayHaveRun),
  backoff: { initialMs: 20, factor: 2, maxMs: 100, jitter: 1, healthyAfterMs: 0 },
};

/** Chance that shortens no pause. */
const never = () => 0;

function pauseAfter(
  code: ErrorCode,
  given: Partial<Parameters<typeof pauseBeforeRetry>[1]> & ErrorExtras = {},
  chance = never,
): number | undefined {
  const { attempt = 1, idempotent = false, now = 1000, deadline = 31_000, ...extras } = given;
  return pauseBeforeRetry(
    rules,
    { error: new HoldfastError(code, "no", extras), attempt, idempotent, now, deadline },
    chance,
  );
}

describe("a call that failed is made again", () => {
  it("where the error says that is safe", () => {
    expect(pauseAfter("MailboxFull")).toBe(20);
    expect(pauseAfter("Unavailable")).toBe(20);
    expect(pauseAfter("Timeout", { retryable: true })).toBe(20);
  });

  it("where it may have run, if it may run twice", () => {
    for (const code of ["ActorDied", "ConnectionLost", "Timeout"] as const) {
      expect(pauseAfter(code)).toBeUndefined();
      expect(pauseAfter(code, { idempotent: true })).toBe(20);
    }
  });

  it("not where the handler has answered, or failed by itself", () => {
    for (const code of ["Refused", "InvalidValue", "HandlerFailed", "PoisonedMessage", "UnknownMethod"] as const) {
      expect(pauseAfter(code, { idempotent: true })).toBeUndefined();
    }
  });

  it("not where its caller has left, whatever the error says", () => {
    expect(pauseAfter("Cancelled", { retryable: true, idempotent: true })).toBeUndefined();
  });

  it("not for an error that is none of ours", () => {
    const failed = { error: new Error("?"), attempt: 1, idempotent: true, now: 0, deadline: 1000 };
    expect(pauseBeforeRetry(rules, failed, never)).toBeUndefined();
  });

  it("as often as it may be, the first attempt included", () => {
    expect(pauseAfter("MailboxFull", { attempt: 2 })).toBe(40);
    expect(pauseAfter("MailboxFull", { attempt: 3 })).toBeUndefined();
  });

  it("after any part of a pause that doubles up to the longest", () => {
    const many = { ...rules, attempts: 100 };
    const error = new HoldfastError("MailboxFull", "full");
    const chance = seededChance(7);
    for (let attempt = 1; attempt < 12; attempt++) {
      const full = Math.min(100, 20 * 2 ** (attempt - 1));
      const drawn = Array.from(
        { length: 200 },
        () => pauseBeforeRetry(many, { error, attempt, idempotent: false, now: 0, deadline: 1e6 }, chance)!,
      );
      expect(Math.max(...drawn)).toBeLessThanOrEqual(full);
      expect(Math.max(...drawn)).toBeGreaterThan(full * 0.9);
      expect(Math.min(...drawn)).toBeLessThan(full * 0.1);
    }
  });

  it("no sooner than the error advises, and not at all where that is longer than the longest pause", () => {
    expect(pauseAfter("MailboxFull", { retryAfterMs: 70 })).toBe(90);
    expect(pauseAfter("MailboxFull", { retryAfterMs: 101 })).toBeUndefined();
  });

  it("only where it would begin before its deadline", () => {
    expect(pauseAfter("MailboxFull", { now: 1000, deadline: 1021 })).toBe(20);
    expect(pauseAfter("MailboxFull", { now: 1000, deadline: 1020 })).toBeUndefined();
  });
});
