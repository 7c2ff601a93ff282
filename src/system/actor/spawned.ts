import type { ActorClass } from "../../actor/actor.js";
import { createRef, type KeyedRef } from "../../actor/ref.js";
import { HoldfastError } from "../../errors.js";
import { bothMail, type MailStats, noMail } from "../../mailbox/mail-stats.js";
import type { Tally } from "../../mailbox/tally.js";
import { type Shutdown, type SupervisorRules, supervisorRules } from "../../supervision/spec.js";
import type { SpawnSpec } from "../../transport/frames.js";
import { unpack } from "../../transport/values.js";
import type { SystemContext } from "../context.js";
import { needsName } from "../durable/durable-options.js";
import type { ActorOptions } from "../specs.js";
import type { PlannedRestart } from "../stats.js";
import { refuseName } from "../supervisor/load-child.js";
import { Supervisor } from "../supervisor/supervisor.js";
import type { TreeNode } from "../tree.js";
import type { Unit } from "../unit.js";
import type { ActorUnit } from "./actor-unit.js";

/** Whose children they are. */
interface Parent {
  readonly context: SystemContext;
  readonly path: string;
  /** Where their mail counts. */
  readonly tally: Tally;
}

/** A child that an actor asks for. */
export interface SpawnRequest {
  readonly name: string | undefined;
  readonly spec: SpawnSpec;
  /** The asking incarnation is over: a child that came now would be nobody's. */
  readonly over: () => boolean;
}

/**
 * The children of one actor's incarnation, under a supervisor of their own.
 *
 *   spawn ─▶ join ─▶ ready: its ref │ cannot start: the reason, and nothing is left
 *   the incarnation dies ─▶ all are told to stop at once ─▶ the next incarnation starts when the last is down
 *   the actor is stopped ─▶ one after the other, the last one first
 */
export class Spawned {
  /** Times its actor was told to stop: a start that waits for these children must not come after one. */
  stops = 0;
  readonly #context: SystemContext;
  readonly #path: string;
  readonly #tally: Tally;
  readonly #most: number;
  readonly #gaveUp: (error: Error) => void;
  #supervisor: Supervisor | undefined;
  #made = 0;
  #ending: Promise<void> | undefined;
  #draining = false;

  /** @param gaveUp one of them went over its budget and asks for the actor's end */
  constructor({ context, path, tally }: Parent, most: number, gaveUp: (error: Error) => void) {
    this.#context = context;
    this.#path = path;
    this.#tally = tally;
    this.#most = most;
    this.#gaveUp = gaveUp;
  }

  async spawn({ name: given, spec, over }: SpawnRequest): Promise<KeyedRef<unknown>> {
    const name = given ?? `child-${++this.#made}`;
    const path = `${this.#path}/${name}`;
    refuseName(name);
    const { loadActor } = await import("./loaded-actor.js");
    const { props, options = {} } = unpack(spec.own, (to) => this.#context.resolve(to)) as {
      props: unknown;
      options?: ActorOptions;
    };
    if (options.durable && given === undefined) throw needsName(this.#path);
    const runs = spec.isolation === "inline" ? (this.#context.inline.classOf(spec.runs) as ActorClass) : spec.runs;
    const loaded = loadActor({ kind: "actor", isolation: spec.isolation, runs, props, options, load: neverLoaded });
    // While the last incarnation's are on their way out, nobody asks; who asks now may have ended in between.
    if (over()) throw new HoldfastError("ActorStopped", `${path} was not started: ${this.#path} has ended`);
    const supervisor = this.#up();
    if (supervisor.size >= this.#most) {
      throw new HoldfastError(
        "Unavailable",
        `${this.#path} has ${supervisor.size} children, as many as it may (maxChildren): end some, or raise it`,
        { details: { maxChildren: this.#most } },
      );
    }
    // A name that is taken is refused by the supervisor.
    const unit = await supervisor.startChild(name, loaded, this.#tally);
    if (this.#draining) unit.drain();
    return createRef(unit.target);
  }

  /** Resolves when none is left of those that are on their way out; undefined when there are none. */
  get ending(): Promise<void> | undefined {
    return this.#ending;
  }

  /** The incarnation is over: all at once. */
  end(): Promise<void> | undefined {
    const supervisor = this.#supervisor;
    if (!supervisor || this.#ending) return this.#ending;
    for (const unit of supervisor.units().reverse()) supervisor.removeMember(unit.name);
    this.#ending = this.#stop(supervisor, "unlimited");
    return this.#ending;
  }

  /** The actor has stopped: the last one first. */
  async stop(shutdown: Shutdown): Promise<void> {
    if (this.#ending && shutdown === "brutal") this.#supervisor?.kill("its supervisor", undefined);
    if (!this.#ending && this.#supervisor) this.#ending = this.#stop(this.#supervisor, shutdown);
    await this.#ending;
  }

  drain(): void {
    this.#draining = true;
    this.#supervisor?.drain();
  }

  pending(): number {
    return this.#supervisor?.pending() ?? 0;
  }

  /** Mail of theirs that has no outcome. */
  get owed(): MailStats {
    const units = (this.#supervisor?.units() ?? []) as ActorUnit[];
    return units.map((unit) => unit.owes).reduce(bothMail, noMail);
  }

  child(name: string): Unit | undefined {
    return this.#supervisor?.child(name);
  }

  recycle(name: string, why: PlannedRestart): boolean {
    return this.#supervisor?.recycle(name, why) ?? false;
  }

  async restart(name: string): Promise<void> {
    await this.#supervisor?.restart(name);
  }

  tree(): readonly TreeNode[] {
    const standing = { state: "running", reason: undefined, restarts: 0 } as const;
    return this.#supervisor?.tree(standing).children ?? [];
  }

  #up(): Supervisor {
    if (this.#supervisor) return this.#supervisor;
    const intensity = { restarts: Number.POSITIVE_INFINITY, within: 60_000 };
    const rules = supervisorRules({ intensity, overBudget: "quarantine" }, this.#path);
    const supervisor = new ChildrenOfActor(this.#context, this.#path, rules, this.#gaveUp);
    // They count in their actor's own tally, which goes on: there is nothing to take over.
    supervisor.onForgotten = () => {};
    void supervisor.start("background");
    this.#supervisor = supervisor;
    return supervisor;
  }

  async #stop(supervisor: Supervisor, shutdown: Shutdown): Promise<void> {
    await supervisor.stop(shutdown);
    supervisor.dispose(new HoldfastError("ActorStopped", `${this.#path}, whose child this was, has ended`));
    this.#supervisor = undefined;
    this.#ending = undefined;
  }
}

function neverLoaded(): never {
  throw new Error("defect: the spec of a spawned child is loaded where it is asked for");
}

/** Part of its actor: when it gives up that is the actor's death, and no other. */
class ChildrenOfActor extends Supervisor {
  readonly #gaveUp: (error: Error) => void;

  constructor(context: SystemContext, path: string, rules: SupervisorRules, gaveUp: (error: Error) => void) {
    super(context, "children", path, rules, []);
    this.#gaveUp = gaveUp;
  }

  /** What was taken is finished, and may need children for it: they take nothing from others. */
  protected override refuseMore(): void {}

  override onEnded(error: Error | undefined): void {
    if (error) this.#gaveUp(error);
  }
}
