// What the rule would do on the recorded trace, by thought alone: no thread, no wait, the same each time. For tuning.
//   npm run build && node bench/pools/thought.mjs
import { waitAndLoad } from "../../dist/routing/scaling/scaling-rule.js";
import { p99 } from "../measure/stats.mjs";
import { table } from "../measure/table.mjs";
import { clairvoyantPlan } from "./clairvoyant.mjs";
import { readTrace, terms } from "./trace.mjs";

const START_MS = 10;

/** One queue; members finish what they began before they go, and count until then. */
function thoughtOf({ arrivals, forMs, shrinkAfterMs, lookMs }) {
  const limits = { ...terms, cpuBound: false, shrinkAfterMs };
  const members = Array.from({ length: terms.min }, () => ({ from: 0, until: 0 }));
  let memory;
  let service;
  let [want, workedMs, memberMs, changes] = [terms.min, 0, 0, 0];
  const queue = [];
  const waits = [];

  const look = (now) => {
    const busy = members.filter(({ from, until }) => from <= now && until > now);
    const decision = waitAndLoad(
      {
        now,
        waiting: queue.length,
        oldestWaitMs: queue.length > 0 ? now - queue[0].at : 0,
        members: want,
        ready: members.filter(({ from }) => from <= now).length,
        busy: busy.length,
        workedMs: workedMs - busy.reduce((sum, { until }) => sum + until - now, 0),
        serviceMs: service,
        startMs: START_MS,
        memberBytes: undefined,
        freeBytes: Number.POSITIVE_INFINITY,
        cores: 64,
      },
      limits,
      memory,
    );
    memory = decision.memory;
    if (decision.want === want) return;
    want = decision.want;
    changes++;
    while (members.length < want) members.push({ from: now + START_MS, until: now + START_MS });
    members.sort((a, b) => a.until - b.until);
    const leaving = members.splice(0, members.length - want);
    for (const { until } of leaving) memberMs += Math.max(0, until - now);
  };

  let next = 0;
  let looked = 0;
  for (let now = 0; now < forMs; ) {
    for (const member of members) {
      if (member.from > now || member.until > now || queue.length === 0) continue;
      const { at, serviceMs } = queue.shift();
      member.until = now + serviceMs;
      workedMs += serviceMs;
      service = service === undefined ? serviceMs : service + (serviceMs - service) / 32;
      waits.push(now - at);
    }
    if (queue.length > 0) look(now);
    const ends = members.map(({ from, until }) => Math.max(from, until)).filter((at) => at > now);
    const then = Math.min(arrivals[next]?.at ?? forMs, looked + lookMs, forMs, ...ends);
    memberMs += members.length * (then - now);
    now = then;
    if (arrivals[next]?.at <= now) queue.push(arrivals[next++]);
    if (now >= looked + lookMs) {
      looked = now;
      look(now);
    }
  }
  return { memberMs, changes, waits };
}

const { arrivals, forMs } = readTrace();
const plan = clairvoyantPlan({ ...terms, arrivals, forMs, startMs: START_MS });
const rows = [];
for (const shrinkAfterMs of [10, 25, 100, 500]) {
  for (const lookMs of [10, 100]) {
    const { memberMs, changes, waits } = thoughtOf({ arrivals, forMs, shrinkAfterMs, lookMs });
    const late = (100 * waits.filter((wait) => wait > terms.targetWaitMs).length) / waits.length;
    rows.push([
      `shrinkAfter ${shrinkAfterMs} ms, a look each ${lookMs} ms`,
      (memberMs / plan.memberMs).toFixed(3),
      p99(waits).toFixed(0),
      late.toFixed(1),
      changes,
    ]);
  }
}
console.log(table("The trace, by thought", ["", "over the plan", "wait p99 ms", "% late", "changes"], rows));
