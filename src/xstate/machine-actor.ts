import { randomBytes } from "node:crypto";
import { type AnyEventObject, isMachineSnapshot } from "xstate";
import { Actor } from "../actor/actor.js";
import { contextAround } from "../actor/actor-context.js";
import { ignore } from "../actor/ignore.js";
import { onAbort } from "../actor/on-abort.js";
import { createRef, type Ref } from "../actor/ref.js";
import { realClock } from "../clock.js";
import { HoldfastError, refuse } from "../errors.js";
import { shown } from "../known-keys.js";
import { Happenings, type HappeningsBatch, isBatch } from "./happenings.js";
import { type Beginning, Interpreter } from "./interpreter.js";
import type { LoadedMachine } from "./load-machine.js";
import type { Emitted } from "./machine-types.js";
import { readStored, type StoredMachine } from "./stored-machine.js";

/** What a machine's actor is given. */
export interface MachineProps {
  /** Whose logic it runs; undefined where the class has it. */
  readonly module?: string;
  readonly export?: string;
  readonly input?: unknown;
  readonly emits?: Ref<Emitted<AnyEventObject>>;
  readonly whenDone?: "stay" | "stop";
}

/** See MachineState. */
interface ToldState {
  readonly status: string;
  readonly value?: unknown;
  readonly context: unknown;
  readonly output: unknown;
  readonly tags?: ReadonlySet<string>;
}

/** Its own message is asked of itself, so that it is heard whether it was taken. */
interface Self {
  occurred(batch: HappeningsBatch): void;
}

/** An XState actor as an actor of holdfast: its methods are the protocol `Machine`, and `occurred`, its own. */
export class MachineActor extends Actor<MachineProps, LoadedMachine> {
  readonly #around = contextAround();
  /** This incarnation's, in all programs. */
  readonly #name = randomBytes(8).toString("hex");
  readonly #happenings: Happenings;
  #interpreter: Interpreter | undefined;

  constructor() {
    super();
    this.#happenings = new Happenings({
      name: this.#name,
      ask: (batch) => this.#itself().ask.occurred(batch),
      after: (ms, callback) => this.after(ms, callback),
      // An error in a timer is the actor's own: thrown here it would be that of whoever sent the event.
      fail: (error) =>
        this.after(0, () => {
          throw error;
        }),
    });
  }

  start(): undefined | typeof ignore {
    const fresh = this.#interpreter === undefined;
    if (fresh) this.#begin({ input: this.props.input });
    const machine = this.#machine;
    const { emits, whenDone } = this.props;
    if (emits) machine.onEmitted((event) => void emits.tell.emitted(event));
    // Where its incarnation ends without its stop(), what it invoked is to end too.
    onAbort(this.signal, () => this.#end());
    machine.start();
    // A key has to serve, whatever it has left to do.
    if (whenDone === "stop" && machine.done && this.self.key === undefined) return ignore;
    if (fresh) this.#happenings.add({ kind: "began" });
    return undefined;
  }

  stop(): void {
    this.#end();
  }

  snapshot(): StoredMachine {
    return this.#machine.stored(this.shared.version);
  }

  /** @throws HoldfastError StateRefused where the machine has become another */
  restore(state: unknown): void {
    this.#begin({ stored: readStored(state, this.self.path, this.shared) });
  }

  send(event: AnyEventObject): ToldState {
    this.#machine.send(checked(event, this.self.path));
    return this.#told();
  }

  getSnapshot(): ToldState {
    return this.#told();
  }

  can(event: AnyEventObject): boolean {
    const { snapshot } = this.#machine;
    if (isMachineSnapshot(snapshot)) return snapshot.can(checked(event, this.self.path));
    throw refuse("no-machine", `${this.self.path} runs logic that is no state machine: it has no can()`);
  }

  /** Its own message: what reached the machine by itself. */
  occurred(batch: HappeningsBatch): void {
    if (!isBatch(batch))
      throw refuse("not-for-you", `${this.self.path}: occurred() is its own message: use send(event)`);
    this.#machine.occurred(this.#happenings.open(batch));
    this.#leaveWhenDone();
  }

  get #machine(): Interpreter {
    return this.#interpreter!;
  }

  #itself(): Ref<Self> {
    const { refs } = this.#around;
    if (refs) return createRef<Self>(refs(this.self.path), { timeout: Number.POSITIVE_INFINITY });
    throw new HoldfastError("Unavailable", "this machine was built by hand: no system is around it");
  }

  #begin(beginning: Beginning): void {
    const { wallTime = realClock.wallTime } = this.#around;
    this.#interpreter = new Interpreter(this.shared.logic, beginning, {
      place: this.self.path,
      name: this.#name,
      wallTime: () => wallTime.call(this.#around),
      after: (ms, callback) => this.after(ms, callback),
      happened: (what) => this.#happenings.add(what),
    });
  }

  #end(): void {
    this.#happenings.end();
    this.#interpreter?.end();
  }

  #told(): ToldState {
    this.#leaveWhenDone();
    const { status, value, context, output } = this.#machine.persisted;
    const { snapshot } = this.#machine;
    if (!isMachineSnapshot(snapshot)) return { status, context, output };
    return { status, value, context, output, tags: snapshot.tags };
  }

  #leaveWhenDone(): void {
    if (this.props.whenDone === "stop" && this.#machine.done) this.stopSelf();
  }
}

/** Events with XState's own names would stop a machine, or make it believe that an invoked actor has ended. */
function checked(event: unknown, path: string): AnyEventObject {
  const { type } = (typeof event === "object" && event !== null ? event : {}) as { type?: unknown };
  if (typeof type !== "string") {
    throw refuse("no-event", `${path} got ${shown(event)}: send an event, { type: "…" }`);
  }
  if (type === "*" || type.startsWith("xstate.")) {
    throw refuse(
      "reserved-event",
      `${path} got the event ${shown(type)}, a name that is XState's own: give it another`,
    );
  }
  return event as AnyEventObject;
}
