import { child } from "../measure/child.mjs";
import { interleave } from "../measure/interleave.mjs";
import { median, rounded } from "../measure/stats.mjs";

/*
 * What it costs the server that somebody watches 1,000 actors: processor time in a second with 1 and with 100 pages, over that with
 * none; while nothing happens, and while every actor answers once a second, so that every row of the counters changes.
 */

const ROUNDS = 3;
const WITHIN_MS = 60_000;
const MS = 2000;
const PAGES = [0, 1, 100];

/** @param {{ rounds?: number, say: (line: string) => void }} options */
export async function scene({ rounds = ROUNDS, say }) {
  const server = child(new URL("./feed-server.mjs", import.meta.url), []);
  try {
    const { port } = await server.heard();
    const watchers = child(new URL("./feed-watchers.mjs", import.meta.url), [port]);
    try {
      await watchers.heard();
      return await measured(server, watchers, { rounds, say });
    } finally {
      await watchers.stop();
    }
  } finally {
    await server.stop();
  }
}

async function measured(server, watchers, { rounds, say }) {
  const told = { rest: {}, work: {} };
  for (const pages of PAGES) for (const how of ["rest", "work"]) told[how][pages] = { ms: [], kb: [] };
  const contenders = PAGES.flatMap((pages) => [
    ["rest", pages],
    ["work", pages],
  ]);
  const done = await interleave(contenders, { rounds, withinMs: WITHIN_MS }, async ([how, pages], round) => {
    say(`  round ${round + 1}: ${how}, ${pages} pages …`);
    await answered(server, how);
    await answered(watchers, pages);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await answered(watchers, "bytes");
    const before = await answered(server, "cpu");
    await new Promise((resolve) => setTimeout(resolve, MS));
    const after = await answered(server, "cpu");
    const { bytes } = await answered(watchers, "bytes");
    const seconds = (after.at - before.at) / 1000;
    told[how][pages].ms.push((after.cpuMs - before.cpuMs) / seconds);
    told[how][pages].kb.push(bytes / 1000 / seconds / Math.max(1, pages));
  });
  const over = (how, pages) => Math.max(0, median(told[how][pages].ms) - median(told[how][0].ms));
  const row = (name, how, pages) => [
    name,
    median(told[how][pages].ms).toFixed(1),
    over(how, pages).toFixed(1),
    median(told[how][pages].kb).toFixed(1),
  ];
  return {
    keys: {
      page_update_ms_per_s: rounded(over("work", 1)),
      page_update_idle_ms_per_s: rounded(over("rest", 1)),
      pages_100_update_ms_per_s: rounded(over("work", 100)),
      pages_100_update_idle_ms_per_s: rounded(over("rest", 100)),
      history_ms_per_s: rounded(median(told.rest[0].ms)),
    },
    title: "Pages that watch 1,000 actors, processor ms of the server in a second",
    columns: ["", "ms", "over no page", "kB to each"],
    rows: [
      row("nobody, nothing happens (history alone)", "rest", 0),
      row("1 page, nothing happens", "rest", 1),
      row("100 pages, nothing happens", "rest", 100),
      row("nobody, all answer once a second", "work", 0),
      row("1 page, all answer once a second", "work", 1),
      row("100 pages, all answer once a second", "work", 100),
    ],
    rounds: done,
  };
}

function answered(process, message) {
  const heard = process.heard();
  process.say(message);
  return heard;
}
