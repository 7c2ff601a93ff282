import type { AuditEntry } from "../../../system/audit.js";

/** An act as the audit log writes it, before it is done. */
export type Audited = Pick<AuditEntry, "act" | "on" | "with">;

/** The newest entry of such an act; undefined where there is none. Of options only those that are named count. Pure. */
export function entryOf(
  entries: readonly AuditEntry[],
  { act, on, with: options = {} }: Audited,
): AuditEntry | undefined {
  return entries.findLast(
    (entry) =>
      entry.act === act &&
      entry.on === on &&
      Object.entries(options).every(([name, value]) => entry.with?.[name] === value),
  );
}
