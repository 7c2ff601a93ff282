import type { App } from "../app.js";
import type { SystemStore } from "./system-store.js";

const stores = new WeakMap<object, SystemStore>();

/** Remembers which store a running system has. */
export function hasStore(app: object, store: SystemStore | undefined): void {
  if (store) stores.set(app, store);
}

/** The store of a running system, for what has to be kept beside its actors; undefined where it has none. */
export function storeOf(app: App<unknown>): SystemStore | undefined {
  return stores.get(app);
}
