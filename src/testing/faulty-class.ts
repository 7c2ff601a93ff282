import type { Actor, ActorClass } from "../actor/actor.js";
import type { Lifecycle } from "../actor/lifecycle.js";
import { HoldfastError } from "../errors.js";
import { factsOf } from "../host/actor-facts.js";
import type { Isolation } from "../host/host.js";
import { EVER, type FaultPlan, type MessageFault } from "./faults.js";
import type { Tally } from "./tally.js";

type Handler = (...args: unknown[]) => unknown;
type Instance = Actor<unknown, unknown> & Lifecycle & Record<string, unknown>;
type Started = Awaited<ReturnType<NonNullable<Lifecycle["start"]>>>;

/**
 * A subclass of the user's own class in which the planned faults happen. Its fields, private ones too, its statics and its
 * name are the user's.
 * @param tallies one for each fault of messages
 * @throws HoldfastError InvalidSpec when a fault names a method that the class does not have
 */
export function faultyClass(
  actorClass: ActorClass,
  plan: FaultPlan,
  isolation: Isolation,
  tallies: readonly Tally[],
): ActorClass {
  const facts = factsOf(actorClass, "faulty()");
  for (const { method } of plan.messages) {
    if (method === undefined || Object.hasOwn(facts.methods, method)) continue;
    const known = Object.keys(facts.methods).join(", ");
    throw new HoldfastError("InvalidSpec", `faulty(): ${actorClass.name} has no method "${method}"; it has: ${known}`);
  }
  const Faulty = class extends (actorClass as unknown as new () => Instance) {
    override async start(): Promise<Started> {
      const { incarnation } = this.self;
      const { throws, dies, hangs } = plan.starts;
      if (plan.startMs > 0) await pause(this, plan.startMs);
      if (incarnation <= throws) throw onPurpose(`start() ${incarnation}`);
      if (incarnation <= dies) await die(isolation, `start() ${incarnation}`);
      if (incarnation <= hangs) await new Promise(() => {});
      return await super.start?.();
    }
    override async stop(): Promise<void> {
      await super.stop?.();
      if (plan.stopMs > 0) await pause(this, plan.stopMs);
    }
  } as unknown as ActorClass & { methods?: ActorClass["methods"] };
  Object.defineProperty(Faulty, "name", { value: actorClass.name });
  Faulty.methods = { ...actorClass.methods };
  for (const [name, { stream }] of Object.entries(facts.methods)) {
    const original = (actorClass.prototype as Record<string, Handler>)[name]!;
    const value = stream ? streaming(name, original) : answering(name, original);
    Object.defineProperty(Faulty.prototype, name, { value, writable: true, configurable: true });
    // What replaces it is no async generator to look at.
    if (stream) Faulty.methods[name] = { ...Faulty.methods[name], stream };
  }
  return Faulty;

  function answering(name: string, original: Handler): Handler {
    return function (this: Instance, ...args) {
      const fault = meet(name);
      if (!fault) return original.apply(this, args);
      if (fault.does === "slow") return pause(this, fault.ms!).then(() => original.apply(this, args));
      return happen(fault, name);
    };
  }

  function streaming(name: string, original: Handler): Handler {
    return function (this: Instance, ...args) {
      const fault = meet(name);
      if (!fault) return original.apply(this, args);
      const self = this;
      return (async function* () {
        if (fault.does === "slow") await pause(self, fault.ms!);
        else await happen(fault, name);
        yield* original.apply(self, args) as AsyncIterable<unknown>;
      })();
    };
  }

  /** Every fault counts the messages it looks at, whether another happens or not. */
  function meet(name: string): MessageFault | undefined {
    const met = plan.messages.filter((fault, index) => {
      if (fault.method !== undefined && fault.method !== name) return false;
      if (fault.nth !== undefined) return tallies[index]!() === fault.nth;
      return fault.every === undefined || tallies[index]!() % fault.every === 0;
    });
    return met[0];
  }

  function happen(fault: MessageFault, name: string): Promise<never> {
    switch (fault.does) {
      case "throws":
        throw onPurpose(`${name}()`);
      case "dies":
        return die(isolation, `${name}()`);
      case "blocks":
        for (;;);
      default:
        return new Promise(() => {});
    }
  }
}

/** As sudden as its isolation level can contain. */
function die(isolation: Isolation, where: string): Promise<never> {
  if (isolation === "inline") throw onPurpose(where);
  if (isolation === "fork") process.kill(process.pid, "SIGKILL");
  else process.exit(1);
  return new Promise(() => {});
}

function onPurpose(where: string): Error {
  const error = new Error(`${where} failed on purpose: faulty()`);
  error.name = "FaultInjected";
  return error;
}

/** On the actor's own clock. */
function pause(actor: Instance, ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms < EVER) actor.after(ms, resolve);
  });
}
