import type { Running } from "./running.js";
import { snapshotOf } from "./snapshot-of.js";
import type { Worker } from "./worker.js";

/** What is kept of the state after a message: its events, and a snapshot where one is due. @throws what makes it a crash */
export function keepState(running: Running, { actor, around, room }: Worker): void {
  const { persisted, call } = running;
  if (persisted?.broken) throw persisted.broken.error;
  let full = false;
  if (persisted && persisted.count > 0) {
    running.events = persisted.packed();
    full = room?.take(persisted) ?? false;
  }
  if (!full && !call.snapshot) return;
  running.state = snapshotOf(actor!, around);
  room?.clear();
}
