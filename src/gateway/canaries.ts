import type { CallOptions } from "../actor/ref.js";
import type { Clock } from "../clock.js";
import { type Duration, milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { type KeysOf, onlyKnownKeys } from "../known-keys.js";
import { Canary } from "../observe/canary.js";
import type { App } from "../system/app.js";
import { findNode } from "../system/tree.js";
import type { Exposure } from "./exposure.js";
import type { Expose } from "./options.js";

/** A request that is made when nobody else makes any, so that /health/ready knows whether it is answered. */
export interface CanaryOptions {
  /** One of the exposed methods; best one that does no harm. */
  readonly method: string;
  readonly args?: readonly unknown[];
  /** How often it is looked whether somebody was answered. Default "10s". */
  readonly every?: Duration;
  /** How long it may take. Default "5s". */
  readonly timeout?: Duration;
}

const canaryKeys: KeysOf<CanaryOptions> = { method: true, args: true, every: true, timeout: true };

const EVERY: Duration = "10s";
const TIMEOUT: Duration = "5s";

/** The canaries of a gateway's exposed actors. */
export class Canaries {
  readonly #byName: ReadonlyMap<string, Canary>;

  /** @throws HoldfastError InvalidSpec for one that asks for what is not exposed, or of a keyed group */
  constructor(app: App<unknown>, exposure: Exposure, expose: Readonly<Record<string, Expose>>, clock: Clock) {
    const made = Object.entries(expose).flatMap(([name, what]) => {
      const options = "canary" in what ? what.canary : undefined;
      return options ? [[name, () => canaryOf(app, exposure, name, options, clock)] as const] : [];
    });
    this.#byName = new Map(made.map(([name, make]) => [name, make()]));
  }

  /** Why an actor did not answer when it was tried last; undefined while nothing is wrong. */
  failure(name: string): string | undefined {
    const failure = this.#byName.get(name)?.failure;
    return failure === undefined ? undefined : `its canary failed: ${failure}`;
  }

  begin(): void {
    for (const canary of this.#byName.values()) canary.begin();
  }

  close(): void {
    for (const canary of this.#byName.values()) canary.stop();
  }
}

function canaryOf(app: App<unknown>, exposure: Exposure, name: string, options: CanaryOptions, clock: Clock): Canary {
  const field = `gateway.expose.${name}.canary`;
  onlyKnownKeys(options, canaryKeys, field);
  const { method, args = [], every = EVERY, timeout = TIMEOUT } = options;
  const exposed = exposure.find(name);
  if (typeof method !== "string" || !Object.hasOwn(exposed.methods, method)) {
    throw invalid(
      `${field}.method`,
      `${JSON.stringify(method)}, which is not exposed: give one of ${Object.keys(exposed.methods).join(", ")}`,
    );
  }
  if (!Array.isArray(args)) throw invalid(`${field}.args`, "no list: give the arguments in [ ]");
  if (findNode(app.tree(), name)?.kind === "keyed")
    throw invalid(field, "of a keyed group, in which no key stands for the others: leave it out");
  const everyMs = milliseconds(every, `${field}.every`);
  if (!(everyMs >= 100)) throw invalid(`${field}.every`, `${JSON.stringify(every)}: give "100ms" or more`);
  // Whoever else wants something goes first.
  const call: CallOptions = { timeout: milliseconds(timeout, `${field}.timeout`), priority: "low", sender: "canary" };
  return new Canary({
    clock,
    everyMs,
    ask: async () => exposed.target.ask(method, [...args], call),
    answered: () => findNode(app.tree(), name)?.answered,
  });
}

function invalid(field: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${problem}`, { details: { field } });
}
