import { DEFAULT_KEY_IDLE, DEFAULT_MAX_KEYS } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { type KeysOf, onlyKnownKeys } from "../known-keys.js";
import { childRules } from "../supervision/spec.js";
import { graceMs, type LoadedActor, positiveInteger } from "../system/actor/loaded-actor.js";
import type { LoadedSpec } from "../system/unit.js";
import type { KeyedOptions } from "./keyed.js";
import { KeyedGroup } from "./keyed-group.js";
import { lasting } from "./lasting.js";

const keyedKeys: KeysOf<KeyedOptions> = { cells: true, maxKeys: true, idle: true };

/** A keyed spec with its actor's, loaded. */
export function loadKeyed(actor: LoadedActor, options: KeyedOptions): LoadedSpec {
  const { cells = 1, maxKeys = DEFAULT_MAX_KEYS, idle = DEFAULT_KEY_IDLE } = options ?? {};
  return {
    rules(id, field, preset) {
      onlyKnownKeys(options, keyedKeys, field);
      positiveInteger(cells, `${field}.cells`);
      positiveInteger(maxKeys, `${field}.maxKeys`);
      milliseconds(idle, `${field}.idle`);
      lasting(actor.rules(id, field, preset), field);
      return childRules(id, { shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY }, field, preset);
    },
    create: (context, { name, path, preset }) =>
      new KeyedGroup(context, name, path, {
        cell: actor.cell(context, path, actor.rules(name, path, preset)),
        cells,
        maxKeys,
        idleMs: milliseconds(idle, `${path}.idle`),
        cellRules: (id) => actor.rules(id, path, preset),
        keyRules: (id) => ({ ...actor.rules(id, path, preset), overBudget: "quarantine" }),
        mailbox: actor.mailbox(path),
        window: actor.options.window,
        snapshotEvery: actor.options.snapshotEvery,
        graceMs: graceMs(actor.options, path),
      }),
  };
}
