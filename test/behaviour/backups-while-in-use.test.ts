import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { backup, files, listBackups, restore, verify } from "holdfast/state";
import { afterAll, afterEach, beforeEach, expect, it } from "vitest";

const top = mkdtempSync(join(tmpdir(), "holdfast-in-use-"));
let root = "";
beforeEach(() => {
  root = mkdtempSync(join(top, "test-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await ended(child);
    }
  }
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const children: ChildProcess[] = [];

const ended = (child: ChildProcess) => new Promise((resolve) => child.once("close", resolve));

/** Another process that appends at full speed. */
function appender(store: string) {
  const child = spawn(process.execPath, [new URL("./appender.mjs", import.meta.url).pathname, store], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  children.push(child);
  /** What it has been acknowledged when it reads the question. */
  const acknowledged = () =>
    new Promise<number>((resolve, reject) => {
      const gone = () => reject(new Error("the appender has ended"));
      child.once("exit", gone);
      child.stdout!.once("data", (text) => {
        child.off("exit", gone);
        resolve(Number(text));
      });
      child.stdin!.write("?\n");
    });
  return { child, acknowledged };
}

/** How far a restored store is; what is missing on the way there is an error. */
async function counted(folder: string): Promise<number> {
  const clock = { now: () => 0, wallTime: () => 0, after: () => ({ cancel() {} }) };
  const store = await files(folder).open({ clock, tell() {} });
  try {
    const entity = await store.read("count");
    if (!entity) return 0;
    const older = entity.bases[1]?.seq ?? 0;
    expect(entity.tail.map(({ seq }) => seq)).toEqual(entity.tail.map((_, index) => older + 1 + index));
    for (const { seq, data } of entity.tail) expect(Number(new TextDecoder().decode(data))).toBe(seq);
    return entity.tail.at(-1)?.seq ?? older;
  } finally {
    await store.close();
  }
}

it("a backup that is taken while another process appends at full speed is what was acknowledged before, and no more", async () => {
  const store = join(root, "store");
  const to = join(root, "backups");
  const { child, acknowledged } = appender(store);
  let grown = 0;
  while (grown < 2000) grown = await acknowledged();
  const taken: { id: string; before: number; after: number }[] = [];
  for (let i = 0; i < 12; i++) {
    const before = await acknowledged();
    const { id } = await backup(store, to);
    taken.push({ id, before, after: await acknowledged() });
  }
  child.stdin!.end();
  await ended(child);
  expect((await verify(to)).filter(({ problem }) => problem)).toEqual([]);
  for (const { id, before, after } of taken) {
    const folder = join(root, id);
    await restore(to, folder, { at: id });
    const value = await counted(folder);
    expect(value).toBeGreaterThanOrEqual(before);
    // What was on its way when the last answer came may have been written, too: one change of each of its 32 lanes.
    expect(value).toBeLessThanOrEqual(after + 2 * 32);
  }
  expect(await counted(store)).toBeGreaterThanOrEqual(taken.at(-1)!.after);
}, 120_000);

it("a backup that is killed at any moment leaves none that looks whole, and nothing in the next one's way", async () => {
  const store = join(root, "store");
  const to = join(root, "backups");
  const { child, acknowledged } = appender(store);
  const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;
  const run = () => {
    const command = spawn(process.execPath, [main, "backup", store, to, "--keep", "last=2"], { stdio: "ignore" });
    children.push(command);
    return command;
  };
  while ((await acknowledged()) < 1000);
  const started = performance.now();
  await ended(run());
  const whole = performance.now() - started;
  let killed = 0;
  for (let i = 1; i <= 20; i++) {
    const command = run();
    const over = ended(command);
    const timer = setTimeout(() => command.kill("SIGKILL"), (whole * i) / 20);
    await over;
    clearTimeout(timer);
    if (command.signalCode === "SIGKILL") killed++;
    expect((await verify(to)).filter(({ problem }) => problem)).toEqual([]);
  }
  expect(killed).toBeGreaterThan(0);
  const before = await acknowledged();
  const { id } = await backup(store, to, { keep: { last: 1 } });
  child.stdin!.end();
  await ended(child);
  expect((await listBackups(to)).map((one) => one.id)).toEqual([id]);
  expect(readdirSync(to).sort()).toEqual([`backup-${id}.manifest`, "parts"]);
  const folder = join(root, "restored");
  await restore(to, folder);
  expect(await counted(folder)).toBeGreaterThanOrEqual(before);
}, 120_000);

it("a restore that is killed leaves nothing that opens as a store with less in it", async () => {
  const store = join(root, "store");
  const to = join(root, "backups");
  const { child, acknowledged } = appender(store);
  while ((await acknowledged()) < 5000);
  child.stdin!.end();
  await ended(child);
  await backup(store, to);
  const due = await counted(store);
  const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;
  const run = (folder: string) => {
    const command = spawn(process.execPath, [main, "restore", to, folder], { stdio: "ignore" });
    children.push(command);
    return command;
  };
  const started = performance.now();
  await ended(run(join(root, "whole")));
  const whole = performance.now() - started;
  for (let i = 1; i <= 15; i++) {
    const folder = join(root, `killed-${i}`);
    const command = run(folder);
    const over = ended(command);
    const timer = setTimeout(() => command.kill("SIGKILL"), (whole * i) / 15);
    await over;
    clearTimeout(timer);
    const names = readdirSync(root).includes(`killed-${i}`) ? readdirSync(folder) : [];
    if (!names.some((name) => /^(journal|checkpoint)-/.test(name))) continue;
    const value = await counted(folder).catch((error: { code?: string }) => error.code);
    expect([due, "StoreDamaged"]).toContain(value);
  }
}, 120_000);
