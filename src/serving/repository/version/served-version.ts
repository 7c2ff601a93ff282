import type { CallOptions, PoolRef } from "../../../actor/ref.js";
import type { Clock } from "../../../clock.js";
import type { Canary } from "../../../observe/canary.js";
import { healthOf } from "../../../observe/health.js";
import type { App } from "../../../system/app.js";
import { findNode } from "../../../system/tree.js";
import type { ChildSpec } from "../../../system/unit.js";
import type { ModelAnswer, ModelDescription, ModelRequest } from "../../runtimes/model.js";
import type { Staged } from "../stage.js";
import { firstStart } from "./first-start.js";
import { type ProbeSettings, probe } from "./probe.js";
import { itemsOf, type Tally } from "./tally.js";

/** What the members of a version's pool answer: the protocol of the Model actor. */
export interface Serving {
  infer(request: ModelRequest): Promise<ModelAnswer>;
  describe(): ModelDescription | Promise<ModelDescription>;
}

export interface VersionParts {
  readonly app: Pick<App<unknown>, "add" | "remove" | "child" | "tree" | "release" | "subscribe">;
  readonly clock: Clock;
  /** Of the supervisor of the model: "models/digits". */
  readonly above: string;
  readonly name: string;
  readonly staged: Staged;
  readonly tally: Tally;
  /** As its options say; undefined: as its runtime is. */
  readonly idempotent: boolean | undefined;
}

/** The key of requests to a model that keeps sequences that belong to none. */
const NOBODY = "-";

/** A version of a model that is loaded: a pool in the tree. */
export class ServedVersion {
  readonly staged: Staged;
  readonly path: string;
  readonly description: ModelDescription;
  readonly #parts: VersionParts;
  readonly #ref: PoolRef<Serving>;
  #inFlight = 0;
  #idle: (() => void)[] = [];
  #leaving = false;
  #canary: Canary | undefined;

  private constructor(parts: VersionParts, ref: PoolRef<Serving>, path: string, description: ModelDescription) {
    this.#parts = parts;
    this.#ref = ref;
    this.staged = parts.staged;
    this.path = path;
    this.description = description;
  }

  /**
   * Starts it beside whatever runs.
   * @throws HoldfastError (rejects) StartFailed and what else a start may say; nothing is left of it
   */
  static async start(parts: VersionParts, spec: ChildSpec<PoolRef<Serving>>): Promise<ServedVersion> {
    const { app, above, staged } = parts;
    const { version, digest } = staged.offer;
    // The same version may run already, from an older file.
    const taken = app.child(`${above}/${version}`) !== undefined;
    const name = taken ? `${version}-${digest.slice(0, 8)}` : String(version);
    const path = `${above}/${name}`;
    const first = firstStart(app, path);
    try {
      const ref = await app.add(above, name, spec);
      // A model that keeps sequences has an actor for each, and one has to be asked.
      const asked = spec.kind === "keyed" ? ref.with({ key: NOBODY }) : ref;
      const description = await Promise.race([asked.ask.describe(), first.failed]);
      if (description.stateful) await app.release(path, NOBODY);
      return new ServedVersion(parts, ref, path, description);
    } catch (error) {
      if (app.child(path)) await app.remove(path);
      throw error;
    } finally {
      first.end();
    }
  }

  get version(): string {
    return String(this.staged.offer.version);
  }

  get offer() {
    return this.staged.offer;
  }

  /** Another version may be asked what this one was: it answers, and does nothing else. */
  get repeatable(): boolean {
    return this.#parts.idempotent ?? this.description.runtime !== "function";
  }

  /** Its requests finish, and it takes no more. */
  get leaving(): boolean {
    return this.#leaving;
  }

  /** Asks it, and counts. */
  async infer(request: ModelRequest, options: CallOptions): Promise<ModelAnswer> {
    const { clock, tally } = this.#parts;
    const began = clock.now();
    try {
      const { times, ...answer } = await this.rehearse({ ...request, timed: true }, options);
      const at = clock.wallTime();
      tally.answered({ ms: clock.now() - began, items: itemsOf(request, this.description), at, times });
      return answer;
    } catch (error) {
      tally.failed(clock.now() - began, clock.wallTime());
      throw error;
    }
  }

  /** The same for the runs that nobody counts. */
  async rehearse(request: ModelRequest, options: CallOptions): Promise<ModelAnswer> {
    const release = this.hold();
    try {
      if (this.description.stateful) return await this.#inSequence(request, options);
      return await this.#ref.with(options).ask.infer(request);
    } finally {
      release();
    }
  }

  /** Without a key it is a sequence of its own. One that ended makes room before its caller hears of it. */
  async #inSequence(request: ModelRequest, options: CallOptions): Promise<ModelAnswer> {
    const whole = { ...request.parameters, sequence_start: true, sequence_end: true };
    const { sequence_id: id = 0 } = request.parameters ?? {};
    const { key = id === 0 || id === "" ? NOBODY : String(id) } = options;
    const asked = key === NOBODY ? { ...request, parameters: whole } : request;
    const answer = await this.#ref.with({ ...options, key }).ask.infer(asked);
    if (asked.parameters?.sequence_end === true && key !== NOBODY) {
      // It has ended either way: what is wrong with its actor is told where it died.
      await this.#parts.app.release(this.path, key).catch(() => {});
    }
    return answer;
  }

  /** It does not leave until what this returns was called: somebody may ask it yet. */
  hold(): () => void {
    this.#inFlight++;
    return () => {
      if (--this.#inFlight === 0) for (const idle of this.#idle.splice(0)) idle();
    };
  }

  /** Lets what is under way finish, for so long at most, and removes it from the tree. Never rejects. */
  async leave(drainMs: number): Promise<void> {
    this.#leaving = true;
    this.unprobed();
    await this.#drained(drainMs);
    try {
      await this.#parts.app.remove(this.path);
    } catch {
      // The app ends, or it has gone by itself: either way it is not there.
    }
  }

  #drained(withinMs: number): Promise<void> {
    if (this.#inFlight === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(withinMs, resolve, { background: true });
      this.#idle.push(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /**
   * Makes a request of it now and then from now on, where nobody else does.
   * @param request one that it has answered
   */
  probed(request: ModelRequest, settings: ProbeSettings): void {
    const { app, clock } = this.#parts;
    // Whoever else wants something goes first.
    const ask = (timeout: number) => this.rehearse(request, { timeout, priority: "low", sender: "probe" });
    this.#canary ??= probe({ app, clock, path: this.path, settings, ask });
  }

  unprobed(): void {
    this.#canary?.stop();
    this.#canary = undefined;
  }

  /** Why a request sent now would not be answered; undefined where it would. */
  trouble(): string | undefined {
    const { reason } = healthOf(findNode(this.#parts.app.tree(), this.path));
    const failure = this.#canary?.failure;
    const why = reason ?? (failure === undefined ? undefined : `its probe failed: ${failure}`);
    return why === undefined ? undefined : `${this.path}: ${why}`;
  }
}
