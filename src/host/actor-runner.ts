import { type ActorContext, construct } from "../actor/actor-context.js";
import type { Call as ExecutingCall } from "../actor/call.js";
import { ignore } from "../actor/ignore.js";
import type { Lifecycle } from "../actor/lifecycle.js";
import type { Notice } from "../actor/notice.js";
import type { MakeTensor } from "../actor/tensor-lease.js";
import type { Timer } from "../clock.js";
import { HoldfastError } from "../errors.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToHost } from "../transport/frames.js";
import { type ResolveRef, unpack } from "../transport/values.js";
import { ActorIncarnation, OVER, RUNNING, STARTING, STOPPING } from "./actor-incarnation.js";
import { ActorWork } from "./actor-work.js";
import type { DirectLine } from "./direct-line.js";
import { KIND, type Kind } from "./flight-ring.js";
import { LifeTimers } from "./life-timers.js";
import { noCall } from "./no-call.js";
import { overNow } from "./over-now.js";
import { persist } from "./persist.js";
import { EventRoom } from "./persisted.js";
import { Rebuilding } from "./rebuilding.js";
import { restore } from "./restore.js";
import { runNative } from "./run-native.js";
import type { Props, Surroundings } from "./surroundings.js";
import { hookOf } from "./threw-in.js";
import type { Worker } from "./worker.js";

type Start = Extract<ToHost, { t: "start" }>;
type Call = Extract<ToHost, { t: "call" }>;

/**
 * Runs one incarnation of one actor, and is its context. A throw ends the incarnation: it is fenced, and the parent
 * decides. What an idle actor does not need (work, timers, a signal) is made on first use.
 *
 * There may be a million of it: its private methods are TypeScript's, since JavaScript's own cost each a word.
 */
export class ActorRunner extends ActorIncarnation implements ActorContext, Worker {
  /** As the actor sees them: refs in them are this incarnation's own. */
  readonly props: unknown;
  actor: (Lifecycle & Record<string, unknown>) | undefined = undefined;

  constructor(start: Start, { packed, plain }: Props, around: Surroundings) {
    super(start, around);
    this.props = packed.special ? unpack(packed, this.refs) : plain;
    const { slot, incarnation } = this;
    for (let entry = slot; entry < slot + around.facts.concurrency; entry++) around.control.clear(entry, incarnation);
  }

  get busy(): boolean {
    return this.rare?.work?.busy ?? false;
  }

  private get work(): ActorWork {
    const { unusual } = this;
    unusual.work ??= new ActorWork(this);
    return unusual.work;
  }

  /** What it asks through refs ends with this incarnation. */
  get refs(): ResolveRef {
    return (path) => this.around.target(path, this);
  }

  after(ms: number, callback: () => unknown): Timer {
    const more = this.unusual;
    const fires = () => {
      this.around.working();
      this.event(KIND.timer);
    };
    more.timers ??= new LifeTimers(this.around.clock, (error) => this.crash(0, error), fires);
    if (this.phase === OVER) more.timers.end();
    return more.timers.after(ms, callback);
  }

  wallTime(): number {
    return this.around.clock.wallTime();
  }

  get tensor(): MakeTensor | undefined {
    return this.around.tensor;
  }

  /** Of the message that runs; with concurrency above 1 nobody can say which is meant, then the incarnation's. */
  signal(): AbortSignal {
    const own = this.rare?.work?.signal();
    if (own) return own;
    const more = this.unusual;
    more.life ??= new AbortController();
    if (this.phase === OVER) more.life.abort(overNow());
    return more.life.signal;
  }

  /** Of the message that runs; with concurrency above 1 only that the incarnation is over. */
  cancelled(): boolean {
    return this.phase === OVER || (this.rare?.work?.cancelled() ?? false);
  }

  /** @throws HoldfastError Unavailable where nobody can say which message is meant */
  executing(): ExecutingCall {
    const call = this.rare?.work?.executing();
    if (call) return call;
    throw noCall(this.path, this.around.facts.concurrency);
  }

  note(text: string): void {
    // What an incarnation says after its end would stand in the record of its successor.
    if (this.phase !== OVER) this.around.control.note(this.around.clock.now(), this.id, this.incarnation, text);
  }

  native<T>(run: () => T): T {
    return runNative(this.around.control, run);
  }

  stopSelf(): void {
    if (this.phase === STARTING) {
      throw new HoldfastError("StartFailed", "stopSelf() in start(): return ignore instead, nothing runs yet");
    }
    if (this.phase !== RUNNING) return;
    this.around.send({ t: "leaving", actor: this.id, incarnation: this.incarnation });
    this.stop();
  }

  spawn(name: string | undefined, spec: unknown): Promise<unknown> {
    return this.around.spawn(name, spec, this);
  }

  watch(path: string, key: string | undefined): Promise<Notice> {
    if (this.phase === OVER) return new Promise(() => {});
    return this.around.watch(path, key, this);
  }

  /** Without restore() and start() it is up when this returns: nothing is awaited that is not there. */
  start(start: Start): void {
    const { rebuild } = start;
    let restored: void | Promise<void>;
    try {
      const actor = construct(this.around.actorClass, this) as Lifecycle & Record<string, unknown>;
      this.actor = actor;
      restored = restore(actor, start, this.around, this.refs);
    } catch (error) {
      this.failed(error, true);
      return;
    }
    if (rebuild)
      this.unusual.room = new EventRoom(this.around.facts.saves === true, rebuild.roomEvents, rebuild.roomBytes);
    if (rebuild?.events) this.unusual.rebuilding = new Rebuilding(restored, this.actor, this.around, this.refs, this);
    else if (restored === undefined) this.done();
    else
      Promise.resolve(restored).then(
        () => this.done(),
        (error) => this.failed(error, true),
      );
  }

  /** Some of what has happened before. */
  events(frame: Extract<ToHost, { t: "events" }>): void {
    this.rare?.rebuilding?.take(frame);
  }

  replayed(): void {
    if (this.phase !== STARTING) return;
    this.around.send({ t: "replayed", actor: this.id, incarnation: this.incarnation });
  }

  /** Its state is as it was. */
  done(): void {
    if (this.rare) this.rare.rebuilding = undefined;
    if (this.phase !== STARTING) {
      this.late(this);
      return;
    }
    try {
      const started = this.actor!.start?.();
      if (started === undefined) this.started();
      else
        Promise.resolve(started)
          .then((answer) => this.started(answer))
          .catch((error) => this.failed(error));
    } catch (error) {
      this.failed(error);
    }
  }

  /** @throws HoldfastError Unavailable, InvalidValue, Refused: see Actor.persist */
  persist(event: unknown): void {
    if (this.phase === OVER) throw overNow();
    persist(this, this.rare?.work?.current, event);
  }

  call(call: Call): void {
    if (this.phase === OVER || this.phase === STOPPING) return;
    this.work.call(call);
  }

  line(): DirectLine | undefined {
    return this.work.line();
  }

  cancel(seq: number): void {
    this.rare?.work?.cancel(seq);
  }

  more(seq: number, count: number): void {
    this.rare?.work?.more(seq, count);
  }

  /** Finishes what executes, starts nothing more, then stop(). What was not started stays with the parent. */
  stop(): void {
    // Its own wish and its supervisor's may cross: stop() is called once, and answered once.
    if (this.phase === OVER || this.phase === STOPPING) return;
    this.phase = STOPPING;
    this.rare?.work?.dropQueue();
    if (!this.rare?.work?.busy) this.idle();
  }

  /**
   * Ends the incarnation: aborts its signals, clears its timers; whatever it still does is heard by nobody.
   * @param threw the message whose handler ended it
   */
  fence(threw = 0): void {
    if (this.phase === STARTING) this.leave(this, "start");
    this.phase = OVER;
    this.rare?.timers?.end();
    if (this.rare?.work || this.rare?.life) {
      const over = overNow();
      for (const [token, method] of this.rare?.work?.abandon(over, threw) ?? []) this.leave(token, method);
      this.rare?.life?.abort(over);
    }
    this.around.over(this);
  }

  private event(kind: Kind, at = this.around.clock.now(), seq = 0): void {
    this.around.control.event(kind, 0, at, this.id, this.incarnation, seq);
    this.around.control.rest();
  }

  crash(seq: number, error: unknown): void {
    if (this.phase === OVER) return;
    const [{ id: actor, incarnation }, at] = [this, this.around.clock.now()];
    this.event(KIND.actorCrashed, at, seq);
    this.fence(seq);
    const left = [...(this.rare?.left?.values() ?? [])];
    const origin = seq === 0 ? this.around.whoseError?.() : undefined;
    const from = origin?.of === this ? origin.seq : undefined;
    this.around.send({ t: "crashed", actor, incarnation, seq, error: encodeError(error), at, left, from });
  }

  idle(): void {
    if (this.phase === STOPPING) void this.finish();
  }

  protected started(answer?: unknown): void {
    if (this.phase !== STARTING) {
      this.late(this);
      return;
    }
    if (answer === ignore) {
      this.phase = OVER;
      this.fence();
      this.around.send({ t: "ignored", actor: this.id, incarnation: this.incarnation });
      return;
    }
    this.phase = RUNNING;
    this.event(KIND.actorStarted);
    // Asked of the actor itself: its stop() may be a field.
    const plain = this.actor?.stop === undefined;
    this.around.send({ t: "started", actor: this.id, incarnation: this.incarnation, plain });
    this.rare?.work?.next();
  }

  /** @param restoring in building its state again */
  failed(error: unknown, restoring = this.rare?.rebuilding !== undefined): void {
    if (this.phase === OVER) {
      this.late(this);
      return;
    }
    this.phase = OVER;
    this.event(KIND.actorCrashed);
    this.fence();
    const why = { error: encodeError(error), restoring, hook: hookOf(error) };
    this.around.send({ t: "start-failed", actor: this.id, incarnation: this.incarnation, ...why });
  }

  private async finish(): Promise<void> {
    try {
      await this.actor?.stop?.();
    } catch (error) {
      process.emitWarning(`stop() of ${this.path} threw: ${encodeError(error).message}`, { code: "HOLDFAST_STOP" });
    }
    if (this.phase === OVER) return;
    this.event(KIND.actorStopped);
    this.fence();
    this.around.send({ t: "stopped", actor: this.id, incarnation: this.incarnation });
  }
}
