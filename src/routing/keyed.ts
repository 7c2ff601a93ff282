import type { KeyedRef } from "../actor/ref.js";
import { DEFAULT_KEY_IDLE, DEFAULT_MAX_KEYS } from "../defaults.js";
import { type Duration, milliseconds } from "../duration.js";
import { childRules } from "../supervision/spec.js";
import { type ActorSpec, mailboxLimits, positiveInteger } from "../system/specs.js";
import type { ChildSpec } from "../system/unit.js";

export interface KeyedOptions {
  /** Hosts that share the keys. Each runs `load()` once. Default 1. */
  cells?: number;
  /** Keys alive at once, all cells together. One more is refused: Unavailable, retry safe. Default 1000. */
  maxKeys?: number;
  /** A key without messages for so long is stopped and forgotten, its state too. Default "5m". */
  idle?: Duration;
}

/**
 * One actor per key (an audio stream, a user), each with its own mailbox, snapshot and restart, in a few cells that share
 * what `load()` made. An actor starts with its key's first message; it is let go when idle or released.
 * The actor spec's mailbox bounds and supervision hold for each key; a death of a cell is charged to the cell.
 * @example
 * keyed(thread<Speech>(url, { model }), { idle: "30s", maxKeys: 1000 })
 * await app.refs.speech.key("call-17").ask.push(chunk)
 */
export function keyed<A>(actor: ActorSpec<A>, options: KeyedOptions = {}): ChildSpec<KeyedRef<A>> {
  const { cells = 1, maxKeys = DEFAULT_MAX_KEYS, idle = DEFAULT_KEY_IDLE } = options;
  return {
    kind: "keyed",
    rules(id, field) {
      positiveInteger(cells, `${field}.cells`);
      positiveInteger(maxKeys, `${field}.maxKeys`);
      milliseconds(idle, `${field}.idle`);
      actor.rules(id, field);
      return childRules(id, { shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY }, field);
    },
    async load() {
      const { KeyedGroup } = await import("./keyed-group.js");
      return (context, name, path) =>
        new KeyedGroup(context, name, path, {
          cell: actor.cell(context, path),
          cells,
          maxKeys,
          idleMs: milliseconds(idle, `${path}.idle`),
          cellRules: (id) => actor.rules(id, path),
          keyRules: (id) => ({ ...actor.rules(id, path), overBudget: "quarantine" }),
          mailbox: mailboxLimits(actor.options.mailbox, `${path}.mailbox`),
          window: actor.options.window,
          snapshotEvery: actor.options.snapshotEvery,
        });
    },
  };
}
