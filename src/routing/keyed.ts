import type { KeyedGroupRef } from "../actor/ref.js";
import type { Duration } from "../duration.js";
import { type ActorSpec, checkMember } from "../system/specs.js";
import type { ChildSpec } from "../system/unit.js";
import type { ScaleOptions } from "./pools/pool-options.js";

/** Cells that come and go. */
export interface ElasticCells {
  /** At least so many, 1 or more. Default 1. */
  min?: number;
  /** At most so many. Default "cores". */
  max?: number | "cores";
}

export type CellCount = number | "cores" | ElasticCells;

export interface KeyedOptions {
  /** Hosts that share the keys: a number, "cores", or bounds. Each runs `load()` once. Default 1. */
  cells?: CellCount;
  /** How many of `{ min, max }` cells there are at a time: by the rule that sizes pools, with its options. */
  scale?: ScaleOptions;
  /**
   * Keys alive at once, all cells together. One more is refused: Unavailable, retry safe. Default 1000.
   * A cell has room for 1024 / `concurrency` of them; a group whose most cells have not room for all does not start: InvalidSpec.
   */
  maxKeys?: number;
  /**
   * A key without messages for so long is stopped and forgotten, its state too, unless it is durable; later mail begins anew, or
   * with what is stored. Default "5m".
   */
  idle?: Duration;
}

/**
 * One actor per key (an audio stream, a user), each with its own mailbox, snapshot and restart, in a few cells that share
 * what `load()` made. An actor starts with its key's first message; it is let go when idle or released.
 * The actor spec's mailbox bounds and supervision hold for each key; a death of a cell is charged to the cell.
 * @throws HoldfastError InvalidSpec at the start for an actor with `restart: "temporary"`
 * @example
 * keyed(thread<Speech>(url, { model }), { idle: "30s", maxKeys: 1000 })
 * await app.refs.speech.key("call-17").ask.push(chunk)
 */
export function keyed<A>(actor: ActorSpec<A>, options: KeyedOptions = {}): ChildSpec<KeyedGroupRef<A>> {
  checkMember(actor, "keyed");
  return {
    kind: "keyed",
    member: actor,
    async load() {
      const { loadKeyed } = await import("./keyed/loaded-keyed.js");
      return loadKeyed(await actor.load(), options);
    },
  };
}
