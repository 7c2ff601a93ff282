import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { EventFan } from "../events.js";
import type { Store } from "./store.js";
import type { SystemStore } from "./system-store.js";

/** Makes the store of a system, which is not open yet. */
export type MakeStore = (clock: Clock, events: EventFan) => SystemStore;

/** What a system's option `store` stands for. Its code is loaded for who uses it. @throws HoldfastError InvalidSpec */
export async function makeStoreOf(store: Store | undefined): Promise<MakeStore | undefined> {
  if (store === undefined) return undefined;
  const { SystemStore } = await import("./system-store.js");
  return (clock, events) => new SystemStore(store, clock, events);
}

/** @throws HoldfastError InvalidSpec for what is no store */
export function checkStore(store: unknown): void {
  if (store === undefined) return;
  const { kind, open } = (store ?? {}) as { kind?: unknown; open?: unknown };
  if (kind === "store" && typeof open === "function") return;
  const fix = 'give one: files("./state") or memory(), from "holdfast/state"';
  throw new HoldfastError("InvalidSpec", `store is ${shown(store)}: ${fix}`, { details: { field: "store" } });
}
