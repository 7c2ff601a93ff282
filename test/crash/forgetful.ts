import type { Disk, DiskFile } from "../../src/state/disk/disk.js";
import type { Store } from "../../src/system/durable/store.js";
import type { StoreOn } from "./scenario.js";

type Spoiled = (store: StoreOn) => StoreOn;

/** Ways to make of a good store one that loses something, from outside: what it asks of the disk is not done, and so on. */
export const forgetful = {
  "never syncs a file": onDisk((disk) => ({
    ...disk,
    ...withFiles(disk, (file) => ({ ...file, sync: async () => {} })),
  })),
  "never syncs a folder": onDisk((disk) => ({ ...disk, syncFolder: async () => {} })),
  "never cuts a file": onDisk((disk) => ({
    ...disk,
    ...withFiles(disk, (file) => ({ ...file, truncate: async () => {} })),
  })),
  "syncs a file only when it is closed": onDisk((disk) => ({
    ...disk,
    ...withFiles(disk, (file) => ({
      ...file,
      sync: async () => {},
      close: async () => {
        await file.sync();
        await file.close();
      },
    })),
  })),
  "acknowledges before it syncs": (on) => (disk) => acknowledgingEarly(on(disk)),
  "tells of batches in another order": (on) => (disk) => swapping(on(disk)),
} satisfies Record<string, Spoiled>;

function onDisk(spoil: (disk: Disk) => Disk): Spoiled {
  return (on) => (disk) => on(spoil(disk));
}

function withFiles(disk: Disk, spoil: (file: DiskFile) => DiskFile): Pick<Disk, "create" | "open"> {
  return {
    create: async (path) => spoil(await disk.create(path)),
    open: async (path) => spoil(await disk.open(path)),
  };
}

function acknowledgingEarly(store: Store): Store {
  return spoiledOpen(store, (append) => async (batch) => {
    append(batch).catch(() => {});
  });
}

/** Of two that come in one turn the second is stored first. */
function swapping(store: Store): Store {
  return spoiledOpen(store, (append) => {
    let held: (() => void) | undefined;
    return (batch) =>
      new Promise((resolve, reject) => {
        const go = () => void append(batch).then(resolve, reject);
        if (held) {
          go();
          held();
          held = undefined;
          return;
        }
        held = go;
        queueMicrotask(() => {
          held?.();
          held = undefined;
        });
      });
  });
}

type Append = Awaited<ReturnType<Store["open"]>>["append"];

function spoiledOpen(store: Store, spoil: (append: Append) => Append): Store {
  return {
    kind: "store",
    async open(around) {
      const open = await store.open(around);
      const append = spoil((batch) => open.append(batch));
      return {
        about: open.about,
        get failure() {
          return open.failure;
        },
        ids: () => open.ids(),
        read: (id) => open.read(id),
        append,
        close: () => open.close(),
      };
    },
  };
}
