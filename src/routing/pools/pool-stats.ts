import { bothMail, waitingIn } from "../../mailbox/mail-stats.js";
import type { UnitStats } from "../../system/stats.js";
import { unitStats } from "../../system/unit-stats.js";
import type { Member } from "./member.js";
import type { Members } from "./members.js";
import type { PoolMail } from "./pool-mail.js";

/** A pool and its members as they count: the mail is the pool's, wherever it is. @param now monotonic ms */
export function poolStats(path: string, members: Members, { held }: PoolMail, now: number): UnitStats[] {
  const parts: UnitStats[] = [];
  const units = members.supervisor.units() as Member[];
  for (const unit of units) unit.stats(parts, path);
  const replays = units.some(({ facts }) => facts?.replayable === true);
  const mail = units.map((unit) => unit.owes).reduce(bothMail, waitingIn(held, replays));
  return [unitStats(members.tally, { path, kind: "pool", now, mail, ready: members.ready }), ...parts];
}
