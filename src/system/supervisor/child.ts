import type { Timer } from "../../clock.js";
import type { HoldfastError } from "../../errors.js";
import type { SupervisorEvent } from "../../supervision/messages.js";
import type { ChildRules, Shutdown } from "../../supervision/spec.js";
import type { StartMode } from "../../supervision/state.js";
import { couldNotStart } from "../actor/start-failure.js";
import type { SystemContext } from "../context.js";
import type { Keeper, Unit, UnitExit } from "../unit.js";

/** Somebody who asked for a child to be up, or down, and waits for it. */
interface Waiter {
  readonly wants: "up" | "down";
  resolve(): void;
  reject(error: Error): void;
}

/** Where a child tells what became of it: its supervisor's inbox. */
export interface Inbox extends Keeper {
  post(event: SupervisorEvent): void;
  /** It is on its way, up or down: those who watch the tree shall see it. */
  changed(id: string): void;
}

/** What the engine keeps of a child beside what `decide` knows: what is under way with it, and what has happened to it. */
export class Child {
  readonly id: string;
  readonly unit: Unit;
  readonly rules: ChildRules;
  /** Why it is not running, for people. */
  reason: string | undefined;
  /** How often it was started. */
  starts: number;
  /** Its latest death. */
  exit: UnitExit | undefined;
  /** Why its latest start failed, or it died. */
  #failure: Error | undefined;
  readonly #inbox: Inbox;
  /** There while a start is under way. */
  #start: ReturnType<Unit["start"]> | undefined;
  /** The stop that somebody waits for; a death that comes before its end is the answer instead. */
  #stop: Promise<void> | undefined;
  /** Its back-off. */
  #timer: Timer | undefined;
  #waiters: Waiter[] | undefined;
  #ignored = false;

  constructor(id: string, unit: Unit, rules: ChildRules, starts: number, inbox: Inbox) {
    this.id = id;
    this.unit = unit;
    this.rules = rules;
    this.starts = starts;
    this.#inbox = inbox;
    unit.keeper = inbox;
  }

  /** It came up at its first start, and nothing has happened since: there is nothing to remember. */
  get uneventful(): boolean {
    const happened = this.starts !== 1 || this.exit || this.#failure || this.reason !== undefined || this.#ignored;
    return !happened && !this.#start && !this.#stop && !this.#timer && !this.#waiters;
  }

  async start(mode: StartMode): Promise<void> {
    const { id } = this;
    this.starts++;
    this.#ignored = false;
    this.#failure = undefined;
    // It was down until now, though somebody wants it up again: who waited for that has been heard.
    this.#wasDown();
    this.#inbox.changed(id);
    const start = this.unit.start(mode);
    this.#start = start;
    const begun = await start.then(
      (how) => how ?? "ready",
      (thrown) => failedInATurn(this.unit.path, thrown),
    );
    // Once it was told to stop, "stopped" is the one answer; the start's own would be taken for the next start's.
    if (this.#start !== start) return;
    if (begun === "ready") {
      this.#ready();
      return;
    }
    this.#start = undefined;
    if (begun === "ignored") {
      this.#ignored = true;
      this.reason = "its start() answered ignore";
      this.#inbox.post({ type: "ignored", id });
    } else {
      this.reason = begun.message;
      this.#failure = begun;
      this.#inbox.post({ type: "start-failed", id, error: begun });
    }
  }

  async stop(shutdown: Shutdown): Promise<void> {
    const { id } = this;
    const start = this.#start;
    this.#start = undefined;
    this.#inbox.changed(id);
    const stop = this.unit.stop(shutdown);
    this.#stop = stop;
    await stop;
    await start?.catch(() => {});
    // Answered by a death before: this end would be taken for that of a later stop, whose unit is still there.
    if (this.#stop !== stop) return;
    this.#stop = undefined;
    this.#inbox.post({ type: "stopped", id });
  }

  wait({ clock }: SystemContext, ms: number): void {
    this.#timer = clock.after(ms, () => this.#inbox.post({ type: "timer", id: this.id }));
  }

  cancelWait(): void {
    this.#timer?.cancel();
  }

  /** Resolves when it is next up, rejects when it is down instead; or resolves when it is down. */
  until(wants: Waiter["wants"]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiters ??= [];
      this.#waiters.push({ wants, resolve, reject });
    });
  }

  /** Tells those who wait. @param error why it is down */
  isNow(is: Waiter["wants"], error?: Error): void {
    const waiting = this.#waiters;
    if (!waiting) return;
    this.#waiters = undefined;
    for (const waiter of waiting) {
      if (waiter.wants === is) waiter.resolve();
      else if (is === "down") waiter.reject(error!);
      else {
        this.#waiters ??= [];
        this.#waiters.push(waiter);
      }
    }
  }

  #wasDown(): void {
    const waiting = this.#waiters;
    if (!waiting) return;
    const others = waiting.filter(({ wants }) => wants === "up");
    this.#waiters = others.length > 0 ? others : undefined;
    for (const { wants, resolve } of waiting) if (wants === "down") resolve();
  }

  /** Nobody will start it by itself: its mail hears so, and whoever waits for it hears why. */
  isDown(error: HoldfastError): void {
    // One that answered ignore refuses its mail already, and says what it takes.
    if (!this.#ignored) this.unit.dispose(error);
    this.isNow("down", this.#failure ?? error);
  }

  isParked(error: HoldfastError): void {
    this.reason = error.message;
    this.unit.dispose(error);
    this.isNow("down", error);
  }

  unitUp(): void {
    if (this.#start) this.#ready();
  }

  unitDied(exit: UnitExit): void {
    // Only what has started can die: it may do so before its start was heard of, and then both are told in order.
    if (this.#start) this.#ready();
    this.#stop = undefined;
    this.exit = exit;
    this.reason = exit.error.message;
    this.#failure = exit.error;
    const { guilty, normal, error } = exit;
    this.#inbox.post({ type: "died", id: this.id, guilty, normal, error });
  }

  #ready(): void {
    this.#start = undefined;
    this.reason = undefined;
    this.#failure = undefined;
    this.#inbox.post({ type: "ready", id: this.id });
  }
}

/**
 * A failed start is heard of a turn of the event loop later. Where nothing bounds the tries and no back-off paces them, one
 * failure would follow another without a turn between: no stop could ever get in (OTP's supervisor sends itself a message).
 */
async function failedInATurn(path: string, thrown: unknown): Promise<Error> {
  await new Promise((resolve) => setImmediate(resolve));
  return couldNotStart(path, thrown);
}
