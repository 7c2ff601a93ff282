import type { Message } from "../../mailbox/message.js";
import type { Origin } from "../../transport/frames.js";
import { culpritOf } from "../death/blame.js";
import type { DeathCause } from "../death/report.js";
import type { Cell } from "./cell.js";
import type { CellMember } from "./cell-member.js";

/** Who may be the cause of a death, taken down before what was executing is settled. */
export interface Suspects {
  /** How many: messages that were executing, and actors that were starting or stopping. */
  readonly count: number;
  /** What the death is traced to, if anything. */
  readonly culprit: Origin | undefined;
  /** That one was executing. */
  readonly named: boolean;
}

/** At the end of a whole cell. An ask that was made in it is none: it ends with its asker. */
export function suspectsAmong(members: readonly CellMember[], culprit: Origin | undefined): Suspects {
  let count = 0;
  for (const member of members) {
    const handled = member.handling();
    count +=
      handled.length === 0 && member.changing ? 1 : handled.filter((message) => !isInner(message, member)).length;
  }
  const named = members.some((member) => member.id === culprit?.actor && executes(member, culprit.seq));
  return { count, culprit, named };
}

/**
 * At the end of one actor: what its cell's end says, or, where it ended alone, its own.
 * @param threw the message whose handler threw, 0 for none
 */
export function suspectsOf(
  member: CellMember & { readonly cell: Cell | undefined },
  cause: DeathCause,
  threw: number,
): Suspects {
  const ofCell = member.cell?.inquest.suspects;
  if (ofCell) return ofCell;
  const culprit = threw === 0 ? culpritOf(cause) : { actor: member.id, seq: threw };
  const named = threw !== 0 || executes(member, culprit?.seq ?? 0);
  return { count: member.handling().length, culprit, named };
}

function isInner({ ask, asker }: Message, { cell }: CellMember): boolean {
  return ask && asker !== undefined && asker.cell === cell;
}

function executes(member: CellMember, seq: number): boolean {
  return member.handling().some((message) => message.seq === seq);
}
