import { type ChildProcess, fork } from "node:child_process";
import { closeSync, openSync, readSync, rmSync, writeFileSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toError } from "../errors.js";
import { Batch } from "../transport/batch.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import { answerForUnsent } from "../transport/unsendable.js";
import { controlBytes } from "./control-block.js";
import { controlFolder } from "./control-folder.js";
import { type ControlReader, readControl } from "./control-reader.js";
import { faultOf } from "./fault.js";
import type { Host, HostEnd, HostOptions, HostProvider } from "./host.js";
import { PARENT_PIPE } from "./parent-watch.js";
import { openSpools, type ParentSpools, parentSpools } from "./spool-files.js";

/** After a child's exit, how long its channel may take to be read to its end. */
const CHANNEL_WITHIN_MS = 50;

/** Child processes: the wall for native code, off-heap memory and everything else a thread does not contain. */
export class ForkProvider implements HostProvider {
  readonly isolation = "fork";
  readonly #open = new Set<ForkHost>();
  readonly #sharedBytes: number;
  #folder: string | undefined;
  #count = 0;

  /** @param sharedBytes of memory for large arrays to each of them, and as much from it; 0: they go by the channel */
  constructor(sharedBytes: number) {
    this.#sharedBytes = sharedBytes;
  }

  open(options: HostOptions): Host {
    this.#folder ??= controlFolder();
    const host = new ForkHost(join(this.#folder, `${++this.#count}`), options, this.#sharedBytes);
    this.#open.add(host);
    void host.gone.then(() => this.#open.delete(host));
    return host;
  }

  async close(): Promise<void> {
    const open = [...this.#open];
    for (const host of open) host.kill();
    await Promise.all(open.map((host) => host.gone));
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}

class ForkHost implements Host {
  readonly isolation = "fork";
  readonly name: string;
  readonly control: ControlReader;
  readonly gone: Promise<void>;
  onFrame: (frame: ToParent) => void = () => {};
  onEnd: (end: HostEnd) => void = () => {};
  readonly #child: ChildProcess;
  readonly #batch: Batch<ToHost>;
  /** What large arrays go through; undefined: the channel. */
  readonly #spools: ParentSpools | undefined;
  readonly #controlPath: string;
  readonly #controlFile: number;
  /** What was read of it last. */
  readonly #record: Uint8Array;
  #fault: HostEnd | undefined;
  #killed = false;
  #ended = false;

  constructor(controlPath: string, options: HostOptions, sharedBytes: number) {
    const bytes = new Uint8Array(controlBytes(options.entries));
    writeFileSync(controlPath, bytes, { mode: 0o600 });
    this.#record = bytes;
    this.#controlPath = controlPath;
    this.#controlFile = openSync(controlPath, "r+");
    this.control = readControl(bytes.buffer, {
      pull: (offset, length) => {
        if (!this.#ended) readSync(this.#controlFile, bytes, offset, length, offset);
      },
      push: (offset, length) => {
        if (!this.#ended) writeSync(this.#controlFile, bytes, offset, length, offset);
      },
    });
    const spools = openSpools(controlPath, sharedBytes);
    this.#spools = spools && parentSpools(spools);
    const entry = fileURLToPath(new URL("./fork-entry.js", import.meta.url));
    this.#child = fork(entry, [controlPath, `${spools?.bytes ?? 0}`], {
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc", "pipe", ...(spools ? [spools.toHost, spools.toParent] : [])],
      execArgv: options.heapMb === undefined ? [] : [`--max-old-space-size=${options.heapMb}`],
    });
    // It is there to end with this process, and keeps nothing alive.
    this.#pipe?.on("error", () => {}).unref();
    this.name = `pid ${this.#child.pid ?? "(none)"}`;
    this.#batch = new Batch(
      (frames) => {
        // A child that died between two turns makes send() fail; its exit is the one fact that counts.
        if (this.#child.connected) this.#child.send(frames, () => {});
      },
      (frame, error) => {
        const answer = answerForUnsent(frame, error);
        if (answer && !this.#ended) this.onFrame(answer);
      },
    );
    this.#child.on("message", (frames) => this.#receive(frames as ToParent[]));
    this.gone = new Promise((resolve) => {
      this.#child.on("exit", (code, signal) => {
        const over = () => {
          this.#exited(code, signal);
          resolve();
        };
        // What the child had sent is read before the channel disconnects; a grandchild may hold the channel open.
        if (!this.#child.connected) setImmediate(over);
        else {
          this.#child.once("disconnect", over);
          setTimeout(over, CHANNEL_WITHIN_MS).unref();
        }
      });
      this.#child.on("error", (error) => {
        this.#fault ??= { kind: "uncaught", error, at: undefined };
        if (this.#child.pid === undefined) {
          this.#exited(null, null);
          resolve();
        }
      });
    });
  }

  /** None where the process could not be started: a child without a pid has no streams at all. */
  get #pipe(): Socket | undefined {
    const streams = this.#child.stdio as ChildProcess["stdio"] | undefined;
    return (streams?.[PARENT_PIPE] as Socket | null | undefined) ?? undefined;
  }

  send(frame: ToHost): void {
    if (!this.#ended) this.#batch.push(this.#spools ? this.#spools.arrays.pack(frame) : frame);
  }

  /** A process is over when it has exited (5-7 ms after the signal), and only then is its record read. */
  kill(): void {
    if (this.#ended) return;
    this.#killed = true;
    this.#child.kill("SIGKILL");
  }

  #receive(frames: ToParent[]): void {
    for (const frame of frames) {
      if (frame.t === "fault") this.#fault = faultOf(frame);
      else if (!this.#ended) this.#hear(frame);
    }
  }

  #hear(frame: ToParent): void {
    let opened: ToParent;
    try {
      opened = this.#spools ? this.#spools.arrays.unpack(frame) : frame;
    } catch (error) {
      // Its end of the files is not what it was: somebody in it has closed or changed them.
      this.#fault ??= { kind: "uncaught", error: toError(error), at: undefined };
      this.#child.kill("SIGKILL");
      return;
    }
    this.onFrame(opened);
  }

  #exited(code: number | null, signal: string | null): void {
    if (this.#ended) return;
    readSync(this.#controlFile, this.#record, 0, this.#record.length, 0);
    this.#ended = true;
    closeSync(this.#controlFile);
    this.#spools?.close();
    this.#pipe?.destroy();
    rmSync(this.#controlPath, { force: true });
    this.onEnd(this.#killed ? { kind: "killed" } : (this.#fault ?? { kind: "exit", code, signal }));
  }
}
