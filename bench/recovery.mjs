import { setTimeout as pause } from "node:timers/promises";
import { interleave } from "./measure/interleave.mjs";
import { now } from "./measure/now.mjs";
import { median, p99, rounded } from "./measure/stats.mjs";
import { table } from "./measure/table.mjs";
import { starters } from "./recovery/contenders.mjs";
import { FaultFile, faultFolder } from "./recovery/fault.mjs";
import { compareHangs } from "./recovery/hangs.mjs";
import { emptyModule, speechModule } from "./recovery/modules.mjs";

/*
 * Fault to the next correct answer. The fault is an error that nobody catches, in a timer, while a request is in flight;
 * it ends the thread (the process) of every contender alike. The time runs from the moment before the throw, stamped in
 * the worker, to the moment the caller holds the right answer to that same request.
 *
 *   arm ─▶ ask ─▶ in flight ─▶ throw ─▶ … dead, noticed, replaced, asked again … ─▶ answer
 *                               └────────────────── measured ──────────────────────┘
 *
 * Paced: after each fault there is time to make the next spare, for the peers as for us. Unpaced: the next fault follows
 * the answer at once, no spare is ready, and restarts are cold.
 */

const ROUNDS = { empty: 18, speech: 8 };
/** A module's rounds end when this is over, so that a slow machine is not kept for long. */
const WITHIN_MS = 60_000;
/** The warm spare is the one whose p99 is told: it is struck more often in each round. */
const SPARE_FAULTS = 3;
const UNPACED_FAULTS = 15;

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds, say }) {
  const folder = faultFolder();
  try {
    const empty = await compare(emptyModule, rounds ?? ROUNDS.empty, folder, say);
    const onnx = await compare(speechModule, rounds ?? ROUNDS.speech, folder, say);
    const hangs = await compareHangs(await emptyModule(), rounds ?? ROUNDS.empty, folder, say);
    const onnxHangs = await compareHangs(await speechModule(), rounds ?? ROUNDS.speech, folder, say);
    /** How many times sooner the first is back than the second. */
    const times = (seen, ours, theirs) => rounded(median(seen.samples[theirs]) / median(seen.samples[ours]));
    return {
      figures: {
        spare_empty_vs_piscina: times(empty, "spare", "piscina"),
        spare_onnx_vs_piscina: times(onnx, "spare", "piscina"),
        cold_empty_vs_piscina: times(empty, "cold", "piscina"),
        spare_empty_vs_piscina_one: times(empty, "spare", "piscinaOne"),
        spare_onnx_vs_piscina_one: times(onnx, "spare", "piscinaOne"),
        cold_empty_vs_piscina_one: times(empty, "cold", "piscinaOne"),
        spare_empty_vs_piscina_standby: times(empty, "spare", "piscinaStandby"),
        spare_onnx_vs_piscina_standby: times(onnx, "spare", "piscinaStandby"),
        hang_after_limit_light_vs_piscina: times(hangs, "spare", "piscina"),
        hang_after_limit_onnx_vs_piscina: times(onnxHangs, "spare", "piscina"),
        hang_after_limit_light_vs_piscina_standby: times(hangs, "spare", "piscinaStandby"),
        hang_after_limit_onnx_vs_piscina_standby: times(onnxHangs, "spare", "piscinaStandby"),
        hang_after_limit_light_p50_ms: rounded(median(hangs.samples.spare)),
        hang_after_limit_onnx_p50_ms: rounded(median(onnxHangs.samples.spare)),
        ...milliseconds("empty", empty),
        ...milliseconds("onnx", onnx),
        process_p50_ms: rounded(median(empty.samples.process)),
        process_onnx_p50_ms: rounded(median(onnx.samples.process)),
      },
      text: [empty.text, onnx.text, hangs.text, onnxHangs.text, ...notes].join("\n"),
      rounds: Math.min(empty.rounds, onnx.rounds, hangs.rounds, onnxHangs.rounds),
    };
  } finally {
    folder.remove();
  }
}

const notes = [
  "",
  "times: how many times longer than the warm spare. spares: faults that found their spare ready.",
  "one thread and standby are piscina's best tunings: no second start in parallel, and two loaded threads for the work",
  "of one. p99 of fewer than 100 faults is the worst of them. All share one process, whose own session keeps the compiled",
  "WASM alive: a thread that starts alone in its process compiles it anew, for 0.4-1 s more.",
];

function milliseconds(name, { samples, unpaced }) {
  return {
    [`spare_${name}_p50_ms`]: rounded(median(samples.spare)),
    [`spare_${name}_p99_ms`]: rounded(p99(samples.spare)),
    [`cold_${name}_p50_ms`]: rounded(median(samples.cold)),
    [`piscina_${name}_p50_ms`]: rounded(median(samples.piscina)),
    [`unpaced_${name}_p50_ms`]: rounded(median(unpaced)),
  };
}

/** Every contender of one module in the same process, in turns. */
async function compare(openModule, rounds, folder, say) {
  const module = await openModule();
  const contenders = [];
  try {
    say(`${module.title}: starting the contenders …`);
    for (const [key, start] of Object.entries(starters)) {
      const path = folder.file(`${module.folder}-${key}`);
      const fault = new FaultFile(path, "w+");
      const contender = { key, fault, step: 0, samples: [], spares: 0, ...(await start(module, path)) };
      contenders.push(contender);
      await asked(module, contender);
    }
    await pause(2 * module.settleMs);
    say(`${module.title}: up to ${rounds} rounds of ${contenders.length} contenders …`);
    const done = await interleave(contenders, { rounds, withinMs: WITHIN_MS }, async (contender) => {
      for (let fault = 0; fault < (contender.key === "spare" ? SPARE_FAULTS : 1); fault++) {
        contender.samples.push(await struck(module, contender));
        if (contender.level?.() === "spare") contender.spares++;
        await pause(module.settleMs);
      }
    });
    const unpaced = [];
    const spare = contenders.find(({ key }) => key === "spare");
    for (let i = 0; i < UNPACED_FAULTS; i++) unpaced.push(await struck(module, spare));
    const samples = Object.fromEntries(contenders.map((contender) => [contender.key, contender.samples]));
    return { samples, unpaced, rounds: done, text: drawn(module, contenders, unpaced) };
  } finally {
    for (const { stop, fault } of contenders) {
      await stop();
      fault.close();
    }
  }
}

/** Asks the next question and waits for the right answer. @returns {Promise<number>} when the caller held it */
async function asked(module, contender, before = () => {}) {
  const { ofActor, ofTask, right } = await module.question(contender.step++);
  before();
  const answer = await contender.ask(contender.level ? ofActor : ofTask);
  const at = now();
  if (!right(answer)) throw new Error(`${contender.name} gave a wrong answer: ${JSON.stringify(answer)}`);
  return at;
}

/** One fault. @returns {Promise<number>} milliseconds from the throw to the right answer */
async function struck(module, contender) {
  const at = await asked(module, contender, () => contender.fault.arm());
  return at - contender.fault.struckAt();
}

function drawn(module, contenders, unpaced) {
  const ms = (value) => value.toFixed(2);
  const unit = median(contenders[0].samples);
  const rows = contenders.map(({ name, samples, spares, level, key }) => [
    name,
    ms(median(samples)),
    ms(p99(samples)),
    ms(Math.min(...samples)),
    (median(samples) / unit).toFixed(1),
    samples.length,
    level && key !== "cold" ? spares : "",
  ]);
  rows.push([
    "holdfast, the same, unpaced",
    ms(median(unpaced)),
    ms(p99(unpaced)),
    ms(Math.min(...unpaced)),
    (median(unpaced) / unit).toFixed(1),
    unpaced.length,
    "",
  ]);
  const columns = ["", "p50 ms", "p99 ms", "best ms", "times", "faults", "spares"];
  return table(`A fault to the next correct answer, with ${module.title}`, columns, rows);
}
