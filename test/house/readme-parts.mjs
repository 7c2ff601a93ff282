// Fills the generated parts of README.md: the examples' files, the containment table, the figures.
//   node test/house/readme-parts.mjs          writes README.md
// test/house/readme.test.ts holds that nothing in it is out of date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const read = (path) => readFileSync(path, "utf8");

/** README.md as it should be, from README.md as it is and the files that it quotes. */
export function fillReadme(text) {
  return text
    .replace(
      /(<!-- snippet: (\S+) -->\n```js\n)[\s\S]*?(```\n<!-- \/snippet -->)/g,
      (_, head, path, tail) => `${head}${read(path)}${tail}`,
    )
    .replace(
      /(<!-- containment -->\n)[\s\S]*?(<!-- \/containment -->)/,
      (_, head, tail) => `${head}${containment()}${tail}`,
    )
    .replace(
      /(<!-- figures: (\w+) -->\n)[\s\S]*?(<!-- \/figures -->)/g,
      (_, head, name, tail) => `${head}${figures(name)}${tail}`,
    );
}

/** The table of docs/containment.md. */
function containment() {
  const table = /^\|.*\|\n(\|.*\|\n)+/m.exec(read("docs/containment.md"));
  if (!table) throw new Error("docs/containment.md has no table: npm run containment");
  return table[0];
}

/** What each figure says, by bench. */
const meanings = {
  recovery: {
    spare_empty_vs_piscina: "warm spare, small module, beside piscina as it comes",
    spare_empty_vs_piscina_one: "the same beside piscina with one thread",
    spare_empty_vs_piscina_standby: "the same beside piscina's best tuning: a second thread always on standby",
    spare_onnx_vs_piscina: "warm spare with the speech model, beside piscina as it comes",
    spare_onnx_vs_piscina_one: "the same beside piscina with one thread",
    spare_onnx_vs_piscina_standby: "the same beside a loaded thread on standby",
    cold_empty_vs_piscina: "no spare, small module, beside piscina as it comes",
    cold_empty_vs_piscina_one: "the same beside piscina with one thread",
    spare_onnx_p50_ms: "warm spare with the speech model, median, ms",
    spare_onnx_p99_ms: "the same, 99th percentile, ms",
    hang_after_limit_light_vs_piscina:
      "a handler that hangs, limit 100 ms, small module: from the limit on, beside piscina with an abort",
    hang_after_limit_onnx_vs_piscina: "the same with the speech model",
    process_p50_ms: "forked process from a warm spare, small module, median, ms",
  },
  supervision: {
    handler_error_inline_us: "a handler's error to the next answer of that actor, inline, median, µs",
    handler_error_inline_vs_beam: "the same beside a gen_server under OTP's supervisor",
    handler_error_inline_vs_nact: "the same beside nact",
    handler_error_thread_us: "the same in a worker thread, median, µs",
    handler_error_thread_vs_beam: "the same beside OTP",
    restarts_per_second: "restarts of one inline child, a second",
    beam_restarts_per_second: "of one child of OTP's, a second",
    bytes_per_child: "one of 100,000 inline children with a spec and a name of its own, bytes",
    bytes_per_child_vs_beam: "the same beside OTP's",
    start_100k_ms: "start of 100,000 of them, one after the other, ms",
    start_100k_vs_beam: "the same beside OTP's",
    stop_100k_ms: "their stop, ms",
    stop_100k_vs_beam: "the same beside OTP's",
    stop_growth: "time to stop one of 100,000, over one of 10,000",
  },
  transport: {
    empty64_vs_piscina: "empty calls a second, 64 in flight, beside piscina as it comes",
    empty64_vs_piscina_tuned: "the same beside piscina with 64 tasks at once, its better setting",
    p50_two_cores_vs_piscina: "one call at a time, median, beside piscina as it comes",
    p50_one_core_vs_piscina: "the same with one core for both threads",
    onecore64_vs_piscina_tuned: "64 in flight on one core, beside piscina tuned",
    json64_vs_piscina_tuned: "an object of 1 kB and back, 64 in flight, beside piscina tuned",
    tensor1mb64_vs_piscina: "1 MB of floats, copied, 64 in flight, beside piscina as it comes",
    tensor1mb_inplace_vs_piscina: "the same filled in place, beside piscina copying",
    empty64_per_s: "empty calls a second, 64 in flight",
    p50_two_cores_us: "one call at a time, median, µs",
  },
  pools: {
    second_member_light_vs_piscina: "one member is busy: until a second has answered, small module, beside piscina",
    second_member_heavy_vs_piscina: "the same with the speech model",
    second_member_heavy_vs_piscina_kept: "the same beside piscina with a second thread that is always there",
    second_member_light_ms: "small module, median, ms",
    second_member_heavy_ms: "speech model, median, ms",
    burst_p99_over_fixed: "three times what one member can do, p99: 1 to 4 members with spares, over always 4",
    burst_p99_ms: "that p99, ms",
    burst_piscina_p99_ms: "piscina's, 1 to 4 threads, ms",
    burst_tinypool_p99_ms: "tinypool's, ms",
    burst_poolifier_p99_ms: "poolifier's, ms",
    burst_workerpool_p99_ms: "workerpool's, which keeps its threads, ms",
    slow_member_p99_over_roundrobin:
      "one of four members ten times slower, p99: one shared mailbox, over poolifier's ROUND_ROBIN",
    slow_member_p99_ms: "that p99, ms",
    slow_member_piscina_p99_ms: "piscina's, whose threads share a queue too, ms",
    scale_down_lost: "asks lost or doubled while a pool shrinks under load",
    oscillations: "changes of direction under a steady load of 60 %",
    efficiency: "members × time on a recorded load, over the cheapest plan of one who knew it",
    trace_wait_p99_ms: "the wait's p99 there, ms (at most 200 are aimed at)",
    trace_piscina_efficiency: "piscina's, whose threads end as soon as they have nothing to do",
    trace_fixed_efficiency: "members × time of a fixed pool there, over that plan",
  },
  serving: {
    pool_efficiency:
      "lines read a second (OCR in WASM) through a pool, over direct calls in as many bare threads; the lower of 1 and 2",
    pool_efficiency_2_as_it_comes: "the same with 2, no request ahead of those that run",
    goodput_2x: "answers in time at twice what the members can do, over at once what they can",
    goodput_2x_fifo: "the same of a plain queue",
    batching_gain: "answers a second in batches, over one request a run, within the same p99; OCR classifier, native",
    batching_gain_over_two: "the same over a member that is given two requests at once, one a run",
    hedge_p999: "p99.9 as it comes, over hedged, where 1 % of the runs stall",
    hedge_extra_work: "calls that hedging asks twice, as a part",
    swap_failed: "requests that failed while the model was swapped under load",
  },
  state: {
    group_commit_gain: "changes of 1 kB on the disk a second, 64 in flight, over a sync for each",
    group_commit_vs_append: "beside appending and fdatasync without any store",
    group_commit_vs_lmdb: "beside the same contract on lmdb",
    replay_per_s: "batches of a store read back when it is opened, a second",
    snapshot_overhead: "time of a chunk of speech with its state on the disk, over in memory",
    hot_failover_ms_p50: "a process killed to the next stored answer, with a hot standby, median, ms",
    hot_failover_ms_p99: "the same, 99th percentile, ms",
    hot_failover_vs_cold: "beside the program started again from its journal",
    hot_failover_vs_cold_process: "beside a new process of the actor alone",
    encode_mb_s: "erasure code of 4 + 2, MB of data a second on one core",
    rebuild_mb_s: "two lost of the six made again, MB a second",
  },
  observe: {
    overhead_transport:
      "messages to a thread: with /metrics scraped each second, latencies timed, and traces on of which none is sampled",
    overhead_gateway:
      "requests over 100 connections: with /metrics scraped, and 1 % of the requests traced through OpenTelemetry's SDK",
    overhead_gateway_cpu: "processor time of the same, with over without",
    metrics_1000_ms: "one answer of /metrics with 1,000 actors, main thread, ms",
    stats_1000_ms: "one `app.stats()` with 1,000 actors, ms",
    page_update_ms_per_s: "an open page of 1,000 actors that all answer, server's processor time, ms a second",
    page_kb: "the page, compressed, kB",
  },
  gateway: {
    gateway_thread_vs_fastify_piscina_1:
      "an actor in a thread, 1 in flight on each, beside fastify with piscina as it comes",
    gateway_thread_vs_fastify_piscina_16: "the same with 16 in flight",
    gateway_thread_vs_fastify_piscina_tuned_1: "1 in flight, beside piscina with 64 tasks at once",
    gateway_thread_vs_fastify_piscina_tuned_16: "the same with 16 in flight",
    gateway_inline_vs_ws_echo_16: "an inline actor, 16 in flight, beside a WebSocket echo that reads nothing",
    gateway_thread_16_per_s: "requests a second to the actor in a thread, 16 in flight",
    gateway_thread_16_server_cpu_us: "processor time of all of the server's threads for each, µs",
    gateway_fastify_piscina_16_server_cpu_us: "fastify's and piscina's, µs",
    gateway_inline_16_server_cpu_us: "of the inline actor, µs",
    gateway_ws_echo_16_server_cpu_us: "of the echo, µs",
  },
  messaging: {
    tell_vs_nact: "tells a second within one thread, beside nact",
    ask_vs_nact: "asks, one after the other, beside nact",
    tell_vs_beam: "tells beside plain processes on the BEAM, one scheduler",
    ask_vs_beam: "asks beside the same",
    tell_vs_beam_gen_server: "tells beside gen_server's casts",
    ask_vs_beam_gen_server: "asks beside gen_server's calls",
    tell_per_s: "tells a second",
    ask_per_s: "asks a second",
    bytes_per_actor: "an idle inline actor without a name, of a million, bytes",
    spawn_per_s: "of these, spawned a second",
  },
};

function figures(name) {
  const path = `docs/figures/${name}.json`;
  if (!existsSync(path)) throw new Error(`${path} is missing: npm run bench -- ${name} --json ${path}`);
  const result = JSON.parse(read(path));
  const rows = Object.entries(meanings[name]).flatMap(([key, says]) => {
    const value = result[key];
    // A scene that there is not has no figure.
    if (value === null) return [];
    if (typeof value !== "number") throw new Error(`${path} has no number ${key}`);
    return `| ${says} | \`${key}\` | ${key.includes("_vs_") ? `${value.toFixed(1)} x` : shown(key, value)} |`;
  });
  const { cpu, cores, node, commit } = result.meta;
  return `| | key | |\n|---|---|---|\n${rows.join("\n")}\n\nMeasured on ${cpu}, ${cores} cores, Node ${node}, at ${commit}.\n`;
}

function shown(key, value) {
  if (/_over_|overhead|efficiency|goodput|gain|hedge_extra/.test(key)) return value.toFixed(2);
  return value >= 100 || value === 0 ? String(Math.round(value)) : value.toFixed(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync("README.md", fillReadme(read("README.md")));
