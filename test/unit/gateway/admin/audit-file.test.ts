import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { appendFile, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AuditFile } from "../../../../src/gateway/admin/audit-file.js";
import { auditFileSettings } from "../../../../src/gateway/admin/audit-options.js";
import type { AuditEntry } from "../../../../src/system/audit.js";
import { thrownBy } from "../../thrown-by.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-audit-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = (id: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  id,
  at: 1_700_000_000_000 + id,
  address: "192.0.2.1",
  name: "alice",
  act: "kill",
  on: "app/digits",
  outcome: "done",
  tookMs: 1.5,
  ...more,
});
const lines = (path: string) =>
  readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

it("appends a line of JSON for each act, in order, whatever is in it, to what is there", async () => {
  const path = join(folder, "audit.jsonl");
  for (const round of [0, 1]) {
    const file = new AuditFile({ path, maxBytes: 1e6, keep: 2 });
    for (let i = 1; i <= 50; i++) file.write(entry(50 * round + i, { on: 'app/"odd"\n\u001b[31m name' }));
    await file.flushed();
  }
  const written = lines(path);
  expect(written.map(({ id }) => id)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(written[0]).toMatchObject({ at: "2023-11-14T22:13:20.001Z", name: "alice", on: 'app/"odd"\n\u001b[31m name' });
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it("begins another at its size, and keeps so many", async () => {
  const path = join(folder, "audit.jsonl");
  const file = new AuditFile({ path, maxBytes: 400, keep: 2 });
  for (let i = 1; i <= 20; i++) {
    file.write(entry(i));
    await file.flushed();
  }
  expect(readdirSync(folder).sort()).toEqual(["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"]);
  const kept = ["audit.jsonl.2", "audit.jsonl.1", "audit.jsonl"].flatMap((name) => lines(join(folder, name)));
  const ids = kept.map(({ id }) => id as number);
  expect(ids).toEqual(Array.from({ length: ids.length }, (_, i) => 20 - ids.length + 1 + i));
  for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(400);
});

it("says once that it cannot be written, and counts what was lost when it can again", async () => {
  const warnings: Error[] = [];
  const heard = (warning: Error & { code?: string }) => warning.code === "HOLDFAST_AUDIT" && warnings.push(warning);
  process.on("warning", heard);
  try {
    const path = join(folder, "missing", "audit.jsonl");
    const file = new AuditFile({ path, maxBytes: 1e6, keep: 1 });
    for (let i = 1; i <= 3; i++) {
      file.write(entry(i));
      await file.flushed();
    }
    mkdirSync(join(folder, "missing"));
    file.write(entry(4));
    await file.flushed();
    expect(lines(path)).toMatchObject([{ lost: 3 }, { id: 4 }]);
    await new Promise(setImmediate);
    expect(warnings.map(({ message }) => message)).toEqual([expect.stringContaining("ENOENT")]);
  } finally {
    process.off("warning", heard);
    chmodSync(folder, 0o700);
  }
});

it("holds no more lines than its bound while a disk is slow", async () => {
  const path = join(folder, "audit.jsonl");
  const file = new AuditFile({ path, maxBytes: 1e9, keep: 1 });
  for (let i = 1; i <= 25_000; i++) file.write(entry(i));
  await file.flushed();
  file.write(entry(25_001));
  await file.flushed();
  const written = lines(path);
  expect(written.length).toBeLessThanOrEqual(20_002);
  const lost = written.reduce((sum, { lost: count }) => sum + ((count as number | undefined) ?? 0), 0);
  expect(written.filter(({ id }) => id !== undefined).length + lost).toBe(25_001);
});

it("options that cannot be are refused by name", () => {
  expect(auditFileSettings("a.jsonl")).toEqual({ path: "a.jsonl", maxBytes: 10 * 1024 * 1024, keep: 5 });
  for (const wrong of [{ path: "" }, { path: "a", maxMb: 0 }, { path: "a", keep: -1 }, { path: "a", kept: 1 }, 5]) {
    expect(thrownBy(() => auditFileSettings(wrong as never))).toMatchObject({ code: "InvalidSpec" });
  }
});

it.each([true, false])(
  "a disk that fills in the middle of a line costs no later one; it can be cut off: %s",
  async (cuts) => {
    const path = join(folder, "audit.jsonl");
    let full = false;
    const fails = () => Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const file = new AuditFile(
      { path, maxBytes: 1e6, keep: 1 },
      {
        async appendFile(to, text, options) {
          if (!full) return appendFile(to, text, options);
          appendFileSync(to, text.slice(0, text.length / 2));
          throw fails();
        },
        truncate: cuts ? truncate : () => Promise.reject(fails()),
      },
    );
    for (let id = 1; id <= 4; id++) {
      full = id === 2;
      file.write(entry(id));
      await file.flushed();
    }
    const written = readFileSync(path, "utf8").trimEnd().split("\n");
    // What could not be cut off stands on a line of its own.
    if (!cuts) expect(written.splice(1, 1)[0]).toMatch(/^\{"id":2,/);
    expect(written.map((line) => JSON.parse(line) as object)).toMatchObject([
      { id: 1 },
      { lost: 1 },
      { id: 3 },
      { id: 4 },
    ]);
  },
);
