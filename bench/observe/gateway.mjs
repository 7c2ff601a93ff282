import { interleave } from "../measure/interleave.mjs";
import { intervalKeys } from "../measure/interval.mjs";
import { now } from "../measure/now.mjs";
import { standing } from "../measure/standing.mjs";
import { median, rounded } from "../measure/stats.mjs";

/*
 * A gateway under 100 WebSocket connections with 16 unanswered requests each: plain, beside one whose /metrics is scraped each
 * second, and of whose requests 1 % are traced: their spans are recorded, batched and given away. Five times a pair of servers
 * is started anew, since each is compiled differently, by as much as what is looked for; warmed for long, since what one request in a
 * hundred takes is compiled late; and measured in turns. A machine that is shared may be twice as fast a second later, so a turn is
 * short, and what makes a pair is the mean of several.
 *
 *   pair   plain · observed · plain · observed · …     SLICES of SLICE_MS each, a scrape in the midst of one
 */

const SERVERS = 5;
const PAIRS = 3;
const WITHIN_MS = 110_000;
const WARM_MS = 5000;
const SLICES = 6;
const SLICE_MS = 160;

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function scene({ rounds = SERVERS * PAIRS, say }) {
  const rates = { plain: [], observed: [] };
  const cpu = { plain: [], observed: [] };
  const until = now() + WITHIN_MS;
  let done = 0;
  while (done < rounds && now() < until) {
    say(`  servers ${done / PAIRS + 1}: started and warmed …`);
    const servers = {};
    try {
      for (const how of ["plain", "observed"]) servers[how] = await server(how);
      const limits = { rounds: Math.min(PAIRS, rounds - done), withinMs: until - now() };
      done += await interleave([servers], limits, async ({ plain, observed }) => {
        const pair = { plain: [], observed: [] };
        const looked = async (slice) => {
          const scraped = slice === 0 ? scrape(observed.port) : undefined;
          pair.observed.push(await observed.measure(SLICE_MS));
          await scraped;
        };
        for (let slice = 0; slice < SLICES; slice++) {
          if (slice % 2 === 1) await looked(slice);
          pair.plain.push(await plain.measure(SLICE_MS));
          if (slice % 2 === 0) await looked(slice);
        }
        for (const how of ["plain", "observed"]) {
          rates[how].push(mean(pair[how].map(({ perSecond }) => perSecond)));
          cpu[how].push(mean(pair[how].map(({ cpuUs }) => cpuUs)));
        }
      });
    } finally {
      for (const { stop } of Object.values(servers)) await stop();
    }
  }
  const keys = intervalKeys(
    "overhead_gateway",
    rates.plain.map((rate, at) => rate / rates.observed[at]),
  );
  const cpuKeys = intervalKeys(
    "overhead_gateway_cpu",
    cpu.observed.map((us, at) => us / cpu.plain[at]),
  );
  const row = (name, how) => [name, Math.round(median(rates[how])).toLocaleString("en"), median(cpu[how]).toFixed(1)];
  const text = (key, all) =>
    `${all[key].toFixed(3)} (${all[`${key}_low`].toFixed(3)} to ${all[`${key}_high`].toFixed(3)})`;
  return {
    keys: { ...keys, ...cpuKeys, observe_gateway_plain_per_s: rounded(median(rates.plain)) },
    title: "Requests over 100 connections, 16 unanswered on each",
    columns: ["", "a second", "server CPU, µs each"],
    rows: [row("nobody looks", "plain"), row("/metrics, scraped each second; 1 % of spans", "observed")],
    notes: [`overhead ${text("overhead_gateway", keys)}; of processor time ${text("overhead_gateway_cpu", cpuKeys)}`],
    rounds: done,
  };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function server(how) {
  const file = new URL("./server.mjs", import.meta.url);
  return standing({ file, args: [how] }, { wire: "holdfast", connections: 100, inFlight: 16, warmMs: WARM_MS });
}

/** One in the second that is measured. */
async function scrape(port) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  if (!response.ok || !text.includes("holdfast_"))
    throw new Error(`/metrics answered ${response.status}: ${text.slice(0, 200)}`);
}
