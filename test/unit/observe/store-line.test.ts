import { expect, it } from "vitest";
import { HoldfastError } from "../../../src/errors.js";
import { storeLine } from "../../../src/observe/store-line.js";

const about = "files in /var/app";
const error = new HoldfastError("StoreFailed", "/var/app: cannot append to its journal: ENOSPC, the disk is full");
const made = { type: "backup-made", about, id: "000007-20260501T120000Z", bytes: 1_500_000, newBytes: 512 } as const;

it("what a store tells is a line for the operator", () => {
  const lines = [
    storeLine({ type: "store-failed", about, error }),
    storeLine({ type: "store-recovered", about, afterMs: 12_345 }),
    storeLine({ type: "store-degraded", about, text: "/sd2 is left out: EIO" }),
    storeLine({ type: "store-repaired", about, text: "journal-3.log was torn" }),
    storeLine({ ...made, removed: [], ms: 250, problems: [] }),
    storeLine({ ...made, removed: ["000001-20260430T120000Z"], ms: 250, problems: [error] }),
    storeLine({ type: "backup-failed", about, error, retryInMs: 120_000 }),
  ];
  expect(lines).toEqual([
    "store: takes nothing: /var/app: cannot append to its journal: ENOSPC, the disk is full",
    "store: takes changes again, after 12 s",
    "store: /sd2 is left out: EIO",
    "store: journal-3.log was torn",
    "backup 000007-20260501T120000Z: 1.5 MB, 512 bytes of it new, in 0.3 s",
    "backup 000007-20260501T120000Z: 1.5 MB, 512 bytes of it new, in 0.3 s; removed 000001-20260430T120000Z; " +
      "but /var/app: cannot append to its journal: ENOSPC, the disk is full",
    "no backup: /var/app: cannot append to its journal: ENOSPC, the disk is full; tried again in 2 min",
  ]);
});
