import { supervisor, system, thread } from "../../dist/index.js";
import { metricsOf } from "../../dist/observe/metrics/door.js";
import { interleave } from "../measure/interleave.mjs";
import { intervalKeys } from "../measure/interval.mjs";
import { now } from "../measure/now.mjs";
import { median } from "../measure/stats.mjs";

/*
 * Messages to one thread and back with 64 in flight: nobody looks, beside metrics that are scraped each second, where
 * messages are traced and none is sampled.
 */

const PAIRS = 21;
const IN_FLIGHT = 64;
const WARM_MS = 150;
const MS = 550;

/** @param {{ rounds?: number, withinMs: number }} options */
export async function scene({ rounds = PAIRS, withinMs }) {
  const [app, traced] = [await started({}), await started({ trace: { ratio: 0 } })];
  try {
    const rates = { plain: [], observed: [] };
    await load(app.refs.echo, WARM_MS * 4);
    await load(traced.refs.echo, WARM_MS * 4);
    const done = await interleave(["plain", "observed"], { rounds, withinMs }, async (how) => {
      rates[how].push(await (how === "plain" ? plain(app) : observed(traced)));
    });
    const ratios = rates.plain.map((rate, at) => rate / rates.observed[at]);
    const keys = intervalKeys("overhead_transport", ratios);
    return {
      keys: { ...keys, observe_transport_plain_per_s: Math.round(median(rates.plain)) },
      title: "Messages to a thread, 64 in flight",
      columns: ["", "a second", "overhead", "95 % interval"],
      rows: [
        ["nobody looks", Math.round(median(rates.plain)).toLocaleString("en"), "", ""],
        [
          "metrics, scraped each second; spans, unsampled",
          Math.round(median(rates.observed)).toLocaleString("en"),
          keys.overhead_transport.toFixed(3),
          `${keys.overhead_transport_low.toFixed(3)} to ${keys.overhead_transport_high.toFixed(3)}`,
        ],
      ],
      rounds: done,
    };
  } finally {
    await Promise.all([app.stop({ drain: 0 }), traced.stop({ drain: 0 })]);
  }
}

function started(options) {
  const mailbox = { messages: 2000 };
  const echo = thread(new URL("../gateway/echo.mjs", import.meta.url), undefined, { mailbox });
  return system(supervisor({}, { echo }), options);
}

async function plain({ refs }) {
  await load(refs.echo, WARM_MS);
  return load(refs.echo, MS);
}

async function observed(app) {
  const metrics = await metricsOf(app);
  // A window is shorter than a second: it has its part of a scrape, in each second one.
  let owed = 0;
  const every = setInterval(() => {
    owed += 0.05;
    if (owed < 1) return;
    owed -= 1;
    void metrics.text();
  }, 50);
  try {
    await load(app.refs.echo, WARM_MS);
    owed = 0.95;
    return await load(app.refs.echo, MS);
  } finally {
    clearInterval(every);
    metrics.close();
  }
}

/** @returns {Promise<number>} answers a second */
async function load(echo, ms) {
  const began = now();
  const until = began + ms;
  let answers = 0;
  const line = async () => {
    do {
      await echo.ask.echo(answers);
      answers++;
    } while (now() < until);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, line));
  return (answers / (now() - began)) * 1000;
}
