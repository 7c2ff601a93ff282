import { child } from "../measure/child.mjs";
import { intervalKeys } from "../measure/interval.mjs";
import { now } from "../measure/now.mjs";
import { median, rounded } from "../measure/stats.mjs";

/*
 * A gateway under 100 WebSocket connections with 16 unanswered requests each: plain, beside one whose /metrics is scraped each
 * second, and of whose requests 1 % are traced: their spans are recorded, batched and given away. Two servers of the same kind
 * that are processes differ by a tenth, since each is compiled and laid out differently; so all stand in one process, and only
 * one of them is called at a time. Of the plain there are two, and the mean of both is what the observed one is compared with;
 * what they differ by tells what is left of such differences. What the observed one leaves for later (a full collection, the
 * rest of a batch of spans) may fall into another's turn: little, but it is not seen here. A machine that is shared may be twice
 * as fast a second later, so a turn is short, and what makes a pair is the mean of several. Several times the process is started
 * anew, and warmed for long, since what one request in a hundred takes is compiled late.
 *
 *   pair   plain · again · observed · again · observed · plain · …     SLICES of SLICE_MS each, a scrape in the midst of one
 */

const KINDS = ["plain", "again", "observed"];
const SERVERS = 3;
const PAIRS = 8;
const WITHIN_MS = 110_000;
const WARM_MS = 3000;
const WARM_SLICE_MS = 500;
const SLICES = 8;
const SLICE_MS = 100;

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function scene({ rounds = SERVERS * PAIRS, say }) {
  const rates = { plain: [], again: [], observed: [] };
  const cpu = { plain: [], again: [], observed: [] };
  const until = now() + WITHIN_MS;
  let done = 0;
  while (done < rounds && now() < until) {
    say(`  process ${done / PAIRS + 1}: started and warmed …`);
    const served = await serving();
    try {
      for (let ms = 0; ms < WARM_MS; ms += WARM_SLICE_MS)
        for (const how of KINDS) await served.measure(how, WARM_SLICE_MS);
      for (let pair = 0; pair < PAIRS && done < rounds && now() < until; pair++, done++) {
        const seen = await inTurns(served, pair);
        for (const how of KINDS) {
          rates[how].push(mean(seen[how].map(({ perSecond }) => perSecond)));
          cpu[how].push(mean(seen[how].map(({ cpuUs }) => cpuUs)));
        }
      }
    } finally {
      await served.stop();
    }
  }
  return told(rates, cpu, done);
}

/** One pair: each in its turn, and each first as often as the others. */
async function inTurns({ measure, ports }, pair) {
  const seen = { plain: [], again: [], observed: [] };
  for (let slice = 0; slice < SLICES; slice++) {
    for (let at = 0; at < KINDS.length; at++) {
      const how = KINDS[(pair + slice + at) % KINDS.length];
      const scraped = how === "observed" && slice === 0 ? scrape(ports.observed) : undefined;
      seen[how].push(await measure(how, SLICE_MS));
      await scraped;
    }
  }
  return seen;
}

function told(rates, cpu, rounds) {
  const plain = (of) => of.plain.map((one, at) => (one + of.again[at]) / 2);
  const ratios = (ones, others) => ones.map((one, at) => one / others[at]);
  const keys = {
    ...intervalKeys("overhead_gateway", ratios(plain(rates), rates.observed)),
    ...intervalKeys("overhead_gateway_control", ratios(rates.plain, rates.again)),
    ...intervalKeys("overhead_gateway_cpu", ratios(cpu.observed, plain(cpu))),
    ...intervalKeys("overhead_gateway_cpu_control", ratios(cpu.again, cpu.plain)),
    observe_gateway_plain_per_s: rounded(median(rates.plain)),
  };
  const row = (name, how) => [name, Math.round(median(rates[how])).toLocaleString("en"), median(cpu[how]).toFixed(1)];
  const text = (key) =>
    `${keys[key].toFixed(3)} (${keys[`${key}_low`].toFixed(3)} to ${keys[`${key}_high`].toFixed(3)})`;
  return {
    keys,
    title: "Requests over 100 connections, 16 unanswered on each",
    columns: ["", "a second", "server CPU, µs each"],
    rows: [
      row("nobody looks", "plain"),
      row("the same again", "again"),
      row("/metrics, scraped each second; 1 % of spans", "observed"),
    ],
    notes: [
      `overhead ${text("overhead_gateway")}; of processor time ${text("overhead_gateway_cpu")}`,
      `the same again ${text("overhead_gateway_control")}; of processor time ${text("overhead_gateway_cpu_control")}`,
    ],
    rounds,
  };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The process with the gateways, and one with callers for each. */
async function serving() {
  const server = child(
    new URL("./server.mjs", import.meta.url),
    KINDS.map((how) => (how === "observed" ? how : "plain")),
  );
  const callers = {};
  const ports = {};
  const stop = async () => {
    for (const caller of Object.values(callers)) await caller.stop();
    await server.stop();
  };
  const cpuMs = async () => {
    server.say("cpu");
    return (await server.heard()).cpuMs;
  };
  const measure = async (how, forMs) => {
    const before = await cpuMs();
    callers[how].say({ for: forMs });
    const { answers, ms } = await callers[how].heard();
    if (answers === 0) throw new Error(`${how} answered nothing`);
    return { perSecond: (answers / ms) * 1000, cpuUs: (((await cpuMs()) - before) * 1000) / answers };
  };
  try {
    const { ports: heard } = await server.heard();
    for (const [at, how] of KINDS.entries()) {
      ports[how] = heard[at];
      callers[how] = child(new URL("../gateway/load.mjs", import.meta.url), ["holdfast", ports[how], 100, 16]);
      await callers[how].heard();
    }
    return { measure, ports, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One in the second that is measured. */
async function scrape(port) {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await response.text();
  if (!response.ok || !text.includes("holdfast_"))
    throw new Error(`/metrics answered ${response.status}: ${text.slice(0, 200)}`);
}
