import { bothMail, type MailStats } from "../../mailbox/mail-stats.js";
import type { UnitStats } from "../../system/stats.js";
import { unitStats } from "../../system/unit-stats.js";
import type { KeyUnit } from "./key-unit.js";
import type { KeyedCells } from "./keyed-cells.js";
import type { KeyedGroup } from "./keyed-group.js";
import type { LateMail } from "./late-mail.js";

/** A keyed group and its cells as they count: the mail of all keys is the group's. @param now monotonic ms */
export function groupStats(
  { path, kind, tally }: KeyedGroup,
  now: number,
  { supervisor, ready }: KeyedCells,
  late: LateMail,
  keys: ReadonlyMap<string, KeyUnit>,
): UnitStats[] {
  const parts: UnitStats[] = [];
  for (const cell of supervisor.units()) cell.stats(parts, path);
  let mail: MailStats = { waiting: late.size, executing: 0, since: undefined };
  for (const { handle } of keys.values()) mail = bothMail(mail, handle.owed);
  return [unitStats(tally, { path, kind, now, mail, ready }), ...parts];
}
