import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fork, inline, keyed, pool, supervisor, system, thread } from "holdfast";
import { chanceOf } from "./chance.mjs";
import { Sender } from "./sender.mjs";
import { makeTallyFile, shareTally } from "./tally.mjs";
import { Four, One } from "./worker.mjs";

/*
 * Many messages to actors of every kind, which die all the time: killed by the runtime, by a signal, by what their handlers
 * throw and by exits. None is lost, none runs twice that may not, none overtakes another of its sender, and nobody is
 * poisoned who did not kill twice.
 *
 *   senders ── asks and tells ──▶ actors ── each run ──▶ tally (survives them)
 *      │ what became of each                                │
 *      └───────────────▶ compared at the end ◀──────────────┘
 */

const url = new URL("./worker.mjs", import.meta.url);
const much = { restarts: 1e9, within: "1m" };
const rules = { intensity: much, guiltyIntensity: much, backoff: { initial: 1, max: 1 }, mailbox: { messages: 4000 } };
const SENDERS = 3;
const KEYS = 4;

/** Its part of all messages, and how it is killed; `walls`: its handlers may end their host. */
const kinds = {
  inline1: { part: 0.3, walls: false, ordered: true },
  inline4: { part: 0.1, walls: false, ordered: true },
  thread1: { part: 0.14, walls: true, ordered: true },
  thread4: { part: 0.14, walls: true, ordered: true },
  pool1: { part: 0.08, walls: true },
  pool4: { part: 0.08, walls: true },
  keeper: { part: 0.06, walls: true, ordered: true, keeper: true },
  keys: { part: 0.06, walls: true, ordered: true, keyed: true },
  fork1: { part: 0.02, walls: true, ordered: true, fork: true },
  fork4: { part: 0.02, walls: true, ordered: true, fork: true },
};

/** @returns {Promise<import("./run.mjs").Soaked>} */
export async function soak({ count, seed, say = () => {} }) {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-soak-"));
  const file = join(folder, "tally");
  try {
    const forked = makeTallyFile(file, count);
    return await run({ count, seed, say, file, forked });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run({ count, seed, say, file, forked: readForked }) {
  const shared = shareTally(count);
  const app = await start(file);
  const counts = { deaths: 0, poisoned: 0 };
  const letters = {};
  app.subscribe((event) => {
    if (event.type === "death") counts.deaths++;
    if (event.type === "dead-letter") letters[event.letter.path] = (letters[event.letter.path] ?? 0) + 1;
  });
  const senders = sendersOf(app, count, seed);
  const told = setInterval(() => {
    const settled = senders.reduce((sum, sender) => sum + sender.settled, 0);
    say(`${settled} of ${count} settled, ${counts.deaths} deaths`);
  }, 5000);
  const chaos = new Chaos(app, chanceOf(seed ^ 0x5eed), count < 1_000_000 ? 1000 : 5000);
  const began = performance.now();
  try {
    await Promise.all(senders.map((sender) => sender.send(() => chaos.sent(sender.name))));
  } finally {
    clearInterval(told);
  }
  const state = await app.refs.keeper.with({ timeout: "1m" }).ask.state();
  await app.stop({ drain: "1m" });
  const seconds = (performance.now() - began) / 1000;
  const forked = readForked();
  const failures = senders.flatMap((sender) => sender.judge(kinds[sender.name].fork ? forked : shared));
  for (const name of Object.keys(kinds)) {
    const own = senders.filter((sender) => sender.name === name);
    const unseen = own.reduce((sum, sender) => sum + sender.unseenTells(kinds[name].fork ? forked : shared), 0);
    const told = Object.entries(letters).reduce((sum, [path, n]) => sum + (path.startsWith(`app/${name}`) ? n : 0), 0);
    if (unseen > told)
      failures.push(`${name}: ${unseen} accepted tells were never run, and ${told} dead letters tell of it`);
  }
  failures.push(...judgeKeeper(senders, state));
  const codes = {};
  for (const sender of senders)
    for (const [code, n] of Object.entries(sender.codes)) codes[code] = (codes[code] ?? 0) + n;
  return {
    counts: {
      messages: count,
      seconds: Math.round(seconds),
      "deaths of actors and hosts": counts.deaths,
      "kills by the soak": chaos.kills,
      "dead letters": Object.values(letters).reduce((sum, n) => sum + n, 0),
      ...codes,
    },
    failures: failures.slice(0, 50),
  };
}

function start(file) {
  const ordered = { ordered: true };
  const one = { export: "One", ...rules };
  const four = { export: "Four", ...rules };
  return system(
    supervisor(
      { intensity: much },
      {
        inline1: inline(One, ordered, rules),
        inline4: inline(Four, ordered, rules),
        thread1: thread(url, ordered, one),
        thread4: thread(url, ordered, four),
        pool1: pool(thread(url, {}, one), { size: 2 }),
        pool4: pool(thread(url, {}, { ...four, window: 4 }), { size: 2 }),
        keeper: thread(url, ordered, { export: "Keeper", ...rules, snapshotEvery: 16 }),
        keys: keyed(thread(url, ordered, one), { cells: 1 }),
        fork1: fork(url, { file, ...ordered }, one),
        fork4: fork(url, { file, ...ordered }, four),
      },
    ),
  );
}

function sendersOf(app, count, seed) {
  const senders = [];
  let first = 0;
  for (const [name, kind] of Object.entries(kinds)) {
    for (let i = 0; i < SENDERS; i++) {
      const messages = Math.floor((count * kind.part) / SENDERS);
      const ref = kind.keyed ? app.refs[name].key(`key ${i % KEYS}`) : app.refs[name];
      const chance = chanceOf(seed + senders.length);
      senders.push(new Sender({ ...kind, name, ref, number: senders.length, first, messages, chance }));
      first += messages;
    }
  }
  return senders;
}

/** Kills what was sent so and so many messages since. */
class Chaos {
  kills = 0;
  #app;
  #chance;
  #every;
  #left = new Map();

  constructor(app, chance, every) {
    this.#app = app;
    this.#chance = chance;
    this.#every = every;
  }

  sent(name) {
    const left = (this.#left.get(name) ?? this.#every) - 1;
    this.#left.set(name, left);
    if (left > 0) return;
    this.#left.set(name, Math.ceil(this.#chance() * 2 * this.#every));
    setTimeout(() => this.#kill(name), this.#chance() * 5);
  }

  #kill(name) {
    const node = this.#app.tree().children.find((child) => child.name === name);
    const members = node?.children?.length ? node.children : [node];
    const victim = members[Math.floor(this.#chance() * members.length)];
    const pid = /^pid (\d+)$/.exec(victim?.host ?? "")?.[1];
    this.kills++;
    if (pid && this.#chance() < 0.7) process.kill(Number(pid), "SIGKILL");
    else if (victim?.path) this.#app.kill(victim.path);
  }
}

/** State effects happen exactly once: it holds what was answered, and what was accepted and never asked about at most once. */
function judgeKeeper(senders, { count, sum }) {
  const own = senders.filter(({ name }) => name === "keeper");
  const answered = own.reduce((total, sender) => total + sender.answered.count, 0);
  const ids = own.reduce((total, sender) => total + sender.answered.sum, 0);
  return count === answered && sum === ids
    ? []
    : [`keeper: its state holds ${count} messages (ids ${sum}), and ${answered} (ids ${ids}) were answered`];
}
