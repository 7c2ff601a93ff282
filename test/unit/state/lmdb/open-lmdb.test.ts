import { expect, it } from "vitest";
import type { Database } from "../../../../src/state/lmdb/database.js";
import { OpenLmdb } from "../../../../src/state/lmdb/open-lmdb.js";
import type { StoreChange, StoreNews } from "../../../../src/system/durable/store.js";
import { VirtualClock } from "../../../../src/testing/virtual-clock.js";

const batch: readonly StoreChange[] = [{ kind: "base", id: "a", seq: 1, data: new Uint8Array(3) }];

/** Takes what it is given, or fails, a turn later. */
function databaseThat(fails: () => boolean): Database {
  return {
    get: () => undefined,
    getRange: () => [],
    put: async () => true,
    remove: async () => true,
    batch: async (write: () => void) => {
      write();
      await undefined;
      if (fails()) throw new Error("ENOSPC");
    },
    close: async () => {},
  } as unknown as Database;
}

it.each(["stays open", "is closed at once"])(
  "stores what is appended by who hears that it has recovered, where it %s",
  async (then) => {
    const clock = new VirtualClock();
    let full = true;
    let heard: Promise<void> | undefined;
    let closed: Promise<void> | undefined;
    const tell = ({ kind }: StoreNews) => {
      if (kind !== "store-recovered") return;
      heard = store.append(batch);
      if (then === "is closed at once") closed = store.close();
    };
    const around = { about: "lmdb", release: async () => {} };
    const store = new OpenLmdb(
      databaseThat(() => full),
      { index: new Map(), nextNumber: 1 },
      { clock, tell },
      around,
    );
    await expect(store.append(batch)).rejects.toMatchObject({ code: "StoreFailed" });
    full = false;
    await clock.advance(250);
    await expect.poll(() => store.failure).toBeUndefined();
    expect(heard).toBeInstanceOf(Promise);
    await heard;
    await closed;
    expect([...store.ids()]).toEqual(["a"]);
    await store.close();
  },
);
