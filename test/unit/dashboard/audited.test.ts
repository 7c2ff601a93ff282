import { expect, test } from "vitest";
import { entryOf } from "../../../src/dashboard/page/audit/audited.js";
import type { AuditEntry } from "../../../src/system/audit.js";

const entry = (id: number, act: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  at: id,
  address: "127.0.0.1",
  act,
  outcome: "done",
  tookMs: 1,
  ...more,
});

test("the entry of an act is the newest that says the same act, target and options", () => {
  const entries = [
    entry(1, "kill", { on: "app/a" }),
    entry(2, "kill", { on: "app/a", outcome: "refused", code: "Unavailable" }),
    entry(3, "kill", { on: "app/b" }),
    entry(4, "drain", { on: "app/a", with: { within: "10s" } }),
    entry(5, "retry", { with: { id: 7 } }),
    entry(6, "retry", { with: { id: 8 } }),
  ];
  const found = (act: string, more: Partial<AuditEntry> = {}) => entryOf(entries, { act, ...more })?.id;
  expect(found("kill", { on: "app/a" })).toBe(2);
  expect(found("drain", { on: "app/a" })).toBe(4);
  expect(found("retry", { with: { id: 7 } })).toBe(5);
  expect(found("hang", { on: "app/a" })).toBeUndefined();
});
