import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "../../client/client.js";
import { connect } from "../../client/node.js";
import { seededChance } from "../../clock.js";
import { gateway } from "../../gateway/gateway.js";
import type { SpeechChunk } from "../../serving/models/speech.js";
import type { App } from "../../system/app.js";
import type { DeathReport } from "../../system/death/report.js";
import { system } from "../../system/system.js";
import { modelsConfig } from "../serve/models-config.js";

export interface DemoPlan {
  readonly chunks: readonly Float32Array[];
  /** The chunks at which the thread is killed. */
  readonly at: ReadonlySet<number>;
  readonly seed: number;
  /** Before each kill, wait until a spare is ready. */
  readonly paced: boolean;
}

export interface DemoKill {
  readonly chunk: number;
  readonly report: DeathReport;
}

export interface DemoRun {
  readonly results: readonly SpeechChunk[];
  readonly kills: readonly DemoKill[];
}

/** A kill comes within so many ms of its chunk being sent: before, while or after it executes, as chance has it. */
const KILL_WITHIN_MS = 4;

/** Chunks sent ahead of their answers, a quarter of a second: a kill finds work executing and work waiting. */
const AHEAD = 8;

/** Chunks between the moment a spare is ready and the kill: sent at once, so that the kill finds them under way. */
const BURST = 5;

/** Runs the whole way, model, supervisor, gateway and client, over one clip, and kills as planned. */
export async function listenWhileKilling(plan: DemoPlan): Promise<DemoRun> {
  const config = modelsConfig({ isolation: "thread", models: ["speech"] });
  const app = await system(config.tree);
  const reports: DeathReport[] = [];
  app.subscribe((event) => {
    if (event.type === "report") reports.push(event.report);
  });
  const door = await gateway(app, { expose: config.expose, port: 0 });
  const client = await connect(door.url);
  try {
    const { results, killed } = await run(app, client, plan);
    return { results, kills: killed.map((chunk, i) => ({ chunk, report: reports[i]! })) };
  } finally {
    client.close();
    await door.close({ drain: 0 });
    await app.stop({ drain: 0 });
  }
}

async function run(app: App<unknown>, client: Client, { chunks, at, seed, paced }: DemoPlan) {
  const chance = seededChance(seed);
  const stream = client.stream<SpeechChunk, [Float32Array]>("speech");
  const answers: Promise<SpeechChunk>[] = [];
  const killed: number[] = [];
  for (const [index, chunk] of chunks.entries()) {
    if (paced && at.has(index + BURST)) await spareReady(app);
    answers.push(stream.push(chunk));
    if (at.has(index)) {
      await sleep(chance() * KILL_WITHIN_MS);
      if (app.kill("speech", { by: "the demo" })) killed.push(index);
    }
    if (index >= AHEAD) await answers[index - AHEAD];
  }
  const results = await Promise.all(answers);
  await stream.end();
  return { results, killed };
}

/** Waits until the tree shows that every cell of `speech` has its spare. */
async function spareReady(app: App<unknown>): Promise<void> {
  const ready = () =>
    app.tree().children![0]!.children!.every(({ state, spare }) => state === "running" && spare === "ready");
  while (!ready()) await sleep(10);
}
