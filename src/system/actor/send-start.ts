import type { Packed } from "../../transport/frames.js";
import type { Cell } from "../cell/cell.js";
import { EventLog } from "./event-log.js";
import type { KeptState } from "./kept-state.js";
import { Replaying } from "./replaying.js";

interface Starting {
  readonly id: number;
  readonly incarnation: number;
  readonly above: string;
  readonly key: string | undefined;
  readonly props: Packed | undefined;
}

/**
 * Has the host of a cell build the next incarnation, in the state that is kept of it.
 * @returns what goes on to tell it of its events, where there are any
 */
export function sendStart(
  cell: Cell,
  { id: actor, incarnation, above, key, props }: Starting,
  name: string | number,
  kept: KeptState | undefined,
): Replaying | undefined {
  const past = cell.facts.eventSourced ? (kept?.past ?? new EventLog()) : undefined;
  const rebuild = past?.rebuild();
  const { snapshot: state, version } = kept ?? {};
  cell.send({ t: "start", actor, incarnation, above, name, key, props, state, version, rebuild });
  if (!rebuild?.events) return undefined;
  const replaying = new Replaying(past!.chunks(), (frame) => cell.send({ ...frame, actor, incarnation }));
  replaying.begin();
  return replaying;
}
