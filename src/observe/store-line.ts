import type { StoreEvent } from "../system/events.js";
import { bytesText } from "./bytes-text.js";

/** What a store tells, in a line. */
export function storeLine(event: StoreEvent): string {
  switch (event.type) {
    case "store-failed":
      return `store: takes nothing: ${event.error.message}`;
    case "store-recovered":
      return `store: takes changes again, after ${seconds(event.afterMs)}`;
    case "store-degraded":
    case "store-repaired":
      return `store: ${event.text}`;
    case "backup-made": {
      const { id, bytes, newBytes, removed, ms, problems } = event;
      const gone = removed.length === 0 ? "" : `; removed ${removed.join(", ")}`;
      const wrong = problems.map(({ message }) => `; but ${message}`).join("");
      return `backup ${id}: ${bytesText(bytes)}, ${bytesText(newBytes)} of it new, in ${seconds(ms)}${gone}${wrong}`;
    }
    case "backup-failed":
      return `no backup: ${event.error.message}; tried again in ${seconds(event.retryInMs)}`;
  }
}

function seconds(ms: number): string {
  return ms < 90_000 ? `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s` : `${Math.round(ms / 60_000)} min`;
}
