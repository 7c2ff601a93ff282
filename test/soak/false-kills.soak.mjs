import { fork } from "node:child_process";
import { once } from "node:events";

/*
 * Busy is not hung: no honest handler is killed, and every hung one is, whatever happens to the watcher.
 *
 *   this process ── SIGSTOP … SIGCONT ──▶ the app: honest work at 80 % of its limit on more threads and processes than
 *                                         there are cores; its main thread blocked at random; hangs now and then
 */

const app = new URL("./false-kills-app.mjs", import.meta.url);

/** @returns {Promise<import("./run.mjs").Soaked>} */
export async function soak({ minutes, seed, say = () => {} }) {
  const child = fork(app, [String(seed)], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const ended = once(child, "exit");
  const told = new Promise((resolve) => child.once("message", resolve));
  const until = Date.now() + minutes * 60_000;
  let stops = 0;
  let running = true;
  void ended.then(() => {
    running = false;
  });
  try {
    await pause(1000);
    while (running && Date.now() < until) {
      await pause(800 + Math.random() * 1500);
      child.kill("SIGSTOP");
      await pause(Math.random() * 2000);
      child.kill("SIGCONT");
      stops++;
      if (stops % 100 === 0) say(`${stops} stops`);
    }
    if (running) child.send("end");
    const said = await Promise.race([told, ended]);
    if (Array.isArray(said)) return { counts: { stops }, failures: [`the app ended with ${said.join(" ")}`] };
    await ended;
    const { counts, failures, longestMs } = said;
    return {
      counts: {
        "honest runs, none killed": counts.honest,
        "hung runs, each killed": counts.hung,
        "most watched ms of a hung one": Math.round(longestMs),
        "blocks of the main thread": counts.blocks,
        "stops of the process": stops,
      },
      failures,
    };
  } finally {
    child.kill("SIGCONT");
    child.kill("SIGKILL");
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
