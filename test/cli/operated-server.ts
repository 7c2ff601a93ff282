import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type CommandLine, type Finished, startsInTests } from "./command-line.js";

export interface OperatedServer {
  readonly server: CommandLine;
  readonly url: string;
}

/**
 * A server with something to operate, in a folder of its own: a `worker` (thread), a pool of two `workers` and a keyed
 * group `keys`. Call it at the top of a test file. The methods of each: `add`, `throws`, `dies` (an error in a timer),
 * `kills` (idempotent: delivered again, it kills again), `moody` (kills while there is a file).
 */
export function operatedServers(): {
  readonly start: ReturnType<typeof startsInTests>;
  readonly folder: () => string;
  /** @param config of another server, and what it says when it is ready */
  serving(port?: number, env?: Record<string, string>, config?: string, ready?: RegExp): Promise<OperatedServer>;
} {
  const start = startsInTests();
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-operated-"));
    writeFileSync(join(folder, "worker.mjs"), worker);
    writeFileSync(join(folder, "holdfast.config.mjs"), config);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    start,
    folder: () => folder,
    async serving(port = 0, env = {}, file = join(folder, "holdfast.config.mjs"), ready = /^ready: worker/m) {
      const server = start(["serve", file, "--port", String(port)], { env });
      const [, url] = await server.says(/page +(http:\S+)/);
      await server.says(ready);
      return { server, url: url! };
    },
  };
}

/** Ctrl-C. */
export function interrupt(command: CommandLine): Promise<Finished> {
  command.child.kill("SIGINT");
  return command.finished;
}

/** A key that clears a terminal and adds a heading, for whoever lets it. */
export const hostileKey = "a\u001b[2J\u202e<b>\n# x";

const door = JSON.stringify(resolve("dist/index.js"));

const worker = `import { existsSync } from "node:fs";
import { Actor } from ${door};
export class Worker extends Actor {
  static methods = { kills: { idempotent: true }, moody: { idempotent: true } };
  add(a, b) { return a + b; }
  throws(text) { throw new TypeError(String(text)); }
  dies() { setTimeout(() => { throw new Error("a bug in a timer"); }); return new Promise(() => {}); }
  moody(file) { return existsSync(file) ? this.kills() : "well"; }
  kills() { setTimeout(() => { throw new Error("a bad input"); }); return new Promise(() => {}); }
}`;

const config = `import { keyed, pool, supervisor, thread } from ${door};
const worker = () => thread(new URL("./worker.mjs", import.meta.url), undefined, { spare: "none" });
const methods = ["add", "throws", "dies", "kills", "moody"];
export default {
  tree: supervisor({}, { worker: worker(), workers: pool(worker(), { size: 2 }), keys: keyed(worker(), { cells: 1 }) }),
  expose: { worker: methods, workers: methods, keys: methods },
};`;
