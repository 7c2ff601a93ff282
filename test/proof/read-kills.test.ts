import { setTimeout as sleep } from "node:timers/promises";
import { type App, HoldfastError, pool, type Ref, supervisor, system, type TreeNode, thread } from "holdfast";
import { type Read, readModule } from "holdfast/models";
import { expect, it } from "vitest";
import { short } from "./size.js";

/** A thread dies this often. */
const everyMs = 200;
const asks = short ? 1000 : 10_000;
/** It goes on until so many have died, however fast the asks are answered. */
const fewestDeaths = 10;
/**
 * Where fewer members run, none is killed. A machine that takes longer than that to start a thread answers only now and then
 * while its only thread is killed too, and needs minutes for any number of asks.
 */
const fewest = short ? 2 : 1;
/** Asks under way at a time: enough to keep every member busy, within the mailbox. */
const atOnce = 200;
/**
 * One in so many asks is a stroke to be read, which costs a run of the model (some 80 ms in a thread that has just
 * started); the others are blank lines, which are answered after a look. All of them pass the same mailbox and handler.
 */
const oneInked = 200;
const blank = { width: 16, height: 16, data: new Uint8Array(16 * 16 * 4).fill(255) };
const inked = { width: 16, height: 16, data: stroke() };
const once = new URL("../actors/read-once.mjs", import.meta.url);

it(`${asks} asks declared idempotent are all answered while a thread dies every ${everyMs} ms`, async () => {
  const { asked, errors, answers, deaths } = await ask(readModule);
  console.log(`idempotent: ${answers} answers, ${deaths} deaths`);
  expect(errors).toEqual([]);
  expect(answers).toBe(asked);
  expect(deaths).toBeGreaterThanOrEqual(fewestDeaths);
}, 600_000);

it(`of ${asks} asks not declared so, each is answered or fails with an error that tells the truth`, async () => {
  const { asked, errors, answers, deaths, failed } = await ask(once);
  console.log(`at most once: ${answers} answers, ${errors.length} errors, ${deaths} deaths`);
  expect(answers + errors.length).toBe(asked);
  // The truth: it was executing, so it may have run; and the reports tell of as many.
  expect(new Set(errors.map(({ code, retryable }) => `${code} ${retryable}`))).toEqual(new Set(["ActorDied false"]));
  expect(errors.length).toBe(failed);
}, 600_000);

async function ask(module: URL) {
  const member = thread<Read>(module, {}, { spare: "loaded", intensity: { restarts: 10_000, within: "1m" } });
  const app = await system(supervisor({}, { read: pool(member, { size: 2 }) }));
  const errors: HoldfastError[] = [];
  let answers = 0;
  let asked = 0;
  let deaths = 0;
  let failed = 0;
  app.subscribe((event) => {
    if (event.type !== "death") return;
    deaths++;
    failed += event.report.failed;
  });
  const { read } = app.refs as unknown as { read: Ref<Read> };
  const patient = read.with({ timeout: "10m" });
  const caller = async () => {
    while (asked < asks || deaths < fewestDeaths) {
      try {
        await patient.ask.pixels(asked++ % oneInked === 0 ? inked : blank);
        answers++;
      } catch (error) {
        expect(error).toBeInstanceOf(HoldfastError);
        errors.push(error as HoldfastError);
      }
    }
  };
  const callers = Promise.all(Array.from({ length: atOnce }, caller));
  const done = callers.then(() => true);
  while (!(await Promise.race([done, sleep(everyMs).then(() => false)]))) killOne(app);
  await app.stop();
  return { asked, errors, answers, deaths, failed };
}

/** Whichever member runs longest without a death: the first that runs. */
function killOne(app: App<unknown>): void {
  const running = app.tree().children![0]!.children!.filter((member: TreeNode) => member.state === "running");
  if (running.length >= fewest) app.kill(running[0]!.path, { by: "the proof" });
}

function stroke(): Uint8Array {
  const data = new Uint8Array(16 * 16 * 4).fill(255);
  for (let y = 4; y < 12; y++) for (let x = 7; x < 9; x++) data.fill(0, (y * 16 + x) * 4, (y * 16 + x) * 4 + 3);
  return data;
}
