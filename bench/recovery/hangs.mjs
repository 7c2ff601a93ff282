import { setTimeout as pause } from "node:timers/promises";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, p99 } from "../measure/stats.mjs";
import { table } from "../measure/table.mjs";
import { FaultFile } from "./fault.mjs";
import { hangStarters, LIMIT_MS } from "./hang-contenders.mjs";

/*
 * A handler that never ends, under a limit of 100 ms: from the limit to the next correct answer, to that same request. The
 * limit runs from the moment at which the handler begins to hang, stamped in the worker, for everybody alike; a signal that
 * fires sooner, because it was set at the call, is its owner's gain.
 *
 *   ask ─▶ hangs ─────── 100 ms ───────▶ limit ─▶ … ended, replaced, asked again … ─▶ answer
 *                                          └──────────────── measured ───────────────┘
 */

const WITHIN_MS = 45_000;

/** Every contender of one module in the same process, in turns. */
export async function compareHangs(module, rounds, folder, say) {
  const contenders = [];
  try {
    say(`${module.title}, hanging: starting the contenders …`);
    for (const [key, start] of Object.entries(hangStarters)) {
      const path = folder.file(`${module.folder}-hang-${key}`);
      const fault = new FaultFile(path, "w+");
      const contender = { key, fault, step: 0, samples: [], spares: 0, ...(await start(module, path)) };
      contenders.push(contender);
      await warmed(module, contender);
    }
    await pause(2 * module.settleMs);
    say(`${module.title}, hanging: up to ${rounds} rounds of ${contenders.length} contenders …`);
    const done = await interleave(contenders, { rounds, withinMs: WITHIN_MS }, async (contender) => {
      contender.samples.push(await hung(module, contender));
      if (contender.level?.() === "spare") contender.spares++;
      await warmed(module, contender);
      await pause(module.settleMs);
    });
    const samples = Object.fromEntries(contenders.map(({ key, samples }) => [key, samples]));
    return { samples, rounds: done, text: drawn(module, contenders) };
  } finally {
    for (const { stop, fault } of contenders) {
      await stop();
      fault.close();
    }
  }
}

/** A request without a fault, and for the peers without a limit: their first may find the model still loading. */
async function warmed(module, contender) {
  const { ofActor, ofTask, right } = await module.question(contender.step++);
  const answer = contender.ours ? await contender.ask(ofActor) : await contender.ask(ofTask, false);
  if (!right(answer)) throw new Error(`${contender.name} gave a wrong answer: ${JSON.stringify(answer)}`);
}

/** One hang. @returns {Promise<number>} milliseconds from the limit to the right answer */
async function hung(module, contender) {
  const { ofActor, ofTask, right } = await module.question(contender.step++);
  contender.fault.armHang();
  const answer = await contender.ask(contender.ours ? ofActor : ofTask);
  const at = now();
  if (!right(answer)) throw new Error(`${contender.name} gave a wrong answer: ${JSON.stringify(answer)}`);
  return at - contender.fault.struckAt() - LIMIT_MS;
}

function drawn(module, contenders) {
  const ms = (value) => value.toFixed(2);
  const unit = median(contenders[0].samples);
  const rows = contenders.map(({ name, samples, spares, ours, key }) => [
    name,
    ms(median(samples)),
    ms(p99(samples)),
    ms(Math.min(...samples)),
    (median(samples) / unit).toFixed(1),
    samples.length,
    ours && key !== "cold" ? spares : "",
  ]);
  const columns = ["", "p50 ms", "p99 ms", "best ms", "times", "hangs", "spares"];
  return table(`The limit of a handler that hangs to the next correct answer, with ${module.title}`, columns, rows);
}
