import { now } from "../measure/now.mjs";
import { median, p99, rounded } from "../measure/stats.mjs";
import { table } from "../measure/table.mjs";
import { clairvoyantPlan } from "./clairvoyant.mjs";
import { holdfast, piscina } from "./contenders.mjs";
import { openLoop } from "./open-loop.mjs";
import { AIM_MS, COMPRESSION, readTrace, SHRINK_AFTER_MS, terms } from "./trace.mjs";

/*
 * The recorded trace (bench/traces), on a pool that follows it by its rule, beside the plan of one who knew it beforehand:
 *
 *   efficiency = members × time that the pool held ÷ members × time of the cheapest plan that keeps all waits within the target
 *
 * A member counts from the moment its start begins until it is gone, draining included.
 */

const { min: MIN, max: MOST, targetWaitMs: TARGET_MS, stepMs: STEP_MS } = terms;
const SAMPLE_MS = 5;
/** Of the picture. */
const SLICE_MS = 500;

/** Parked beside the members and not counted among them: they hold memory, and nothing works in them. */
const SPARES = 6;

const scale = { targetWait: AIM_MS, shrinkAfter: SHRINK_AFTER_MS, cpuBound: false };

const starters = {
  ours: () => holdfast(`holdfast, ${MIN} to ${MOST}`, { min: MIN, max: MOST, spares: SPARES, scale }),
  piscina: () => piscina(`piscina, ${MIN} to ${MOST}`, { minThreads: MIN, maxThreads: MOST }),
};

/** @param {{ startMs: number, say: (line: string) => void }} options  startMs: what a parked spare takes to serve */
export async function replayTrace({ startMs, say }) {
  const { arrivals, forMs } = readTrace();
  const plan = clairvoyantPlan({ ...terms, arrivals, startMs, forMs });
  const seen = [];
  for (const start of Object.values(starters)) {
    say(`the trace, ${forMs / 1000} s for each of ${Object.keys(starters).length} …`);
    seen.push(await played(start, arrivals, forMs));
  }
  const [ours, other] = seen;
  const cost = (memberMs) => memberMs / plan.memberMs;
  const rows = seen.map(({ name, memberMs, waits, changes }) => [
    name,
    (memberMs / 1000).toFixed(1),
    cost(memberMs).toFixed(2),
    median(waits).toFixed(1),
    p99(waits).toFixed(1),
    `${(100 * late(waits)).toFixed(1)} %`,
    changes,
  ]);
  const fixed = MOST * forMs;
  rows.push([`always ${MOST}`, (fixed / 1000).toFixed(1), cost(fixed).toFixed(2), "", "", "", 0]);
  rows.push([
    "known beforehand",
    (plan.memberMs / 1000).toFixed(1),
    "1.00",
    "",
    `≤ ${TARGET_MS}`,
    "0 %",
    changesOf(plan.sizes),
  ]);
  return {
    figures: {
      efficiency: rounded(cost(ours.memberMs)),
      trace_wait_p99_ms: rounded(p99(ours.waits)),
      trace_late_part: rounded(late(ours.waits)),
      trace_fixed_efficiency: rounded(cost(fixed)),
      trace_piscina_efficiency: rounded(cost(other.memberMs)),
      trace_piscina_wait_p99_ms: rounded(p99(other.waits)),
      trace_requests: arrivals.length,
      trace_target_ms: TARGET_MS,
      trace_member_seconds: rounded(ours.memberMs / 1000),
      trace_plan_member_seconds: rounded(plan.memberMs / 1000),
    },
    plot: slices(arrivals, forMs, ours, plan),
    text: table(
      `${arrivals.length} recorded requests, ${COMPRESSION} times as fast`,
      ["", "member-seconds", "over the plan", "wait p50 ms", "p99 ms", `over ${TARGET_MS} ms`, "changes of size"],
      rows,
    ),
  };
}

async function played(start, arrivals, forMs) {
  const contender = await start();
  try {
    for (let id = 0; id < 20; id++) await contender.ask({ id, ms: 1 });
    return await replayed(contender, arrivals, forMs);
  } finally {
    await contender.stop();
  }
}

async function replayed({ name, ask, members }, arrivals, forMs) {
  const began = now();
  let memberMs = 0;
  let changes = 0;
  let at = began;
  let size = members();
  const sizes = [{ at: 0, size }];
  const look = () => {
    const then = Math.min(now(), began + forMs);
    // What it was, until now; the time between two looks is short beside the times for which members stay.
    memberMs += size * Math.max(0, then - at);
    at = then;
    const is = members();
    if (is === size) return;
    size = is;
    changes++;
    sizes.push({ at: then - began, size });
  };
  const timer = setInterval(look, SAMPLE_MS);
  try {
    const { took, failed } = await openLoop(arrivals, ask);
    if (failed.length > 0) throw new Error(`${name}: ${failed.length} calls failed: ${failed[0].message}`);
    while (now() < began + forMs) await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    look();
    return { name, memberMs, changes, sizes, waits: took.map((ms, i) => Math.max(0, ms - arrivals[i].serviceMs)) };
  } finally {
    clearInterval(timer);
  }
}

const late = (waits) => waits.filter((wait) => wait > TARGET_MS).length / waits.length;

function changesOf(sizes) {
  return sizes.filter((size, i) => i > 0 && size !== sizes[i - 1]).length;
}

/** Load, members and waits by slices of time: what docs/pools.svg shows. */
function slices(arrivals, forMs, ours, plan) {
  return Array.from({ length: Math.ceil(forMs / SLICE_MS) }, (_, slice) => {
    const [from, until] = [slice * SLICE_MS, (slice + 1) * SLICE_MS];
    const within = arrivals.flatMap((arrival, i) =>
      arrival.at >= from && arrival.at < until ? [{ ...arrival, i }] : [],
    );
    const waits = within.map(({ i }) => ours.waits[i]);
    const planned = plan.sizes.slice(from / STEP_MS, until / STEP_MS);
    return {
      ms: from,
      load: rounded(within.reduce((sum, { serviceMs }) => sum + serviceMs, 0) / SLICE_MS),
      members: rounded(meanSize(ours.sizes, from, until)),
      planned: rounded(planned.reduce((sum, size) => sum + size, 0) / planned.length),
      p99: waits.length === 0 ? 0 : rounded(p99(waits)),
    };
  });
}

function meanSize(sizes, from, until) {
  let sum = 0;
  sizes.forEach(({ at, size }, i) => {
    const end = sizes[i + 1]?.at ?? Number.POSITIVE_INFINITY;
    sum += size * Math.max(0, Math.min(end, until) - Math.max(at, from));
  });
  return sum / (until - from);
}
