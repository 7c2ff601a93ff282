import { DEFAULT_KEY_IDLE, DEFAULT_MAX_KEYS } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import { type KeysOf, onlyKnownKeys } from "../../known-keys.js";
import { childRules } from "../../supervision/spec.js";
import { graceMs, type LoadedActor, positiveInteger } from "../../system/actor/loaded-actor.js";
import { durability, needsStore } from "../../system/durable/durable-options.js";
import { refuseHot } from "../../system/standby/standby-options.js";
import type { LoadedSpec } from "../../system/unit.js";
import type { KeyedOptions } from "../keyed.js";
import { lasting } from "../lasting.js";
import { cellBounds } from "./cell-bounds.js";
import { KeyedGroup } from "./keyed-group.js";

const keyedKeys: KeysOf<KeyedOptions> = { cells: true, scale: true, maxKeys: true, idle: true };

/** A keyed spec with its actor's, loaded. */
export function loadKeyed(actor: LoadedActor, options: KeyedOptions): LoadedSpec {
  const { maxKeys = DEFAULT_MAX_KEYS, idle = DEFAULT_KEY_IDLE } = options ?? {};
  return {
    rules(field, preset) {
      onlyKnownKeys(options, keyedKeys, field);
      cellBounds(options ?? {}, actor.isolation, field);
      positiveInteger(maxKeys, `${field}.maxKeys`);
      milliseconds(idle, `${field}.idle`);
      refuseHot(
        actor.options,
        field,
        'the keys of a dead cell are rebuilt in another: give "warm", for a loaded spare',
      );
      lasting(actor.rules(field, preset), field);
      return childRules({ shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY }, field, preset);
    },
    create(context, { name, path, preset }) {
      const rules = actor.rules(path, preset);
      if (actor.options.durable && !context.store) throw needsStore(path);
      return new KeyedGroup(context, name, path, {
        cell: actor.cell(context, path, rules),
        cells: cellBounds(options ?? {}, actor.isolation, path),
        maxKeys,
        idleMs: milliseconds(idle, `${path}.idle`),
        cellRules: rules,
        keyRules: { ...rules, overBudget: "quarantine" },
        mailbox: actor.mailbox(path),
        window: actor.options.window,
        snapshotEvery: actor.options.snapshotEvery,
        graceMs: graceMs(actor.options, path),
        durable: durability(actor.options.durable, `${path}.durable`),
      });
    },
  };
}
