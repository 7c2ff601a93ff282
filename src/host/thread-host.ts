import { fileURLToPath } from "node:url";
import { MessageChannel, type MessagePort, receiveMessageOnPort, setEnvironmentData } from "node:worker_threads";
import type { Piscina } from "piscina";
import { realClock } from "../clock.js";
import { toError } from "../errors.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import { HostArrays } from "../transport/host-arrays.js";
import type { Link, LinkEnds } from "../transport/link.js";
import { PortLink } from "../transport/port-link.js";
import { RingLink } from "../transport/ring-link.js";
import type { Slab } from "../transport/slab.js";
import { answerForUnsent } from "../transport/unsendable.js";
import { controlBytes } from "./control-block.js";
import { type ControlReader, readControl } from "./control-reader.js";
import { faultOf } from "./fault.js";
import type { Host, HostEnd, HostOptions, HostProvider } from "./host.js";
import { openRings, ownLoop } from "./open-rings.js";
import { SOON } from "./soon.js";

/** Far above what a system may hold, because a run() issued between a thread's port closing and its exit must not queue. */
const MAX_PISCINA_THREADS = 1024;

/** After its port closed, how long a thread may take to say why, before the reason is given up on. */
const REASON_WITHIN_MS = 1000;

/**
 * Worker threads from Piscina: one cell is one long task with its own port. Piscina starts, holds and ends threads;
 * it never sees a message. One pool for each heap limit, because limits belong to a pool there.
 */
export class ThreadProvider implements HostProvider {
  readonly isolation = "thread";
  readonly #open = new Set<ThreadHost>();
  readonly #pools = new Map<number | undefined, Promise<Piscina>>();
  readonly #slab: Slab;

  /** @param slab where large arrays for threads go through */
  constructor(slab: Slab) {
    this.#slab = slab;
  }

  open(options: HostOptions): Host {
    let pool = this.#pools.get(options.heapMb);
    if (!pool) {
      pool = openPool(options.heapMb);
      this.#pools.set(options.heapMb, pool);
    }
    const host = new ThreadHost(pool, options, new HostArrays(this.#slab, realClock), this.#slab.bytes);
    this.#open.add(host);
    void host.gone.then(() => this.#open.delete(host));
    return host;
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    // Destroying a pool settles its tasks at once: a thread in native code would count as gone while it is still there.
    for (const host of this.#open) host.kill();
    await Promise.all([...this.#open].map((host) => host.gone));
    await Promise.all(pools.map(async (pool) => (await pool).destroy()));
  }
}

async function openPool(heapMb: number | undefined): Promise<Piscina> {
  const { Piscina } = await import("piscina");
  const pool = new Piscina({
    filename: fileURLToPath(new URL("./thread-entry.js", import.meta.url)),
    name: "runCell",
    minThreads: 0,
    maxThreads: MAX_PISCINA_THREADS,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    // The default parks an idle thread in Atomics.wait, which freezes its event loop.
    atomics: "disabled",
    recordTiming: false,
    ...(heapMb === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMb } }),
  });
  // A thread's error also rejects its run(), where it is handled; without a listener this event would end the program.
  pool.on("error", () => {});
  return pool;
}

class ThreadHost implements Host {
  readonly isolation = "thread";
  readonly control: ControlReader;
  readonly gone: Promise<void>;
  name = "thread …";
  onFrame: (frame: ToParent) => void = () => {};
  onAnswer: NonNullable<Host["onAnswer"]> = (actor, incarnation, seq, value) => {
    const outcome = { ok: true, value: { value, special: false } } as const;
    this.onFrame({ t: "done", actor, incarnation, seq, ran: true, outcome, state: undefined });
  };
  onEnd: (end: HostEnd) => void = () => {};
  readonly #port: MessagePort;
  readonly #link: Link<ToHost>;
  readonly #arrays: HostArrays;
  readonly #pool: Promise<Piscina>;
  #thread = 0;
  #ended = false;
  #condemned = false;

  constructor(pool: Promise<Piscina>, options: HostOptions, arrays: HostArrays, sharedBytes: number) {
    const { port1, port2 } = new MessageChannel();
    const control = new SharedArrayBuffer(controlBytes(options.entries));
    this.#pool = pool;
    this.#port = port1;
    this.#arrays = arrays;
    this.control = readControl(control);
    const ends: LinkEnds<ToHost, ToParent> = {
      port: { post: (message) => port1.postMessage(message), take: () => receiveMessageOnPort(port1) },
      open: (frame) => (this.#ended ? frame : arrays.unpack(frame)),
      onFrame: (frame) => this.#receive(frame),
      onAnswer: (actor, incarnation, seq, result) => {
        if (this.#ended) return;
        arrays.answered(actor, incarnation, seq);
        this.onAnswer(actor, incarnation, seq, result);
      },
      unsent: (frame, error) => {
        arrays.unsend(frame);
        const answer = answerForUnsent(frame, error);
        if (answer && !this.#ended) this.onFrame(answer);
      },
    };
    // Fresh with each host: what was half said in a thread that died is never read by another.
    const rings = openRings();
    this.#link = rings ? new RingLink("parent", rings, ownLoop, ends) : new PortLink(ends);
    port1.on("message", (message) => this.#link.heard(message));
    const run = pool.then((piscina) => {
      // run() makes the thread, and a thread gets this data as it is at that moment.
      setEnvironmentData(SOON, options.soon);
      const task = piscina.run({ port: port2, control, rings, sharedBytes }, { transferList: [port2] });
      setEnvironmentData(SOON, undefined);
      return task;
    });
    this.gone = run
      .catch((error: unknown) => this.#ranOut(error))
      // A thread that was ended before its hello leaves this end open, and an open port keeps the program alive.
      .finally(() => {
        port1.close();
        arrays.gone();
      });
    port1.on("close", () => {
      // run() rejects with the reason a few ms after; the end must not hang on it.
      setTimeout(() => this.#end({ kind: "exit", code: null, signal: null }), REASON_WITHIN_MS).unref();
    });
  }

  send(frame: ToHost): void {
    if (!this.#ended) this.#link.send(this.#arrays.pack(frame));
  }

  hear(): void {
    if (!this.#ended) this.#link.hear();
  }

  kill(): void {
    if (this.#ended) return;
    this.#end({ kind: "killed" });
    this.#terminate();
  }

  #receive(frame: ToParent): void {
    if (frame.t === "hello") {
      this.name = frame.name;
      this.#thread = frame.thread;
      if (this.#condemned) this.#terminate();
    }
    if (this.#ended) return;
    if (frame.t === "fault") this.#end(faultOf(frame));
    else this.onFrame(frame);
  }

  /** Condemn, hear what was already said, then be over: nothing that arrives later counts. */
  #end(end: HostEnd): void {
    if (this.#ended) return;
    this.control.condemn();
    this.#link.last();
    if (this.#ended) return;
    this.#ended = true;
    // Before hello the thread has no number to be found by; its port must stay open to hear it.
    if (this.#thread !== 0) this.#hangUp();
    this.onEnd(end);
  }

  #terminate(): void {
    this.#condemned = true;
    if (this.#thread === 0) return;
    this.#hangUp();
    // It has been condemned, and leaves by itself when its native call returns: see run-native.ts.
    if (this.control.phase() === "native") return;
    const thread = this.#thread;
    void this.#pool.then((pool) => pool.threads.find((worker) => worker.threadId === thread)?.terminate());
  }

  #hangUp(): void {
    this.#link.close();
    this.#port.close();
  }

  #ranOut(thrown: unknown): void {
    const error = toError(thrown);
    if ((error as { code?: unknown }).code === "ERR_WORKER_OUT_OF_MEMORY") this.#end({ kind: "heap", error });
    else if (/exited with code|process\.exit/i.test(error.message)) {
      const code = /code:? (-?\d+)/.exec(error.message)?.[1];
      this.#end({ kind: "exit", code: code === undefined ? null : Number(code), signal: null });
    } else this.#end({ kind: "uncaught", error, at: undefined });
  }
}
