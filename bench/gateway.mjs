import { child } from "./measure/child.mjs";
import { interleave } from "./measure/interleave.mjs";
import { median, rounded } from "./measure/stats.mjs";
import { table } from "./measure/table.mjs";

/*
 * Requests over the network, 100 connections, 1 and 16 unanswered on each: the gateway in front of an actor in a thread
 * beside fastify in front of piscina, and in front of an inline actor beside a WebSocket echo that reads nothing. Server and
 * callers are processes of their own on the same machine; a contender's connections stand while others are measured, silent.
 *
 *   load.mjs (100 connections) ══ loopback ══▶ servers.mjs ──▶ worker thread
 */

const ROUNDS = 7;
const WITHIN_MS = 130_000;
const CONNECTIONS = 100;
const WARM_MS = 1200;
const MS = 900;

const contenders = [
  { key: "thread_1", name: "holdfast, thread", server: "thread", wire: "holdfast", inFlight: 1 },
  { key: "thread_16", name: "holdfast, thread", server: "thread", wire: "holdfast", inFlight: 16 },
  { key: "fastify_piscina_1", name: "fastify + piscina", server: "fastify", wire: "http", inFlight: 1 },
  { key: "fastify_piscina_16", name: "fastify + piscina", server: "fastify", wire: "http", inFlight: 16 },
  { key: "fastify_piscina_tuned_1", name: "… tuned", server: "fastify tuned", wire: "http", inFlight: 1 },
  { key: "fastify_piscina_tuned_16", name: "… tuned", server: "fastify tuned", wire: "http", inFlight: 16 },
  { key: "inline_16", name: "holdfast, inline", server: "inline", wire: "holdfast", inFlight: 16 },
  { key: "ws_echo_16", name: "ws echo", server: "ws echo", wire: "echo", inFlight: 16 },
];

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function run({ rounds = ROUNDS, say }) {
  const rates = Object.fromEntries(contenders.map(({ key }) => [key, []]));
  const cpu = Object.fromEntries(contenders.map(({ key }) => [key, []]));
  const done = await interleave(contenders, { rounds, withinMs: WITHIN_MS }, async (contender, round) => {
    say(`round ${round + 1}: ${contender.key} …`);
    const { perSecond, cpuUs } = await measure(contender);
    rates[contender.key].push(perSecond);
    cpu[contender.key].push(cpuUs);
  });
  const rate = (key) => median(rates[key]);
  const figures = {
    gateway_thread_vs_fastify_piscina_1: rounded(rate("thread_1") / rate("fastify_piscina_1")),
    gateway_thread_vs_fastify_piscina_16: rounded(rate("thread_16") / rate("fastify_piscina_16")),
    gateway_thread_vs_fastify_piscina_tuned_1: rounded(rate("thread_1") / rate("fastify_piscina_tuned_1")),
    gateway_thread_vs_fastify_piscina_tuned_16: rounded(rate("thread_16") / rate("fastify_piscina_tuned_16")),
    gateway_inline_vs_ws_echo_16: rounded(rate("inline_16") / rate("ws_echo_16")),
  };
  for (const { key } of contenders) {
    figures[`gateway_${key}_per_s`] = Math.round(rate(key));
    figures[`gateway_${key}_server_cpu_us`] = rounded(median(cpu[key]));
  }
  const rows = contenders.map(({ key, name, inFlight }) => [
    name,
    inFlight,
    Math.round(rate(key)).toLocaleString("en"),
    median(cpu[key]).toFixed(1),
  ]);
  const columns = ["", "in flight", "requests/s", "server CPU, µs each"];
  const text = table(`Requests over ${CONNECTIONS} connections`, columns, rows);
  return { figures, text, rounds: done };
}

/** Server and callers are there for one measurement alone: what stands idle would still be woken now and then. */
async function measure({ server: kind, wire, inFlight }) {
  const server = child(new URL("./gateway/servers.mjs", import.meta.url), [kind]);
  try {
    const { port } = await server.heard();
    const load = child(new URL("./gateway/load.mjs", import.meta.url), [wire, port, CONNECTIONS, inFlight]);
    try {
      await load.heard();
      load.say({ for: WARM_MS });
      await load.heard();
      server.say("cpu");
      const { cpuMs: before } = await server.heard();
      load.say({ for: MS });
      const { answers, ms } = await load.heard();
      server.say("cpu");
      const { cpuMs: after } = await server.heard();
      if (answers === 0) throw new Error(`${kind} answered nothing`);
      return { perSecond: (answers / ms) * 1000, cpuUs: ((after - before) * 1000) / answers };
    } finally {
      await load.stop();
    }
  } finally {
    await server.stop();
  }
}
