import { type AnyActorLogic, type AnyActorRef, type AnyEventObject, createActor, type Actor as Root } from "xstate";
import type { Timer } from "../clock.js";
import { adopt, children, found, pathOf } from "./actor-paths.js";
import type { Happening } from "./happenings.js";
import { keyedBy } from "./idempotency-key.js";
import { type Internals, internalsOf } from "./internals.js";
import { type Marks, marksOf } from "./marks.js";
import { refuseUnnamed } from "./named-logic.js";
import { timersOfStates } from "./renewed.js";
import { checkRestored, type StoredMachine, type StoredSnapshot } from "./stored-machine.js";
import { Timers } from "./timers.js";

/** What an interpreter needs of the actor around it. */
export interface Around {
  /** Names the machine beside all others, for keys. */
  readonly place: string;
  /** Given once: names the life of a machine that is made anew. */
  readonly name: string;
  wallTime(): number;
  after(ms: number, callback: () => void): Timer;
  /** Something reached the machine by itself. It comes back as a message, to `occurred()`. */
  happened(what: Happening): void;
}

/** How a machine begins: anew, or where what is stored left it. */
export interface Beginning {
  readonly input?: unknown;
  readonly stored?: StoredMachine;
}

/**
 * XState's interpreter as the state of an actor: whatever changes it is a message, or part of one.
 *
 *   send(event) ─────────────────────────────▶ ┌──────┐
 *   a timer is due ──┐                         │ turn │ ─▶ one snapshot: states, context, children, timers
 *   a promise ends ──┼─▶ happened() ─▶ mailbox │      │    (stored before anybody hears of it)
 *   sendBack(event) ─┘      … occurred() ────▶ └──────┘
 *
 * So there is an order in which everything happened, and a run from an older snapshot through the same messages comes to
 * the same state.
 */
export class Interpreter {
  readonly #around: Around;
  readonly #root: Root<AnyActorLogic>;
  readonly #internals: Internals;
  readonly #timers: Timers;
  /** By child: the turn in which it began. */
  readonly #began = new WeakMap<object, number>();
  /** Of the children that are being restored. */
  #restored: ReadonlyMap<string, number> | undefined;
  /** Of a state that was migrated. */
  readonly #former: Marks | undefined;
  readonly #life: string;
  #turn: number;
  #names = 0;
  /** Of this turn. */
  #persisted: StoredSnapshot | undefined;
  #inTurn = false;
  #over = false;

  /** @throws HoldfastError StateRefused where what is stored does not fit the logic */
  constructor(logic: AnyActorLogic, { input, stored }: Beginning, around: Around) {
    this.#around = around;
    this.#turn = stored?.turn ?? 0;
    this.#life = stored?.life ?? around.name;
    this.#former = stored?.former;
    this.#restored = stored && new Map(Object.entries(stored.began));
    this.#root = createActor(logic, stored ? { snapshot: stored.machine as never } : { input });
    this.#root.subscribe({ error: () => {} });
    this.#internals = internalsOf(this.#root);
    this.#timers = new Timers(around, stored?.timers ?? [], stored?.lastTimer ?? 0);
    if (stored) checkRestored(this.#root, stored, around.place);
    this.#take();
  }

  get snapshot(): ReturnType<Root<AnyActorLogic>["getSnapshot"]> {
    return this.#root.getSnapshot();
  }

  /**
   * As it is stored and told: what is in it is plain data, unless the machine itself holds other things.
   * @throws HoldfastError InvalidValue for a child that could not be made again
   */
  get persisted(): StoredSnapshot {
    if (!this.#persisted) {
      refuseUnnamed(this.#root, this.#around.place);
      this.#persisted = this.#root.getPersistedSnapshot() as StoredSnapshot;
    }
    return this.#persisted;
  }

  get done(): boolean {
    return this.snapshot.status === "done";
  }

  /** What it emits. */
  onEmitted(listener: (event: AnyEventObject) => void): void {
    this.#root.on("*", listener as never);
  }

  /** @throws what the machine throws */
  start(): void {
    this.#run(() => {
      this.#root.start();
      this.#restored = undefined;
      const states = this.#former && timersOfStates(this.#root, this.#former);
      this.#timers.arm((path) => found(this.#root, path), states);
    });
  }

  /** @throws what the machine throws */
  send(event: AnyEventObject): void {
    if (this.done) return;
    this.#next(() => this.#internals.relay(undefined, this.#root, event));
  }

  /** What happened by itself, in its order. @throws what the machine throws */
  occurred(happenings: readonly Happening[]): void {
    for (const one of happenings) {
      if (one.kind === "began") continue;
      this.#next(() => {
        if (one.kind === "timer") this.#timers.fire(one.timer, this.#internals.relay);
        else this.#arrives(one);
      });
    }
  }

  /** @throws HoldfastError InvalidValue: see persisted */
  stored(version: string | number | undefined): StoredMachine {
    const machine = this.persisted;
    return {
      form: 1,
      version,
      life: this.#life,
      turn: this.#turn,
      machine,
      marks: marksOf(this.#root),
      timers: this.#timers.stored(),
      lastTimer: this.#timers.last,
      began: this.#beganByPath(),
    };
  }

  /** Nothing of it goes on: children are stopped, timers cleared, and what it still does is heard by nobody. */
  end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#timers.clear();
    this.#inTurn = true;
    try {
      // One in error has not stopped its children.
      if (this.snapshot.status === "error") this.#internals.stopAll(Object.values(children(this.#root)));
      this.#root.stop();
    } finally {
      this.#inTurn = false;
    }
  }

  #next(step: () => void): void {
    this.#turn++;
    this.#names = 0;
    this.#run(step);
  }

  #run(step: () => void): void {
    this.#inTurn = true;
    this.#persisted = undefined;
    try {
      step();
    } finally {
      this.#inTurn = false;
    }
    const { snapshot } = this;
    if (snapshot.status !== "error") return;
    this.end();
    throw snapshot.error;
  }

  /** One that was meant for a child that has ended is for nobody, whoever has its name now. */
  #arrives({ live, from, to, began, event }: Extract<Happening, { kind: "event" }>): void {
    const target = live?.target ?? found(this.#root, to);
    if (!target || (!live && to.length > 0 && this.#began.get(target) !== began)) return;
    this.#internals.relay(live ? live.source : from && found(this.#root, from), target, event);
  }

  /** Takes what reaches the machine by itself, the timers, and the names of children without one. */
  #take(): void {
    this.#internals.take({
      inTurn: () => this.#inTurn,
      timers: this.#timers,
      strays: (source, target, event) => {
        if (this.#over) return;
        const began = this.#began.get(target) ?? 0;
        const from = source && pathOf(source);
        this.#around.happened({ kind: "event", from, to: pathOf(target), began, event, live: { source, target } });
      },
      starts: (ref) => this.#starts(ref),
      // XState counts them for each program anew: a restored child may have the next one's name already.
      nextName: () => `spawned-${this.#turn}-${++this.#names}`,
    });
  }

  #starts(ref: AnyActorRef): void {
    adopt(ref);
    const path = pathOf(ref);
    const began = this.#restored?.get(JSON.stringify(path)) ?? this.#turn;
    this.#began.set(ref, began);
    const { place } = this.#around;
    keyedBy(ref, (sameForItsLife) => {
      const turn = sameForItsLife ? began : this.#turn;
      return [place, this.#life, turn, ...path].join("/");
    });
  }

  #beganByPath(): Record<string, number> {
    const began: Record<string, number> = {};
    const walk = (ref: AnyActorRef) => {
      for (const child of Object.values(children(ref))) {
        const turn = this.#began.get(child);
        if (turn !== undefined) began[JSON.stringify(pathOf(child))] = turn;
        walk(child);
      }
    };
    walk(this.#root);
    return began;
  }
}
