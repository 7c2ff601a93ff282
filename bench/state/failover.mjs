import { fork as forkProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fork, supervisor, system } from "../../dist/index.js";
import { files } from "../../dist/state/state.js";
import { interleave } from "../measure/interleave.mjs";
import { now } from "../measure/now.mjs";
import { median, p99, rounded } from "../measure/stats.mjs";

/*
 * From SIGKILL of the process that serves to the next answer, with every payment so far in it. The actor is durable: 200 kB
 * of state, in files.
 *
 *   hot       its replica, in a process that is up, takes over
 *   warm      a process that has loaded the module starts it from the state that the parent holds
 *   cold      a new process does
 *   journal   the whole program is killed and started again: it opens the journal, and starts the actor from it
 *
 * One after the other in one run; the next kill comes when what stands by is ready again.
 */

const ROUNDS = 8;
/** Kills of each in a round. */
const KILLS = { hot: 12, warm: 3, cold: 3, journal: 1 };
const WARM_UP = 2;

const often = { intensity: { restarts: 10_000, within: "1s" } };
const durable = { durable: true, snapshotEvery: 20, backoff: { initial: 0 }, ...often };
const url = new URL("./failover/ledger.mjs", import.meta.url);
const standbys = ["hot", "warm", "cold"];

/** @param {{ rounds?: number, say: (line: string) => void, withinMs: number }} options */
export async function scene({ rounds = ROUNDS, say, withinMs }) {
  const until = now() + withinMs;
  const folder = mkdtempSync(join(tmpdir(), "holdfast-bench-"));
  const ms = { hot: [], warm: [], cold: [], journal: [] };
  const children = standbys.map((standby) => [
    standby,
    fork(url, undefined, { ...durable, standby, ...(standby === "hot" ? { spare: "none" } : {}) }),
  ]);
  const app = await system(supervisor(often, Object.fromEntries(children)), { store: files(join(folder, "here")) });
  const program = new Program(join(folder, "there"));
  const services = Object.fromEntries(standbys.map((name) => [name, new Service(app, name)]));
  try {
    say("starting …");
    await program.start();
    for (const name of standbys) for (let i = 0; i < WARM_UP; i++) await services[name].failover();
    const limits = { rounds, withinMs: until - now() - 5000 };
    const done = await interleave(Object.keys(KILLS), limits, async (name, round) => {
      say(`round ${round + 1}: ${name} …`);
      for (let i = 0; i < KILLS[name]; i++) ms[name].push(await (services[name] ?? program).failover());
    });
    return result(ms, done);
  } finally {
    program.end();
    await app.stop({ drain: 0 });
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

class Service {
  #app;
  #name;
  #paidIn = 0;

  constructor(app, name) {
    this.#app = app;
    this.#name = name;
  }

  async failover() {
    await this.#ready();
    const before = await this.#pay();
    const { host } = this.#node;
    const at = now();
    process.kill(Number(host.slice("pid ".length)), "SIGKILL");
    const after = await this.#pay();
    const took = now() - at;
    if (after <= before) throw new Error(`${this.#name}: incarnation ${after} answered, and ${before} was killed`);
    return took;
  }

  get #node() {
    return this.#app.tree().children.find(({ name }) => name === this.#name);
  }

  async #pay() {
    const { sum, incarnation } = await this.#app.refs[this.#name].ask.payIn(this.#paidIn % 10_000);
    if (sum !== ++this.#paidIn) throw new Error(`${this.#name}: paid in ${this.#paidIn}, there ${sum}`);
    return incarnation;
  }

  /** It runs, and what it says stands by does. */
  async #ready() {
    const stands = {
      hot: (node) => node.standby === "ready",
      warm: (node) => node.spare === "ready",
      cold: () => true,
    };
    while (this.#node.state !== "running" || !stands[this.#name](this.#node)) await pause(5);
    // What it was given last has been taken, and the machine is quiet.
    await pause(50);
  }
}

class Program {
  #folder;
  #process;
  #paidIn = 0;

  constructor(folder) {
    this.#folder = folder;
  }

  async start() {
    const child = forkProcess(fileURLToPath(new URL("./failover/program.mjs", import.meta.url)), [this.#folder]);
    this.#process = child;
    const { sum } = await new Promise((resolve, reject) => {
      child.once("message", resolve);
      child.once("exit", (code) => reject(new Error(`the program has ended with ${code}`)));
    });
    if (sum !== ++this.#paidIn) throw new Error(`the journal: paid in ${this.#paidIn}, there ${sum}`);
  }

  async failover() {
    await pause(50);
    const at = now();
    this.end();
    await this.start();
    return now() - at;
  }

  end() {
    this.#process?.removeAllListeners("exit");
    this.#process?.kill("SIGKILL");
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function result(ms, rounds) {
  const { hot, warm, cold, journal } = ms;
  const keys = {
    hot_failover_ms_p50: rounded(median(hot)),
    hot_failover_ms_p99: rounded(p99(hot)),
    hot_failover_vs_cold: rounded(median(journal) / median(hot)),
    hot_failover_vs_warm: rounded(median(warm) / median(hot)),
    hot_failover_vs_cold_process: rounded(median(cold) / median(hot)),
    journal_restart_ms_p50: rounded(median(journal)),
  };
  const about = {
    hot: "a replica takes over",
    warm: "a process that has loaded the module",
    cold: "a new process",
    journal: "the program again, from its journal",
  };
  const rows = Object.entries(about).map(([name, what]) => {
    const its = ms[name];
    return [name, what, String(its.length), median(its).toFixed(1), p99(its).toFixed(1)];
  });
  return {
    keys,
    title: "from SIGKILL to the next answer, ms",
    columns: ["", "", "kills", "p50", "p99"],
    rows,
    notes: [`hot beside the program again: ${keys.hot_failover_vs_cold} times as soon`],
    rounds,
  };
}
