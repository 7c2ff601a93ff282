import type { Packed, Rebuild } from "../../transport/frames.js";
import type { Cell } from "../cell/cell.js";
import { EventLog } from "./event-log.js";
import type { KeptState } from "./kept-state.js";
import { type ReplayFrame, Replaying } from "./replaying.js";

interface Starting {
  readonly id: number;
  readonly incarnation: number;
  readonly above: string;
  readonly key: string | undefined;
  readonly props: Packed | undefined;
}

/**
 * Has the host of a cell build the next incarnation, in the state that is kept of it.
 * @param failed hears why its events cannot be told
 * @returns what goes on to tell it of its events, where there are any
 */
export function sendStart(
  cell: Cell,
  { id: actor, incarnation, above, key, props }: Starting,
  name: string | number,
  kept: KeptState | undefined,
  failed: (error: Error) => void,
): Replaying | undefined {
  const rebuild = kept ? kept.rebuild(cell.facts) : freshly(cell);
  const { snapshot: state, version } = kept ?? {};
  cell.send({ t: "start", actor, incarnation, above, name, key, props, state, version, rebuild });
  if (!rebuild?.events) return undefined;
  const send = (frame: ReplayFrame) => cell.send({ ...frame, actor, incarnation });
  return new Replaying(kept!.past!.chunks(), send, failed);
}

/** Nothing has happened to it. */
function freshly({ facts }: Cell): Rebuild | undefined {
  return facts.eventSourced ? new EventLog().rebuild(false) : undefined;
}
