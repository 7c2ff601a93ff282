import type { ActorFacts } from "../actor/methods.js";
import type { Target } from "../actor/ref.js";
import { ABANDON_AFTER } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import type { CellSpec } from "../host/booting.js";
import type { Host } from "../host/host.js";
import type { Mailbox } from "../mailbox/mailbox.js";
import type { Message } from "../mailbox/message.js";
import type { ChildRules, Shutdown } from "../supervision/spec.js";
import { ActorHandle } from "./actor-handle.js";
import { actorNode } from "./actor-node.js";
import type { Remains } from "./after-death.js";
import { Cell } from "./cell.js";
import type { SystemContext } from "./context.js";
import type { OpenReport } from "./death-log.js";
import { Exclusive } from "./exclusive.js";
import type { HandleOwner } from "./handle-options.js";
import { hasNoKeys } from "./not-an-actor.js";
import { deathError, reportDeath } from "./report-death.js";
import { mustServe, startFailed, stoppedBefore, tookTooLong } from "./start-failure.js";
import { type Receiver, targetOf } from "./target.js";
import type { TreeNode } from "./tree.js";
import { type Begun, type Keeper, noKeeper, type Standing, type Unit } from "./unit.js";
import { within } from "./within.js";

export interface ActorUnitOptions {
  readonly cell: CellSpec;
  readonly rules: ChildRules;
  readonly mailbox: Mailbox;
  /** Others take from it too: it is not emptied when this one ends. */
  readonly sharedMailbox: boolean;
  readonly window: number;
  readonly snapshotEvery: number;
  readonly graceMs: number;
  /** A message was settled; default: it alone is told. */
  readonly onServed?: () => void;
}

/** One actor alone in its cell. Its mailbox is handed in: its own, or its pool's. */
export class ActorUnit implements Unit, Receiver, HandleOwner {
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  keeper: Keeper = noKeeper;
  readonly handle: ActorHandle;
  readonly #context: SystemContext;
  readonly #options: ActorUnitOptions;
  readonly #exclusive: Exclusive | undefined;
  #cell: Cell | undefined;
  /** Of its class; kept while it restarts. */
  #facts: ActorFacts | undefined;
  /** There while a start is under way; aborting it gives the start up. */
  #starting: AbortController | undefined;
  #report: OpenReport | undefined;
  /** Why it takes no mail: it was parked or has ended. */
  #refusal: HoldfastError | undefined;
  /** Why it takes no new mail: the system stops. What its own actors ask of each other belongs to work already taken. */
  #draining: HoldfastError | undefined;

  constructor(context: SystemContext, name: string, path: string, options: ActorUnitOptions) {
    this.#context = context;
    this.#options = options;
    this.name = name;
    this.path = path;
    this.#exclusive = options.cell.exclusive ? new Exclusive(context, path) : undefined;
    this.handle = new ActorHandle(context, this, options.mailbox, options);
    this.target = targetOf(context, this);
  }

  get key(): undefined {
    return undefined;
  }

  get props(): undefined {
    return undefined;
  }

  onUp(): void {
    this.#report?.warmed(this.pending() > 0);
    this.keeper.unitUp();
  }

  onCrash(remains: Remains): void {
    this.#died(remains);
  }

  onServed(): void {
    if (this.#options.onServed) this.#options.onServed();
    else this.served();
  }

  get incarnation(): number {
    return this.handle.incarnation;
  }

  accept(message: Message, key?: string): void {
    if (key !== undefined) throw hasNoKeys(this.path, key);
    if (this.#refusal) throw this.#refusal;
    if (this.#draining && !message.inner) throw this.#draining;
    this.handle.mailbox.push(message);
    this.handle.pump();
  }

  isStream(method: string): boolean | undefined {
    return this.#facts?.methods[method]?.stream;
  }

  /** The cheapest level that fits: in place while the cell lives, else a spare, else a cold host. */
  async start(): Promise<Begun> {
    const starting = new AbortController();
    this.#starting = starting;
    this.#refusal = undefined;
    const { startTimeoutMs } = this.#options.rules;
    try {
      const inPlace = this.#cell?.alive === true;
      if (!inPlace) await this.#exclusive?.alone(starting.signal);
      else if (this.#exclusive) await this.#calm(this.#exclusive, starting.signal);
      const began = this.#context.clock.now();
      if (inPlace) this.#report?.restarted("in-place");
      else await this.#openCell(startTimeoutMs, starting.signal);
      const cell = this.#cell!;
      const left = startTimeoutMs - (this.#context.clock.now() - began);
      const begun = await within(this.#context.clock, left, this.handle.start(cell), () => {
        cell.kill({ kind: "start-failed", error: tookTooLong(this.path, startTimeoutMs) });
        return tookTooLong(this.path, startTimeoutMs);
      });
      if (begun === "ignored") return await this.#ignored(cell);
      this.#context.hosts.refill(this.#options.cell);
      return "ready";
    } catch (thrown) {
      // A restart that failed is a death more; of a first start only the caller hears.
      if (this.#report && !starting.signal.aborted) this.#open(startFailed(thrown));
      throw thrown;
    } finally {
      if (this.#starting === starting) this.#starting = undefined;
    }
  }

  /** An exclusive actor is not rebuilt beside what it left running. */
  async #calm(exclusive: Exclusive, signal: AbortSignal): Promise<void> {
    const left = this.#cell?.lingering(this.handle);
    await exclusive.calm(left, signal);
    if (signal.aborted) throw stoppedBefore(this.path);
    if (this.#cell?.alive) return;
    throw new HoldfastError(
      "StartFailed",
      `${this.path}: ${left?.methods.join(", ")} did not settle; its host is gone`,
    );
  }

  /** It has nothing to do here: its host is let go, and mail refused until somebody starts it by hand. */
  async #ignored(cell: Cell): Promise<Begun> {
    if (this.#options.sharedMailbox) throw mustServe(this.path, "a pool's member");
    this.#report?.close();
    this.handle.end({ kind: "killed", by: "its supervisor" });
    this.#refuse(
      new HoldfastError(
        "ActorStopped",
        `${this.path} did not start: its start() answered ignore; restart it by hand when there is something to do`,
      ),
    );
    const { shutdown } = this.#options.rules;
    if (shutdown === "brutal") this.#letGo();
    else await cell.shut(shutdown === "unlimited" ? Number.POSITIVE_INFINITY : shutdown);
    return "ignored";
  }

  async stop(shutdown: Shutdown): Promise<void> {
    const starting = this.#starting;
    starting?.abort();
    const cell = this.#cell;
    if (!cell?.alive) return;
    if (shutdown === "brutal" || starting) {
      await this.#killed(cell, "its supervisor");
      return;
    }
    const limit = shutdown === "unlimited" ? Number.POSITIVE_INFINITY : shutdown;
    const clock = this.#context.clock;
    const began = clock.now();
    let late = false;
    const { incarnation } = this.handle;
    await within(clock, limit, this.handle.stop(), () => {
      late = true;
      return undefined;
    }).catch(() => {});
    // It crashed on its way out, and its supervisor has started the next one: that one was not asked to stop.
    if (this.handle.incarnation !== incarnation) return;
    if (!late) await cell.shut(Math.max(0, limit - (clock.now() - began)));
    else await this.#killed(cell, "its supervisor, past its shutdown time");
    if (this.handle.cell === cell) this.handle.end({ kind: "killed", by: "its supervisor" });
  }

  /**
   * A killed process is there until its exit: a start that follows must not find it alive. One that does not leave is
   * abandoned: that is its death, and what it was handed must not wait for it.
   */
  async #killed(cell: Cell, by: string): Promise<void> {
    cell.kill({ kind: "killed", by });
    await within(this.#context.clock, milliseconds(ABANDON_AFTER, "abandonAfter"), cell.over, () => {
      cell.abandon();
      if (this.#cell === cell) this.#cell = undefined;
      return undefined;
    });
  }

  dispose(error: HoldfastError): void {
    this.#report?.close();
    this.#letGo();
    this.#refuse(error);
  }

  #refuse(error: HoldfastError): void {
    this.#refusal = error;
    if (this.#options.sharedMailbox) return;
    this.handle.park(error);
  }

  /** Parked after a crash of the actor alone: nobody will use its host again, so it must not hold the memory. */
  #letGo(): void {
    const cell = this.#cell;
    if (!cell?.alive) return;
    this.#cell = undefined;
    cell.onDeath = () => {};
    cell.kill({ kind: "killed", by: "its supervisor" });
    if (this.handle.cell === cell) this.handle.end({ kind: "killed", by: "its supervisor" });
  }

  drain(): void {
    this.#draining = new HoldfastError("Draining", `${this.path} is stopping and takes no new work`);
  }

  /** A message of its (shared) mailbox was settled: service is back, by whomever. */
  served(): void {
    this.#report?.served();
  }

  pending(): number {
    return this.handle.mailbox.size + this.handle.executing;
  }

  kill(by: string): boolean {
    if (!this.#cell?.alive) return false;
    this.#cell.kill({ kind: "killed", by });
    return true;
  }

  child(): undefined {
    return undefined;
  }

  tree(standing: Standing): TreeNode {
    return actorNode(this.#context, this.#options.cell, this, standing, this.#exclusive?.waits ?? standing.reason);
  }

  async #openCell(withinMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw stoppedBefore(this.path);
    const onHost = (level: "spare" | "cold") => this.#report?.restarted(level);
    const onOpened = (host: Host) => this.#exclusive?.add(host);
    const cell = await Cell.open(this.#context, this.#options.cell, { withinMs, signal, onHost, onOpened });
    // Between its opening and this turn it may have died, or this start been given up, with nobody to tell.
    if (signal.aborted) cell.kill({ kind: "killed", by: "its supervisor" });
    if (!cell.alive || signal.aborted) {
      throw new HoldfastError("StartFailed", `${this.path}: its host ended while it was starting`);
    }
    this.#cell = cell;
    this.#facts = cell.facts;
    cell.onDeath = ({ cause, at }) => {
      const { handle } = this;
      // What crashed before has had its death: that its empty host is ended on purpose is none.
      const over = cause.kind === "killed" && !handle.serves(handle.incarnation);
      const starting = this.#starting !== undefined && !handle.up;
      const remains = handle.end(cause, at);
      if (!over && !starting) this.#died(remains);
    };
  }

  #open(remains: Remains): void {
    this.#report?.close();
    const { isolation } = this.#options.cell;
    const host = this.#cell?.host.name ?? isolation;
    this.#report = reportDeath(this.#context, this.handle, isolation, host, remains);
  }

  /** Its host or it alone is gone while it served. */
  #died(remains: Remains): void {
    this.#open(remains);
    this.keeper.unitDied({
      guilty: remains.guilty || remains.cause.kind === "killed",
      normal: false,
      error: deathError(this.path, remains.cause),
      decided: (decision) => this.#report?.decided(decision),
    });
  }
}
