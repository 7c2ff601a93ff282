import type { Duration } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { nearest, onlyKnownKeys } from "../../known-keys.js";
import type { SwapOptions } from "../../serving/repository/swap/swap-options.js";
import { toldFromAfar } from "../../serving/repository/swap/told-from-afar.js";
import type { App } from "../../system/app.js";
import type { LetterFilter } from "../../system/letters/dead-letters.js";
import type { ModelActs } from "../http-door.js";
import { plain, plainReport } from "../plain.js";

/** What an act is done with. */
export interface Stage {
  readonly app: App<unknown>;
  /** Undefined where none are served. */
  readonly models: ModelActs | undefined;
  /** Who does it, for death reports and the tree. */
  readonly by: string;
}

/** What an operator asks for: an `act` frame, or one of the older frames as one. */
export interface Ask {
  readonly act: string;
  readonly on?: string | undefined;
  readonly key?: string | undefined;
  readonly with?: Readonly<Record<string, unknown>> | undefined;
}

export interface Act {
  /** What its options may be. */
  readonly options: Readonly<Record<string, true>>;
  /** It is done to something that is named. */
  readonly names: "path" | "model" | "nothing";
  /** It changes nothing, and is no matter for the audit log. */
  readonly reads?: true;
  run(stage: Stage, on: string, given: Given): unknown;
}

interface Given {
  readonly key: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

type Options<F extends (...args: never[]) => unknown> = NonNullable<Parameters<F>[1]>;

/** Whatever an operator may do, by its name on the wire. */
const acts: Readonly<Record<string, Act>> = {
  kill: {
    names: "path",
    options: {},
    run: ({ app, by }, path, { key }) => app.kill(path, { by, ...(key === undefined ? {} : { key }) }),
  },
  hang: {
    names: "path",
    options: { for: true },
    run: ({ app, by }, path, { key, options }) =>
      app.hang(path, { ...(options as Options<typeof app.hang>), by, ...(key === undefined ? {} : { key }) }),
  },
  drain: {
    names: "path",
    options: { within: true },
    run: ({ app, by }, path, { options }) => app.drain(path, { ...(options as Options<typeof app.drain>), by }),
  },
  resume: { names: "path", options: {}, run: ({ app }, path) => app.resume(path) },
  restart: { names: "path", options: {}, run: ({ app }, path) => done(app.restart(path)) },
  resize: {
    names: "path",
    options: { to: true },
    run: ({ app }, path, { options }) => done(app.resize(path, options.to as number | "auto")),
  },
  load: {
    names: "model",
    options: { version: true },
    run: (stage, model, { options }) => done(modelsOf(stage).load(model, options as Options<ModelActs["load"]>)),
  },
  unload: { names: "model", options: {}, run: (stage, model) => done(modelsOf(stage).unload(model)) },
  swap: {
    names: "model",
    options: toldFromAfar,
    run: async (stage, model, { options }) => plain(await modelsOf(stage).swap(model, options as SwapOptions)),
  },
  "dead-letters": {
    names: "nothing",
    reads: true,
    options: { path: true, method: true, reason: true, before: true, limit: true },
    run: ({ app }, _on, { options }) => {
      const { limit = LETTERS_SHOWN, ...filter } = options as LetterFilter;
      return app.deadLetters.list({ ...filter, limit: Math.min(limit, LETTERS_AT_ONCE) }).map(plain);
    },
  },
  "dead-letter": {
    names: "nothing",
    reads: true,
    options: { id: true },
    run: ({ app }, _on, { options }) => plain(app.deadLetters.get(options.id as number)) ?? null,
  },
  retry: {
    names: "nothing",
    options: { id: true, timeout: true },
    // What it answers is nobody's to read: whoever administers may not see what callers send.
    run: ({ app }, _on, { options: { id, ...options } }) => done(app.deadLetters.retry(id as number, options)),
  },
  "retry-all": {
    names: "nothing",
    options: { path: true, method: true, reason: true, before: true, limit: true, timeout: true },
    run: ({ app }, _on, { options: { timeout, ...filter } }) =>
      app.deadLetters.retryAll(filter, timeout === undefined ? {} : { timeout: timeout as Duration }),
  },
  discard: {
    names: "nothing",
    options: { id: true },
    run: ({ app }, _on, { options }) => app.deadLetters.discard(options.id as number),
  },
  "discard-all": {
    names: "nothing",
    options: { path: true, method: true, reason: true, before: true, limit: true },
    run: ({ app }, _on, { options }) => app.deadLetters.discardAll(options),
  },
  report: {
    names: "nothing",
    reads: true,
    options: { id: true },
    run: ({ app }, _on, { options }) => {
      const found = app.reports().find(({ id }) => id === options.id);
      return found ? plainReport(found) : null;
    },
  },
  audits: {
    names: "nothing",
    reads: true,
    options: { limit: true, before: true },
    run: ({ app }, _on, { options }) => {
      const { limit = AUDITS_SHOWN, before = Number.POSITIVE_INFINITY } = options as {
        limit?: number;
        before?: number;
      };
      return app
        .audits()
        .filter(({ id }) => id < before)
        .slice(-Math.max(1, limit));
    },
  },
  rollback: { names: "model", options: {}, run: (stage, model) => done(modelsOf(stage).rollback(model)) },
};

/** All of them in one frame could be more than a frame holds. */
const LETTERS_AT_ONCE = 1000;
const LETTERS_SHOWN = 100;
const AUDITS_SHOWN = 100;

/** The act of that name. @throws HoldfastError InvalidValue: there is none, or it names what it is done to wrongly; InvalidSpec for its options */
export function actOf({ act: name, on, with: options }: Ask): Act {
  const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
  if (!act) {
    const near = nearest(name, Object.keys(acts));
    const fix = near ? `did you mean "${near}"?` : `there are ${Object.keys(acts).join(", ")}`;
    throw new HoldfastError("InvalidValue", `there is no act ${JSON.stringify(name.slice(0, 80))}: ${fix}`);
  }
  if (act.names !== "nothing" && on === undefined) {
    throw new HoldfastError("InvalidValue", `${name} says not what it is done to: give a ${act.names} in "on"`);
  }
  onlyKnownKeys(options, act.options, name);
  return act;
}

/** It changes nothing: no matter for the audit log. */
export function reads(act: string): boolean {
  return Object.hasOwn(acts, act) && acts[act]!.reads === true;
}

/** Does it. @throws (rejects) what the act itself does */
export async function perform(act: Act, stage: Stage, { on = "", key, with: options = {} }: Ask): Promise<unknown> {
  return act.run(stage, on, { key, options });
}

async function done(act: Promise<unknown>): Promise<true> {
  await act;
  return true;
}

function modelsOf({ models }: Stage): ModelActs {
  if (models) return models;
  throw new HoldfastError(
    "NotExposed",
    "this server has no models to load, swap or roll back: its configuration has none",
  );
}
