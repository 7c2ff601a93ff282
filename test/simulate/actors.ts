import { Actor, type ActorClass } from "../../src/actor/actor.js";
import { ignore } from "../../src/actor/ignore.js";
import type { ActorSelf } from "../../src/actor/lifecycle.js";
import type { MethodOptions } from "../../src/actor/methods.js";
import type { Ref } from "../../src/actor/ref.js";
import type { Clock } from "../../src/clock.js";
import { refuse } from "../../src/errors.js";
import type { Act, Plan } from "./plan.js";
import type { SimHost } from "./sim-host.js";

/** An argument that carries its id as its one field's name, so that evidence and dead letters, which show shapes, show it. */
export type Parcel = Readonly<Record<string, Plan>>;

export interface Props {
  readonly next?: Ref<Worker>;
}

/** Where an actor runs; inline it is the parent itself, which nothing here may end. */
export interface Ground {
  readonly host: SimHost | undefined;
  readonly clock: Clock;
}

/** Who watches: every run of a handler is told, with all it needs to be judged. */
export interface Watcher {
  loading(ground: Ground): Promise<void>;
  starting(self: ActorSelf, ground: Ground): Promise<"ignore" | undefined>;
  stopping(ground: Ground): Promise<void>;
  /** @returns what it shall do, and which attempt this is */
  begins(id: string, self: ActorSelf, ground: Ground): { act: Act; attempt: number };
  completes(id: string, self: ActorSelf, ground: Ground): void;
  /** It was closed before its end: nobody reads it any more. */
  leaves(id: string, self: ActorSelf, ground: Ground): void;
  throws(id: string, self: ActorSelf, ground: Ground): void;
  /** A handler asks another actor. @returns the inner call's argument and how to tell its outcome */
  asks(id: string, self: ActorSelf): { parcel: Parcel; settled(outcome: unknown, ok: boolean): void };
}

export interface Worker {
  once(parcel: Parcel): Promise<Answer>;
  again(parcel: Parcel): Promise<Answer>;
  relay(parcel: Parcel): Promise<Answer>;
  put(parcel: Parcel): Promise<Answer>;
  flow(parcel: Parcel): AsyncIterable<number>;
  probe(): string[];
}

export interface Answer {
  readonly id: string;
  readonly attempt: number;
  /** The state of a keeper, this message included. */
  readonly applied?: readonly string[];
}

/** How long a handler may run: short, so that what hangs is found within a simulated second. */
export const LIMIT_MS = 400;

/** How many messages an actor of the class `crowd` executes at once. */
export const CROWD_CONCURRENCY = 3;

/** The classes of one host, made anew for each: a module is loaded by each host too. */
export function actorClasses(watch: Watcher, ground: Ground): Record<"worker" | "keeper" | "crowd", ActorClass> {
  class Base extends Actor<Props, unknown> {
    static override methods: Record<string, MethodOptions> = {
      once: { limit: LIMIT_MS },
      again: { limit: LIMIT_MS, idempotent: true },
      relay: { limit: LIMIT_MS },
      flow: { limit: LIMIT_MS },
    };
    static load(): Promise<void> {
      return watch.loading(ground);
    }
    async start(): Promise<typeof ignore | undefined> {
      return (await watch.starting(this.self, ground)) === "ignore" ? ignore : undefined;
    }
    stop(): Promise<void> {
      return watch.stopping(ground);
    }
    async once(parcel: Parcel): Promise<Answer> {
      return this._perform(parcel);
    }
    async again(parcel: Parcel): Promise<Answer> {
      return this._perform(parcel);
    }
    async relay(parcel: Parcel): Promise<Answer> {
      const answer = await this._perform(parcel, async (id) => {
        const { next } = this.props;
        if (!next) return;
        const inner = watch.asks(id, this.self);
        await next
          .with({ timeout: 150 })
          .ask.once(inner.parcel)
          .then(
            (value) => inner.settled(value, true),
            (error) => inner.settled(error, false),
          );
      });
      return answer;
    }
    async *flow(parcel: Parcel): AsyncIterable<number> {
      const [[id, plan]] = Object.entries(parcel) as [[string, Plan]];
      const { self } = this;
      const { act, attempt } = watch.begins(id, self, ground);
      try {
        for (let i = 1; i < plan.values; i++) yield i;
        await this._work(id, plan, act, attempt, self);
        yield plan.values;
      } finally {
        watch.leaves(id, self, ground);
      }
    }
    probe(): string[] {
      return [];
    }
    async _perform(parcel: Parcel, work?: (id: string) => Promise<void>): Promise<Answer> {
      const [[id, plan]] = Object.entries(parcel) as [[string, Plan]];
      const { self } = this;
      const { act, attempt } = watch.begins(id, self, ground);
      return this._work(id, plan, act, attempt, self, work);
    }
    async _work(
      id: string,
      plan: Plan,
      act: Act,
      attempt: number,
      self: ActorSelf,
      work?: (id: string) => Promise<void>,
    ): Promise<Answer> {
      if (plan.ms > 0) {
        await new Promise<void>((resolve) => {
          if (plan.lingers) ground.clock.after(plan.ms, resolve);
          else this.after(plan.ms, resolve);
        });
      }
      await work?.(id);
      switch (act) {
        case "throw":
          watch.throws(id, self, ground);
          throw new Error(`planned: ${id} throws at attempt ${attempt}`);
        case "refuse":
          watch.completes(id, self, ground);
          throw refuse("planned", `planned: ${id} is refused`);
        case "hang":
          return new Promise(() => {});
        case "block":
          ground.host?.freeze(1e9);
          return new Promise(() => {});
        case "exit":
        case "uncaught":
        case "heap":
          ground.host?.fault(act);
          return new Promise(() => {});
        default:
          act satisfies "answer";
      }
      const applied = this._apply(id);
      watch.completes(id, self, ground);
      return { id, attempt, ...(applied ? { applied } : {}) };
    }
    _apply(_id: string): string[] | undefined {
      return undefined;
    }
  }

  class Keeper extends Base {
    static override methods = { ...Base.methods, put: { limit: LIMIT_MS } };
    #applied: string[] = [];
    async put(parcel: Parcel): Promise<Answer> {
      return this._perform(parcel);
    }
    override _apply(id: string): string[] {
      this.#applied.push(id);
      return [...this.#applied];
    }
    override probe(): string[] {
      return [...this.#applied];
    }
    snapshot(): string[] {
      return [...this.#applied];
    }
    restore(applied: string[]): void {
      this.#applied = [...applied];
    }
  }

  class Crowd extends Base {
    static override concurrency = CROWD_CONCURRENCY;
  }

  return { worker: Base, keeper: Keeper, crowd: Crowd } as unknown as ReturnType<typeof actorClasses>;
}
