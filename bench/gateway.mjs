import { interleave } from "./measure/interleave.mjs";
import { now } from "./measure/now.mjs";
import { standing } from "./measure/standing.mjs";
import { median, rounded } from "./measure/stats.mjs";
import { table } from "./measure/table.mjs";

/*
 * Requests over the network, 100 connections, 1 and 16 unanswered on each: the gateway in front of an actor in a thread
 * beside fastify in front of piscina, and in front of an inline actor beside a WebSocket echo that reads nothing. Server and
 * callers are processes of their own on the same machine, started twice, warmed, and silent while others are measured.
 *
 *   load.mjs (100 connections) ══ loopback ══▶ servers.mjs ──▶ worker thread
 */

const STARTS = 2;
const ROUNDS = 5;
const WITHIN_MS = 140_000;
const CONNECTIONS = 100;
const WARM_MS = 3000;
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
export async function run({ rounds = STARTS * ROUNDS, say }) {
  const rates = Object.fromEntries(contenders.map(({ key }) => [key, []]));
  const cpu = Object.fromEntries(contenders.map(({ key }) => [key, []]));
  const until = now() + WITHIN_MS;
  let done = 0;
  while (done < rounds && now() < until) {
    const servers = {};
    try {
      for (const contender of contenders) {
        say(`${contender.key} is started and warmed …`);
        servers[contender.key] = await server(contender);
      }
      const limits = { rounds: Math.min(ROUNDS, rounds - done), withinMs: until - now() };
      done += await interleave(contenders, limits, async ({ key }) => {
        const { perSecond, cpuUs } = await servers[key].measure(MS);
        rates[key].push(perSecond);
        cpu[key].push(cpuUs);
      });
    } finally {
      for (const { stop } of Object.values(servers)) await stop();
    }
  }
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

function server({ server: kind, wire, inFlight }) {
  const file = new URL("./gateway/servers.mjs", import.meta.url);
  return standing({ file, args: [kind] }, { wire, connections: CONNECTIONS, inFlight, warmMs: WARM_MS });
}
