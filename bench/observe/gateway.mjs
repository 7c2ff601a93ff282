import { child } from "../measure/child.mjs";
import { interleave } from "../measure/interleave.mjs";
import { intervalKeys } from "../measure/interval.mjs";
import { median, rounded } from "../measure/stats.mjs";

/*
 * A gateway under 100 WebSocket connections with 16 unanswered requests each: plain, beside one whose /metrics is scraped each
 * second, and of whose requests 1 % are traced: their spans are recorded, batched and given away. Server and callers are processes of their own, there for one measurement alone.
 */

const PAIRS = 15;
const WITHIN_MS = 100_000;
const WARM_MS = 700;
const MS = 1000;

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function scene({ rounds = PAIRS, say }) {
  const rates = { plain: [], observed: [] };
  const cpu = { plain: [], observed: [] };
  const done = await interleave(["plain", "observed"], { rounds, withinMs: WITHIN_MS }, async (how, round) => {
    say(`  pair ${round + 1}: ${how} …`);
    const { perSecond, cpuUs } = await measure(how);
    rates[how].push(perSecond);
    cpu[how].push(cpuUs);
  });
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

async function measure(how) {
  const server = child(new URL("./server.mjs", import.meta.url), [how]);
  try {
    const { port } = await server.heard();
    const load = child(new URL("../gateway/load.mjs", import.meta.url), ["holdfast", port, 100, 16]);
    try {
      await load.heard();
      load.say({ for: WARM_MS });
      await load.heard();
      server.say("cpu");
      const { cpuMs: before } = await server.heard();
      const scraped = how === "observed" ? scrape(port) : undefined;
      load.say({ for: MS });
      const { answers, ms } = await load.heard();
      server.say("cpu");
      const { cpuMs: after } = await server.heard();
      await scraped;
      if (answers === 0) throw new Error(`the ${how} gateway answered nothing`);
      return { perSecond: (answers / ms) * 1000, cpuUs: ((after - before) * 1000) / answers };
    } finally {
      await load.stop();
    }
  } finally {
    await server.stop();
  }
}

/** One in the second that is measured. */
async function scrape(port) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  if (!response.ok || !text.includes("holdfast_"))
    throw new Error(`/metrics answered ${response.status}: ${text.slice(0, 200)}`);
}
