import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** A program that has said nothing for so long after the fault is blocked: inline, nothing will ever end its loop. */
const BLOCKED_AFTER_MS = { inline: 6_000, thread: 40_000, fork: 40_000 };

export const levels = ["inline", "thread", "fork"];

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Runs one cell of the matrix in a program of its own.
 * @returns {Promise<object>} `died`: how the whole program ended, or null; and what run-fault.mjs saw
 */
export function observe(fault, level, addon) {
  return new Promise((resolve) => {
    // The program's own heap is kept small too, so that a full one does not take the machine with it.
    const heap = fault.startsWith("heap") ? ["--max-old-space-size=128"] : [];
    const args = [...heap, here("./run-fault.mjs"), fault, level, ...(addon ? [addon] : [])];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
    let out = "";
    let timer;
    let blocked = false;
    child.stdout.on("data", (text) => {
      out += text;
      timer ??= setTimeout(
        () => {
          blocked = true;
          child.kill("SIGKILL");
        },
        fault.startsWith("heap") ? BLOCKED_AFTER_MS.fork : BLOCKED_AFTER_MS[level],
      );
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      const line = out.split("\n").find((text) => text.startsWith("{"));
      if (line) resolve({ fault, level, died: null, ...JSON.parse(line) });
      else resolve({ fault, level, died: blocked ? "blocked" : (signal ?? `exit ${code}`) });
    });
  });
}
