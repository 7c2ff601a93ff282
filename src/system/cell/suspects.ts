import type { Origin } from "../../transport/frames.js";
import type { CellMember } from "./cell-member.js";

/** Who may be the cause of a cell's death, taken down before its members are told. */
export interface Suspects {
  /** How many: messages that were executing, and actors that were starting. */
  readonly count: number;
  /** The one that the cause names was among them. */
  readonly named: boolean;
}

/** @param culprit what the cause names, if anything */
export function suspectsAmong(members: Iterable<CellMember>, culprit: Origin | undefined): Suspects {
  let count = 0;
  let named = false;
  for (const member of members) {
    count += member.suspects;
    named ||= culprit?.actor === member.id && member.executes(culprit.seq);
  }
  return { count, named };
}
