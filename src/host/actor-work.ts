import type { Call as Handle } from "../actor/call.js";
import type { HoldfastError } from "../errors.js";
import { encodeError } from "../transport/error-codec.js";
import { GIVEN_UP, type ToHost, type ToParent } from "../transport/frames.js";
import { unpack } from "../transport/values.js";
import { callMethod } from "./call-method.js";
import type { DirectLine } from "./direct-line.js";
import { DirectWork } from "./direct-work.js";
import { doneFrame } from "./done-frame.js";
import { KIND, type Kind } from "./flight-ring.js";
import { isAnswer } from "./is-answer.js";
import { keepState } from "./keep-state.js";
import { LatestMethod } from "./latest-method.js";
import { watchLent } from "./lent-watch.js";
import { notBegun } from "./not-begun.js";
import { isPulled, notDeclared } from "./output-stream.js";
import { argumentsFor, dropped, given } from "./own-copy.js";
import { follow, isPromise } from "./promises.js";
import { runStream } from "./run-stream.js";
import { Running } from "./running.js";
import { RunningTable } from "./running-table.js";
import type { Surroundings } from "./surroundings.js";
import type { Worker } from "./worker.js";

type Call = Extract<ToHost, { t: "call" }>;

/** Runs up to this are short: what comes after one is likely to be short too. */
const SHORT_MS = 0.1;

/**
 * The messages of one incarnation: what waits and what runs, one after the other or up to `concurrency`, each begun and
 * ended in the control block, each settled with one `done` frame. Made with the first message: an actor that is not
 * spoken to has none, and a program may hold a hundred thousand of them.
 */
export class ActorWork {
  readonly #of: Worker;
  readonly #around: Surroundings;
  #queue: Call[] = [];
  readonly #running = new RunningTable();
  readonly #freeEntries: number[];
  /** One message at a time: what runs is known, whoever asks. */
  readonly #alone: boolean;
  /** What runs; with others beside it only while its handler is entered. */
  #latest: Running | undefined;
  /** The run that ended last took no time worth mention. */
  #short = false;
  readonly #method: LatestMethod;
  #direct: DirectWork | undefined;

  constructor(of: Worker) {
    this.#of = of;
    this.#around = of.around;
    this.#method = new LatestMethod(of.around);
    const { concurrency } = of.around.facts;
    this.#alone = concurrency === 1;
    this.#freeEntries = Array.from({ length: concurrency }, (_, i) => of.slot + concurrency - 1 - i);
  }

  get busy(): boolean {
    return this.#running.size > 0 || this.#direct?.busy === true;
  }

  /** The way to it for a parent in the same thread. */
  line(): DirectLine | undefined {
    const { own } = this.#around;
    if (own) this.#direct ??= new DirectWork(this.#of, this, own);
    return this.#direct;
  }

  /** What runs is known from here on. */
  enter(call: Call): Running {
    const entry = this.#freeEntries.pop()!;
    const running = new Running(call, entry);
    this.#running.add(running);
    this.#latest = running;
    return running;
  }

  /** One that comes while the actor starts waits for its start. */
  call(call: Call): void {
    const now = this.#around.stamp.at || this.#around.clock.now();
    if (this.#of.open && this.#freeEntries.length > 0 && this.#queue.length === 0 && call.expires > now) {
      this.#around.flush(this.#short);
      this.#run(call, now, KIND.taken);
      return;
    }
    this.#queue.push(call);
    this.#event(KIND.accepted, call, now);
    this.next(now);
  }

  cancel(seq: number): void {
    const running = this.#running.get(seq);
    if (running) {
      running.cancel();
      return;
    }
    const index = this.#queue.findIndex((waiting) => waiting.seq === seq);
    if (index >= 0) this.#skip({ ...this.#queue.splice(index, 1)[0]!, expires: GIVEN_UP });
  }

  more(seq: number, count: number): void {
    this.#running.get(seq)?.stream?.grant(count);
  }

  /** What was not started stays with the parent. */
  dropQueue(): void {
    this.#queue = [];
  }

  /**
   * The incarnation is over. Entries stay as they are: they are the record of what was executing.
   * @param threw the message whose handler ended it, 0 for none
   * @returns what still runs, by a token that comes again as `late`
   */
  abandon(over: HoldfastError, threw: number): Map<object, string> {
    const left = new Map<object, string>();
    this.#queue = [];
    this.#direct?.enter();
    for (const running of this.#running.clear()) {
      if (running.call.seq !== threw) left.set(running, running.call.method);
      running.abandon(over);
    }
    return left;
  }

  /** The caller of the one message that runs gave up; asked by loops that no frame reaches. */
  cancelled(): boolean {
    this.#direct?.enter();
    return this.#alone && (this.#latest?.gaveUp(this.#of) ?? false);
  }

  /** The signal of the one message that runs, or undefined when nobody could say which is meant. */
  signal(): AbortSignal | undefined {
    this.#direct?.enter();
    return this.#alone ? this.#latest?.signal : undefined;
  }

  /** The message that runs, for its handler; undefined when nobody could say which is meant. */
  executing(): Handle | undefined {
    return this.current?.handle(this.#of);
  }

  /** The message that runs, for what belongs to it. */
  get current(): Running | undefined {
    this.#direct?.enter();
    return this.#latest;
  }

  /** @param now a stamp at hand, monotonic ms */
  next(at?: number): void {
    let now = at ?? this.#around.clock.now();
    while (this.#of.open && this.#freeEntries.length > 0) {
      const waiting = this.#queue.shift();
      if (!waiting) break;
      // The next handler may never return: nobody shall wait for it who waits for an answer that is there.
      this.#around.flush(this.#short);
      if (waiting.expires <= now) this.#skip(waiting);
      else {
        this.#run(waiting, now, KIND.started);
        if (this.#queue.length === 0) break;
        now = this.#around.clock.now();
      }
    }
    this.#around.control.rest();
  }

  #event(kind: Kind, { actor, incarnation, seq, method }: Call, at: number): void {
    this.#around.control.event(kind, this.#method.of(method).number, at, actor, incarnation, seq);
  }

  #run(call: Call, now: number, kind: Kind): void {
    const running = this.enter(call);
    running.since = now;
    this.#around.stamp.at = 0;
    this.#event(kind, call, now);
    if (!this.#around.control.begin(running.entry, call.seq, now)) {
      this.#of.fence();
      return;
    }
    let args: unknown[];
    let result: unknown;
    try {
      if (call.args.special === true) running.lent = watchLent(call.args.value, this.#around, call.method);
      const plain = call.args.special === false && !this.#around.sharesMemory;
      args = (plain ? call.args.value : unpack(argumentsFor(this.#around, call), this.#of.refs)) as unknown[];
    } catch (error) {
      this.fail(running, error);
      return;
    }
    try {
      result = callMethod(this.#of, call, args);
    } catch (error) {
      this.threw(running, error);
      return;
    }
    this.settle(running, result);
    if (!this.#alone) this.#latest = undefined;
  }

  /** @param outcome what the handler returned, which may be a promise or a stream of it */
  settle(running: Running, outcome: unknown): void {
    const { call } = running;
    let result = outcome;
    const streams = this.#method.of(call.method).facts?.stream;
    // The answer of another actor is both: what was asked for is one value, unless a stream is declared.
    if (isPulled(result) && streams) result = runStream(running, result, this.#around);
    else if (isPulled(result) && !isPromise(result)) {
      this.fail(running, notDeclared(call.method));
      return;
    }
    if (!isPromise(result)) this.#returned(running, result);
    else {
      const threw = (error: unknown) => this.threw(running, error);
      follow(result, (value) => this.#returned(running, value), threw);
    }
  }

  #returned(running: Running, value: unknown): void {
    if (!this.#settled(running) || !this.#kept(running)) {
      dropped(value);
      return;
    }
    const { actor, incarnation, seq } = running.call;
    if (running.plain && this.#around.answer?.(actor, incarnation, seq, value)) {
      this.#ended(running, true);
      return;
    }
    try {
      this.#done(running, { ok: true, value: given(value, "the result") });
    } catch (error) {
      this.#done(running, { ok: false, error: encodeError(error) });
    }
  }

  threw(running: Running, error: unknown): void {
    if (isAnswer(running, error, this.#around)) this.fail(running, error);
    else if (this.#running.get(running.call.seq)) this.#of.crash(running.call.seq, error);
    else this.#of.late(running);
  }

  fail(running: Running, error: unknown): void {
    if (this.#settled(running) && this.#kept(running)) this.#done(running, { ok: false, error: encodeError(error) });
  }

  /** Takes a message off the running table; false when this incarnation is over. */
  #settled(running: Running): boolean {
    if (!this.#running.delete(running.call.seq)) {
      this.#of.late(running);
      return false;
    }
    running.settled = true;
    running.lent?.();
    this.#freeEntries.push(running.entry);
    if (this.#latest === running) this.#latest = undefined;
    return true;
  }

  /** Takes its state, before tensors are given away: where that throws, nobody gets any. @returns false: it crashed */
  #kept(running: Running): boolean {
    if (running.persisted === undefined && (!running.call.snapshot || this.#running.size > 0)) return true;
    try {
      keepState(running, this.#of);
      return true;
    } catch (error) {
      this.#of.crash(running.call.seq, error);
      return false;
    }
  }

  /**
   * The outcome, its events and the snapshot leave in one frame, and only then is the entry cleared: a death in between
   * finds the message executing or its frame sent, never neither.
   */
  #done(running: Running, outcome: Extract<ToParent, { t: "done" }>["outcome"]): void {
    this.#around.send(doneFrame(running, outcome, this.#around.clock));
    this.#ended(running, outcome.ok);
  }

  #ended(running: Running, ok: boolean): void {
    const now = this.#around.clock.now();
    this.#short = now - running.since < SHORT_MS;
    this.#around.stamp.at = now;
    this.#event(ok ? (running.stream ? KIND.streamed : KIND.ok) : KIND.failed, running.call, now);
    this.#around.control.end(running.entry);
    if (this.#of.open) this.next(now);
    else {
      this.#around.control.rest();
      if (this.#running.size === 0) this.#of.idle();
    }
  }

  #skip(call: Call): void {
    this.#event(KIND.failed, call, this.#around.clock.now());
    this.#around.send(notBegun(call));
  }
}
