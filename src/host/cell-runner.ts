import type { ActorClass } from "../actor/actor.js";
import type { LogLevel } from "../actor/actor-log.js";
import type { ActorFacts } from "../actor/methods.js";
import type { Target } from "../actor/ref.js";
import type { MakeTensor } from "../actor/tensor-lease.js";
import type { Clock } from "../clock.js";
import { HoldfastError, toError } from "../errors.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import { unpack } from "../transport/values.js";
import { factsOf } from "./actor-facts.js";
import { ActorRunner } from "./actor-runner.js";
import { ActorTable } from "./actor-table.js";
import { cannotLoad } from "./cannot-load.js";
import type { HostMemory } from "./control-reader.js";
import type { ControlWriter } from "./control-writer.js";
import type { DirectLine } from "./direct-line.js";
import { findActorClass } from "./find-class.js";
import { hang } from "./hang.js";
import { Heart } from "./heart.js";
import { type AskingActor, HostAsks } from "./host-asks.js";
import type { HostLog } from "./host-log.js";
import { openHostTracing } from "./host-tracing.js";
import { notInLoad } from "./not-in-load.js";
import type { OwnBlock } from "./own-record.js";
import { spawnSpec } from "./spawn-request.js";
import { StandbyRunner } from "./standby-runner.js";
import type { CallFor, Props, Stamp, Surroundings, WhoseError } from "./surroundings.js";

export interface CellLink {
  readonly control: ControlWriter;
  /** The same, where the parent runs in the same thread. */
  readonly own?: OwnBlock;
  readonly clock: Clock;
  /** The parent runs in the same thread: frames hold its very objects. */
  readonly sharesMemory: boolean;
  /** In a host of its own: errors that nobody catches are told apart by it. */
  readonly callFor?: CallFor;
  readonly whoseError?: WhoseError;
  readonly tensor?: MakeTensor;
  readonly lend?: Surroundings["lend"];
  send(frame: ToParent): void;
  readonly answer?: Surroundings["answer"];
  /** What the host holds, where it is the cell's alone: then it has a beat. */
  memory?(): HostMemory;
  /** Opens the way of its lines to the parent's logger. @param path the cell's, for what no actor writes */
  openLog?(level: LogLevel, path: string): HostLog;
  /** What was sent waits here for the end of the turn. Only where the parent is in the same thread. */
  readonly unsent?: { readonly empty: boolean };
  /** A method is about to begin, and nobody knows for how long: tells of what was sent. @param patient it is likely to be short */
  flush(patient: boolean): void;
  /** Imports a module, or finds a class handed over directly (inline). */
  load(module: string): Promise<unknown>;
  /** Names a class for the parent, where that is the same thread: only there can a class be spawned. */
  register?(actorClass: ActorClass): string;
  /** Everything is shut: the host may end. */
  end(): void;
  /** It was loaded and nobody starts an actor, or what was started stands by: it has the time to make itself ready. */
  idle?(): void;
}

/** Who loads a host in order to use it starts the first actor within a millisecond. */
const IDLE_AFTER_MS = 25;

/**
 * What runs inside every host, whatever its isolation: boots the module once, builds actors on demand, passes their
 * messages. It decides nothing: the parent does.
 */
export class CellRunner {
  readonly #link: CellLink;
  readonly #actors = new ActorTable<ActorRunner>();
  readonly #asks: HostAsks;
  readonly #heart: Heart | undefined;
  readonly #stamp: Stamp = { at: 0 };
  #around: Surroundings | undefined;
  #props: Props | undefined;

  constructor(link: CellLink) {
    this.#link = link;
    if (link.memory) {
      const busy = () => [...this.#actors.values()].some((actor) => actor.busy);
      this.#heart = new Heart(link.clock, link.control, () => link.memory!(), busy);
    }
    this.#asks = new HostAsks((frame) => link.send(frame));
  }

  /** Frames of one turn follow, with nothing in between. */
  turn(): void {
    this.#stamp.at = 0;
  }

  receive(frame: ToHost): void {
    if (frame.t !== "call" || this.#link.sharesMemory) this.#stamp.at = 0;
    switch (frame.t) {
      case "boot":
        void this.#boot(frame);
        return;
      case "start":
        this.#start(frame);
        return;
      case "events":
        this.#events(frame);
        return;
      case "follow":
        this.#follow(frame);
        return;
      case "call":
        this.#heart?.work();
        this.#of(frame)?.call(frame);
        return;
      case "cancel":
        this.#of(frame)?.cancel(frame.seq);
        return;
      case "more":
        this.#of(frame)?.more(frame.seq, frame.count);
        return;
      case "stop":
        this.#of(frame)?.stop();
        return;
      case "fence":
        this.#fence(frame);
        return;
      case "hang":
        hang(frame.forMs);
        return;
      case "answer":
        this.#asks.answer(frame.call, frame.outcome);
        return;
      case "shut":
        void this.#shut();
        return;
      default:
        frame satisfies never;
    }
  }

  #fence({ actor, incarnation }: Extract<ToHost, { t: "fence" }>): void {
    const runner = this.#of({ actor, incarnation });
    runner?.fence();
    this.#link.send({ t: "stopped", actor, incarnation, ...(runner?.lingers ? { left: true } : {}) });
  }

  /**
   * For a parent in the same thread. Not where state goes with outcomes, in frames, and only where one message runs at a
   * time: then it can be over at once.
   */
  line(actor: number, incarnation: number): DirectLine | undefined {
    const { replayable, concurrency } = this.#around!.facts;
    if (replayable || concurrency > 1) return undefined;
    return this.#of({ actor, incarnation })?.line();
  }

  /** One incarnation is over, in this turn. */
  end(actor: number, incarnation: number): { stillRuns: boolean } {
    const runner = this.#of({ actor, incarnation });
    runner?.fence();
    return { stillRuns: runner?.lingers ?? false };
  }

  /** The host dies or is abandoned: nothing in it may be heard any more. */
  fence(): void {
    for (const actor of [...this.#actors.values()]) actor.fence();
  }

  async #boot(frame: Extract<ToHost, { t: "boot" }>): Promise<void> {
    try {
      const actorClass = findActorClass(await this.#load(frame.module), frame.module, frame.exportName);
      const facts: ActorFacts = factsOf(actorClass, frame.path);
      const props = unpack(frame.props, notInLoad);
      const shared = await actorClass.load?.(props as never);
      const replyOnThrow = actorClass.onThrow === "reply";
      const { control, own, clock, sharesMemory, callFor, whoseError, tensor, lend, answer, unsent } = this.#link;
      this.#props = { packed: frame.props, plain: props };
      this.#around = {
        actorClass,
        facts,
        shared,
        replyOnThrow,
        ...{ control, own, clock, sharesMemory, callFor, whoseError, tensor, lend, answer, unsent },
        methodNumbers: new Map(Object.keys(facts.methods).map((name, index) => [name, index + 1])),
        stamp: this.#stamp,
        log: frame.log && this.#link.openLog?.(frame.log, frame.path),
        tracing: frame.traced ? await openHostTracing() : undefined,
        working: () => this.#heart?.work(),
        send: (out) => this.#link.send(out),
        flush: (patient) => this.#link.flush(patient),
        target: (path, asker) => this.#target(path, asker),
        spawn: (name, spec, asker) => this.#asks.spawn(asker, name, () => spawnSpec(spec, this.#link.register)),
        watch: (path, key, asker) => this.#asks.watch(asker, path, key),
        over: (ended) => {
          this.#asks.forget(ended);
          if (this.#actors.get(ended.id) === ended) this.#actors.delete(ended.id);
        },
      };
      this.#link.control.phase("idle");
      this.#heart?.beat();
      this.#link.send({ t: "booted", facts });
      this.#idleSoon(() => this.#actors.size === 0);
    } catch (error) {
      this.#link.send({ t: "boot-failed", error: encodeError(error) });
    }
  }

  async #load(module: string): Promise<unknown> {
    try {
      return await this.#link.load(module);
    } catch (error) {
      throw cannotLoad(module, toError(error));
    }
  }

  #start(frame: Extract<ToHost, { t: "start" }>): void {
    if (frame.role === "promoted") {
      this.#promote(frame);
      return;
    }
    this.#actors.get(frame.actor)?.fence();
    const props = frame.props ? { packed: frame.props, plain: frame.props.value } : this.#props!;
    const Runner = frame.role === "standby" ? StandbyRunner : ActorRunner;
    const runner = new Runner(frame, props, this.#around!);
    this.#actors.add(runner);
    this.#begin(runner, runner.start, frame);
    if (frame.role === "standby") this.#idleSoon(() => this.#of(frame) === runner);
  }

  /** @param is still so a moment later */
  #idleSoon(is: () => boolean): void {
    const { idle } = this.#link;
    if (idle) setTimeout(() => is() && idle(), IDLE_AFTER_MS).unref();
  }

  #follow(frame: Extract<ToHost, { t: "follow" }>): void {
    const runner = this.#of(frame);
    if (runner instanceof StandbyRunner) this.#begin(runner, runner.follow, frame.state);
  }

  #promote(frame: Extract<ToHost, { t: "start" }>): void {
    const { actor, incarnation } = frame;
    const runner = this.#actors.get(actor);
    if (runner instanceof StandbyRunner) this.#begin(runner, runner.promote, frame);
    else {
      const error = encodeError(new HoldfastError("StartFailed", "its standby has ended by itself"));
      this.#link.send({ t: "start-failed", actor, incarnation, error });
    }
  }

  /** Something goes on in its name that no message asked for. */
  #begin<A>(runner: ActorRunner, does: (argument: A) => void, argument: A): void {
    const { callFor } = this.#around!;
    if (callFor) callFor(runner, 0, does as (...args: unknown[]) => unknown, runner, [argument]);
    else does.call(runner, argument);
  }

  #events(frame: Extract<ToHost, { t: "events" }>): void {
    const runner = this.#of(frame);
    if (!runner) return;
    this.#heart?.work();
    this.#begin(runner, runner.events, frame);
  }

  #of(frame: { actor: number; incarnation: number }): ActorRunner | undefined {
    const runner = this.#actors.get(frame.actor);
    return runner?.incarnation === frame.incarnation ? runner : undefined;
  }

  async #shut(): Promise<void> {
    this.#link.control.phase("stopping");
    this.fence();
    const around = this.#around;
    try {
      await around?.actorClass.unload?.(around.shared as never);
    } catch (error) {
      process.emitWarning(`unload() of ${around?.actorClass.name} threw: ${encodeError(error).message}`);
    }
    this.#link.end();
  }

  /** A ref inside a host sends through the parent, which holds the ledger; it carries who asks. */
  #target(path: string, asker: AskingActor): Target {
    return {
      path,
      ask: (method, args, options) => this.#asks.ask({ asker, path, method, args, options }),
      tell: (method, args, options) => this.#asks.tell({ asker, path, method, args, options }),
    };
  }
}
