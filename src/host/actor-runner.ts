import { type ActorContext, construct, type Lifecycle } from "../actor/actor.js";
import { HoldfastError } from "../errors.js";
import { encodeError } from "../transport/error-codec.js";
import type { Packed, ToHost, ToParent } from "../transport/frames.js";
import { pack, unpack } from "../transport/values.js";
import { LifeTimers } from "./life-timers.js";
import { isAsyncIterable, notDeclared, OutputStream } from "./output-stream.js";
import type { Surroundings } from "./surroundings.js";

type Start = Extract<ToHost, { t: "start" }>;
type Call = Extract<ToHost, { t: "call" }>;

interface Running {
  readonly call: Call;
  readonly entry: number;
  abort: AbortController | undefined;
  cancelled: boolean;
  stream: OutputStream | undefined;
}

interface Waiting {
  readonly call: Call;
  /** Monotonic ms. */
  readonly expires: number;
}

/**
 * Runs one incarnation of one actor: one message after the other (or up to `concurrency`), each begun and ended in the
 * control block, each settled with one `done` frame. A throw ends the incarnation: it is fenced, and the parent decides.
 */
export class ActorRunner {
  readonly id: number;
  readonly incarnation: number;
  readonly #around: Surroundings;
  readonly #start: Start;
  #actor: (Lifecycle & Record<string, unknown>) | undefined;
  readonly #queue: Waiting[] = [];
  readonly #running = new Map<number, Running>();
  readonly #freeEntries: number[];
  readonly #timers: LifeTimers;
  readonly #life = new AbortController();
  #latest: Running | undefined;
  #phase: "starting" | "running" | "stopping" | "over" = "starting";

  constructor(start: Start, around: Surroundings) {
    this.id = start.actor;
    this.incarnation = start.incarnation;
    this.#start = start;
    this.#around = around;
    this.#timers = new LifeTimers(around.clock, (error) => this.#crash(0, error));
    this.#freeEntries = Array.from({ length: around.facts.concurrency }, (_, i) => start.slot + i).reverse();
    for (const entry of this.#freeEntries) around.control.clear(entry);
  }

  async start(): Promise<void> {
    const { actor: id, incarnation, state } = this.#start;
    try {
      const actor = construct(this.#around.actorClass, this.#context()) as Lifecycle & Record<string, unknown>;
      this.#actor = actor;
      if (state && actor.restore) await actor.restore(unpack(this.#own(state), this.#around.resolveRef) as never);
      await actor.start?.();
      if (this.#phase !== "starting") return;
      this.#phase = "running";
      this.#around.send({ t: "started", actor: id, incarnation });
      this.#next();
    } catch (error) {
      if (this.#phase === "over") return;
      this.fence();
      this.#around.send({ t: "start-failed", actor: id, incarnation, error: encodeError(error) });
    }
  }

  call(call: Call): void {
    if (this.#phase === "over" || this.#phase === "stopping") return;
    this.#queue.push({ call, expires: this.#around.clock.now() + call.left });
    this.#next();
  }

  cancel(seq: number): void {
    const running = this.#running.get(seq);
    if (running) {
      running.cancelled = true;
      running.abort?.abort(new HoldfastError("Cancelled", "the caller gave up"));
      running.stream?.close();
      return;
    }
    const index = this.#queue.findIndex((waiting) => waiting.call.seq === seq);
    if (index >= 0) this.#skip(this.#queue.splice(index, 1)[0]!.call, "the caller gave up");
  }

  more(seq: number, count: number): void {
    this.#running.get(seq)?.stream?.grant(count);
  }

  /** Finishes what executes, starts nothing more, then stop(). What was not started stays with the parent. */
  stop(): void {
    if (this.#phase === "over") return;
    this.#phase = "stopping";
    this.#queue.length = 0;
    if (this.#running.size === 0) void this.#finish();
  }

  /** Ends the incarnation: aborts its signals, clears its timers; whatever it still does is heard by nobody. */
  fence(): void {
    this.#phase = "over";
    this.#queue.length = 0;
    this.#timers.end();
    const over = new HoldfastError("ActorStopped", "this incarnation of the actor is over");
    for (const running of this.#running.values()) {
      running.abort?.abort(over);
      running.stream?.close();
    }
    // Their entries stay as they are: they are the record of what was executing.
    this.#running.clear();
    this.#life.abort(over);
    this.#around.over(this);
  }

  #next(): void {
    while (this.#phase === "running" && this.#freeEntries.length > 0) {
      const waiting = this.#queue.shift();
      if (!waiting) return;
      // The next handler may never return: an answer that is still here would die with it, and its caller with a lie.
      this.#around.flush();
      if (waiting.expires <= this.#around.clock.now()) this.#skip(waiting.call, "its deadline had passed");
      else this.#run(waiting.call);
    }
  }

  #run(call: Call): void {
    const entry = this.#freeEntries.pop()!;
    const running: Running = {
      call,
      entry,
      abort: undefined,
      cancelled: false,
      stream: undefined,
    };
    this.#running.set(call.seq, running);
    this.#latest = running;
    const method = this.#actor![call.method] as (...args: unknown[]) => unknown;
    if (!this.#around.control.begin(entry, call.seq, this.#around.clock.now())) {
      this.fence();
      return;
    }
    let args: unknown[];
    let result: unknown;
    try {
      args = unpack(call.again ? this.#own(call.args) : call.args, this.#around.resolveRef) as unknown[];
    } catch (error) {
      this.#fail(running, error);
      return;
    }
    try {
      result = method.apply(this.#actor, args);
    } catch (error) {
      this.#threw(running, error);
      return;
    }
    if (isAsyncIterable(result) && !this.#around.facts.methods[call.method]?.stream) {
      this.#fail(running, notDeclared(call.method));
      return;
    }
    if (isAsyncIterable(result)) result = this.#stream(running, result);
    if (result instanceof Promise || typeof (result as PromiseLike<unknown>)?.then === "function") {
      (result as PromiseLike<unknown>).then(
        (value) => this.#returned(running, value),
        (error) => this.#threw(running, error),
      );
    } else {
      this.#returned(running, result);
    }
  }

  #stream(running: Running, source: AsyncIterable<unknown>): Promise<number> {
    const { actor, incarnation, seq } = running.call;
    running.stream = new OutputStream((value) =>
      this.#around.send({ t: "part", actor, incarnation, seq, value: pack(value, "a streamed value") }),
    );
    return running.stream.run(source);
  }

  #returned(running: Running, value: unknown): void {
    if (!this.#settled(running)) return;
    try {
      const packed = pack(value, "the result");
      this.#done(running, { ok: true, value: { value: packed.value, special: packed.special } });
    } catch (error) {
      this.#done(running, { ok: false, error: encodeError(error) });
    }
  }

  #threw(running: Running, error: unknown): void {
    const reply =
      this.#around.replyOnThrow ||
      running.cancelled ||
      running.stream?.isUnsendable(error) ||
      (error instanceof HoldfastError && error.code === "Refused");
    if (reply) {
      this.#fail(running, error);
    } else if (this.#running.has(running.call.seq)) {
      this.#crash(running.call.seq, error);
    }
  }

  #fail(running: Running, error: unknown): void {
    if (this.#settled(running)) this.#done(running, { ok: false, error: encodeError(error) });
  }

  /** Takes a message off the running table; false when this incarnation is over. */
  #settled(running: Running): boolean {
    if (!this.#running.delete(running.call.seq)) return false;
    this.#freeEntries.push(running.entry);
    if (this.#latest === running) this.#latest = undefined;
    return true;
  }

  /**
   * The outcome and the snapshot leave in one frame, and only then is the entry cleared: a death in between finds the
   * message executing or its frame sent, never neither.
   */
  #done(running: Running, outcome: Extract<ToParent, { t: "done" }>["outcome"]): void {
    const { actor, incarnation, seq, snapshot } = running.call;
    let state: Extract<ToParent, { t: "done" }>["state"];
    if (snapshot && this.#running.size === 0) {
      try {
        const packed = pack(this.#actor!.snapshot!(), "the snapshot");
        state = this.#own({ value: packed.value, special: packed.special });
      } catch (error) {
        this.#crash(seq, error);
        return;
      }
    }
    this.#around.send({ t: "done", actor, incarnation, seq, ran: true, outcome, state });
    this.#around.control.end(running.entry);
    if (this.#phase === "stopping" && this.#running.size === 0) void this.#finish();
    else this.#next();
  }

  #skip(call: Call, why: string): void {
    const { actor, incarnation, seq } = call;
    const error = encodeError(
      new HoldfastError("Cancelled", `${call.method} was not started: ${why}`, { retryable: true }),
    );
    const outcome = { ok: false, error } as const;
    this.#around.send({ t: "done", actor, incarnation, seq, ran: false, outcome, state: undefined });
  }

  #crash(seq: number, error: unknown): void {
    if (this.#phase === "over") return;
    const { id: actor, incarnation } = this;
    this.fence();
    this.#around.send({
      t: "crashed",
      actor,
      incarnation,
      seq,
      error: encodeError(error),
      at: this.#around.clock.now(),
    });
  }

  async #finish(): Promise<void> {
    try {
      await this.#actor?.stop?.();
    } catch (error) {
      process.emitWarning(`stop() of ${this.#start.path} threw: ${String(error)}`, { code: "HOLDFAST_STOP" });
    }
    if (this.#phase === "over") return;
    this.fence();
    this.#around.send({ t: "stopped", actor: this.id, incarnation: this.incarnation });
  }

  #context(): ActorContext {
    const { path, key, incarnation } = this.#start;
    return {
      props: this.#around.props,
      shared: this.#around.shared,
      self: { path, key, incarnation },
      after: (ms, callback) => this.#timers.after(ms, callback),
      signal: () => this.#signal(),
    };
  }

  /** With concurrency above 1 nobody can say whose signal is meant: then it is the incarnation's. */
  #signal(): AbortSignal {
    const running = this.#around.facts.concurrency === 1 ? this.#latest : undefined;
    if (!running) return this.#life.signal;
    if (!running.abort) {
      running.abort = new AbortController();
      if (running.cancelled) running.abort.abort(new HoldfastError("Cancelled", "the caller gave up"));
    }
    return running.abort.signal;
  }

  /** Both sides keep it: where they share memory, a handler must not change the other's. */
  #own(packed: Packed): Packed {
    return this.#around.sharesMemory ? { value: structuredClone(packed.value), special: packed.special } : packed;
  }
}
