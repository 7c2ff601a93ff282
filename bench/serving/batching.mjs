import { supervisor, system } from "../../dist/index.js";
import { model } from "../../dist/serving/serving.js";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, p99, rounded } from "../measure/stats.mjs";
import { classifier, lineOf } from "./ocr-inputs.mjs";

/*
 * One member, the native runtime in a process, the classifier of PP-OCR: half a millisecond a run. As many callers as it takes, each of
 * which asks again when it has its answer; the more of them, the more answers a second, and the longer each waits. Compared is how
 * many answers a second come within the 99th percentile that one request a run has: the median over the numbers of callers.
 *
 * The model itself is hardly cheaper in batches: it is convolutions, which one thread computes as fast for one image as for eight. What
 * is shared is what surrounds a run: one entry into the runtime, one turn of the event loop, one write of all answers, and no wait for
 * the next request between two runs. "Two at once" has the last of these alone. The same scene with the recogniser, whose run takes
 * seven times as long, gains next to nothing.
 */

/** Of the model's input. */
const WIDTH = 192;
const CALLERS = [1, 2, 4, 8, 16];
/** The place of the first of them that counts: of two callers one runs and one waits, and there is nothing to put together. */
const FROM = CALLERS.indexOf(4);
const ROUNDS = 3;
const MS = 440;
/** Of each: what is under way when it begins belongs to the one before. */
const LEAD_MS = 50;

/** @param {{ rounds?: number, withinMs: number, say: (line: string) => void }} options */
export async function scene({ rounds = ROUNDS, withinMs, say }) {
  const until = now() + withinMs;
  const spec = (batching) => model(classifier, { runtime: "native", pool: { size: 1, spares: 0 }, batching });
  const app = await system(supervisor({}, { single: spec(), two: spec({ max: 1 }), batched: spec({ max: 8 }) }));
  try {
    const ways = Object.keys(app.refs);
    const points = ways.flatMap((way) => CALLERS.map((callers) => ({ way, callers, perSecond: [], p50: [], p99: [] })));
    for (const way of ways) await load(app.refs[way], 8, MS);
    say("  loaded and warm");
    const done = await interleave(points, { rounds, withinMs: until - now() - 3000 }, async (point) => {
      const { perSecond, took } = await load(app.refs[point.way], point.callers, MS);
      point.perSecond.push(perSecond);
      point.p50.push(median(took));
      point.p99.push(p99(took));
    });
    const curves = Object.fromEntries(
      ways.map((way) => [way, points.filter((point) => point.way === way).map(middle)]),
    );
    // The same p99 as the other way has with so many callers.
    const gainsOver = (way) =>
      curves[way].slice(FROM).map(({ perSecond, p99 }) => within(curves.batched, p99) / perSecond);
    const gains = gainsOver("single");
    return {
      keys: { batching_gain: rounded(median(gains)), batching_gain_over_two: rounded(median(gainsOver("two"))) },
      title: "The OCR classifier, native in a process: answers a second and p99, by the number of callers",
      columns: ["callers", "one a run", "p99 ms", "two at once", "p99 ms", "batches of 8", "p99 ms"],
      rows: CALLERS.map((callers, i) => [
        callers,
        ...ways.flatMap((way) => [curves[way][i].perSecond.toFixed(0), curves[way][i].p99.toFixed(1)]),
      ]),
      notes: [
        `within the p99 that one a run has with ${CALLERS.slice(FROM).join(", ")} callers: ` +
          `${gains.map((gain) => gain.toFixed(2)).join(", ")} times as many answers`,
      ],
      rounds: done,
      details: {
        curves,
        gainsByCallers: Object.fromEntries(CALLERS.slice(FROM).map((n, i) => [n, rounded(gains[i])])),
        roundMs: MS,
      },
    };
  } finally {
    await app.stop();
  }
}

/** @returns {Promise<{ perSecond: number, took: number[] }>} */
async function load(ref, callers, ms) {
  const x = lineOf(WIDTH);
  const from = now() + LEAD_MS;
  const until = now() + ms;
  const took = [];
  let last = from;
  const caller = async () => {
    for (let before = now(); before < until; before = now()) {
      await ref.ask.infer({ inputs: { x } });
      if (before < from) continue;
      last = now();
      took.push(last - before);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { perSecond: (took.length / (last - from)) * 1000, took };
}

/** Of the rounds' figures the median. */
function middle({ callers, perSecond, p50, p99 }) {
  return { callers, perSecond: rounded(median(perSecond)), p50: rounded(median(p50)), p99: rounded(median(p99)) };
}

/** The most answers a second with a p99 of at most so much: on the line between the points that were measured. */
function within(curve, boundMs) {
  let most = 0;
  for (const [i, { perSecond, p99 }] of curve.entries()) {
    if (p99 <= boundMs) most = Math.max(most, perSecond);
    const before = curve[i - 1];
    if (!before || before.p99 > boundMs || p99 <= boundMs) continue;
    const part = (boundMs - before.p99) / (p99 - before.p99);
    most = Math.max(most, before.perSecond + part * (perSecond - before.perSecond));
  }
  return most;
}
