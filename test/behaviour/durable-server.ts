import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A server in a process of its own over one folder of state, which is killed and started again on the same port. */
export class DurableServer {
  readonly folder = mkdtempSync(join(tmpdir(), "holdfast-server-"));
  port = 0;
  readonly #what: "tally" | "speech";
  #child: ChildProcess | undefined;

  constructor(what: "tally" | "speech") {
    this.#what = what;
  }

  async start(): Promise<void> {
    const args = [this.folder, String(this.port), this.#what];
    this.#child = fork(new URL("./durable-server.mjs", import.meta.url), args, {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const [told] = (await once(this.#child, "message")) as [{ port: number }];
    this.port = told.port;
  }

  /** No farewell: what is not on disk is lost. */
  async kill(): Promise<void> {
    const child = this.#child!;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  }

  async end(): Promise<void> {
    if (this.#child?.exitCode === null && this.#child.signalCode === null) await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
