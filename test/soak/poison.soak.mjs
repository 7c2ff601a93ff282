import { fork, pool, supervisor, system, thread } from "holdfast";
import { chanceOf } from "./chance.mjs";
import { ways } from "./poison-worker.mjs";

/*
 * One message in ten thousand kills whoever handles it: by an exit, an error in a foreign timer, an endless loop, in a process
 * by a native abort. The pool answers all others, and each poison message is quarantined with its evidence after two deaths
 * that were its own, whatever was executing beside it.
 */

const url = new URL("./poison-worker.mjs", import.meta.url);
const IN_FLIGHT = 64;
const much = { restarts: 1e9, within: "1m" };
const rules = { intensity: much, guiltyIntensity: much, backoff: { initial: 1, max: 1 } };
/** Of ten thousand messages, how many are poison. */
const POISON = 1;

const pools = {
  threads: { part: 0.5, wall: thread, options: { export: "Squares" } },
  "threads at four": { part: 0.35, wall: thread, options: { export: "ManySquares", window: 4 } },
  processes: { part: 0.1, wall: fork, options: { export: "Squares" } },
  "processes at four": { part: 0.05, wall: fork, options: { export: "ManySquares", window: 4 } },
};

/** @returns {Promise<import("./run.mjs").Soaked>} */
export async function soak({ count, seed, say = () => {} }) {
  const children = Object.entries(pools).map(([name, { wall, options }]) => [
    nameOf(name),
    pool(wall(url, {}, { ...rules, ...options }), { size: 2 }),
  ]);
  const app = await system(supervisor({ intensity: much }, Object.fromEntries(children)));
  const letters = [];
  const deaths = new Map();
  app.subscribe((event) => {
    if (event.type === "dead-letter") letters.push(event.letter);
    if (event.type === "death") deaths.set(event.report.id, event.report);
  });
  const counts = { answered: 0, poisoned: 0 };
  const failures = [];
  const told = setInterval(
    () => say(`${counts.answered} answered, ${counts.poisoned} poisoned, ${deaths.size} deaths`),
    5000,
  );
  const began = performance.now();
  try {
    const chance = chanceOf(seed);
    const asks = Object.entries(pools).map(([name, { part, wall }]) =>
      askAll(app.refs[nameOf(name)], {
        name,
        messages: Math.round(count * part),
        ways: wall === fork ? ways : ways.filter((way) => way !== "abort"),
        chance,
        counts,
        failures,
        deaths,
      }),
    );
    await Promise.all(asks);
  } finally {
    clearInterval(told);
    await app.stop({ drain: 0 });
  }
  if (letters.length !== counts.poisoned)
    failures.push(`${counts.poisoned} messages were poisoned, and ${letters.length} dead letters tell of them`);
  for (const { reason, evidence } of letters) {
    if (reason !== "poison" || evidence?.deaths !== 2 || !evidence.digest || evidence.charges.length !== 2)
      failures.push(`a dead letter without its evidence: ${reason}, ${JSON.stringify(evidence)}`);
  }
  const seconds = Math.round((performance.now() - began) / 1000);
  return { counts: { messages: count, seconds, ...counts, deaths: deaths.size }, failures: failures.slice(0, 50) };
}

function nameOf(name) {
  return name.replaceAll(" ", "-");
}

async function askAll(ref, { name, messages, ways, chance, counts, failures, deaths }) {
  const patient = ref.with({ timeout: "10m" });
  let next = 0;
  // At least one of each way, also in a short run.
  const poison = new Map(ways.map((way, i) => [Math.floor(((i + 0.5) * messages) / ways.length), way]));
  const ask = async () => {
    while (next < messages) {
      const id = next++;
      const unlucky = chance() * 10_000 < POISON;
      const way = poison.get(id) ?? (unlucky ? ways[Math.floor(chance() * ways.length)] : "none");
      try {
        const square = await patient.ask.square(id, way);
        counts.answered++;
        if (way !== "none" || square !== id * id) failures.push(`${name}: ${id} (${way}) was answered with ${square}`);
      } catch (error) {
        counts.poisoned++;
        judge(`${name}: ${id} (${way})`, way, error, deaths, failures);
      }
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, ask));
}

/** Both deaths it was charged with are its own, and reported. */
function judge(what, way, error, deaths, failures) {
  if (way === "none" || error.code !== "PoisonedMessage" || error.retryable) {
    failures.push(`${what} failed: ${error}`);
    return;
  }
  for (const id of error.details.reports) {
    const report = deaths.get(id);
    const guilty = report?.executing.filter((one) => one.deaths > 0) ?? [];
    if (guilty.length !== 1)
      failures.push(`${what} was charged with report ${id}, which names ${guilty.length} guilty`);
    const kind = { exit: "exit", timer: "uncaught", loop: "hung", abort: "exit" }[way];
    if (report && report.cause.kind !== kind) failures.push(`${what}: report ${id} says ${report.cause.kind}`);
  }
}
