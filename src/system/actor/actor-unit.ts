import type { ActorFacts } from "../../actor/methods.js";
import type { Target } from "../../actor/ref.js";
import { ABANDON_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import type { HoldfastError } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import type { ChildRules, Shutdown } from "../../supervision/spec.js";
import type { Packed } from "../../transport/frames.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import type { SystemContext } from "../context.js";
import type { Remains } from "../death/after-death.js";
import type { OpenReport } from "../death/death-log.js";
import type { DeathCause, DeathReport } from "../death/report.js";
import { exitOf, reportDeath } from "../death/report-death.js";
import { hasNoKeys, takesNoMore } from "../not-an-actor.js";
import { type Receiver, targetOf } from "../target.js";
import type { TreeNode } from "../tree.js";
import { type Begun, type Keeper, noKeeper, type Standing, type Unit } from "../unit.js";
import { limitOf, within } from "../within.js";
import { ActorHandle } from "./actor-handle.js";
import { actorNode } from "./actor-node.js";
import type { ActorOwn, ActorPlan } from "./actor-plan.js";
import { Attempt } from "./attempt.js";
import type { HandleOwner } from "./handle-options.js";
import type { SpawnRequest } from "./spawned.js";
import { mustServe, nothingToDo, startFailed, tookTooLong } from "./start-failure.js";

/** One actor as a supervised child. Its mailbox is handed in: its own, or its pool's. */
export abstract class ActorUnit implements Unit, Receiver, HandleOwner {
  readonly name: string;
  readonly above: string;
  /** Where it is not its cell's. */
  readonly props: Packed | undefined;
  keeper: Keeper = noKeeper;
  record: Unit["record"];
  /** Of its class, from its first start on. */
  facts: ActorFacts | undefined;
  readonly handle: ActorHandle;
  protected readonly context: SystemContext;
  protected readonly plan: ActorPlan;
  readonly rules: ChildRules;
  #cell: Cell | undefined;
  /** There while a start is under way. */
  #starting: Attempt | undefined;
  #report: OpenReport | undefined;
  /** Why it takes no mail: it was parked or has ended. */
  #refusal: HoldfastError | undefined;
  /** Why it takes no new mail: the system stops. What its own actors ask of each other belongs to work already taken. */
  #draining = false;

  constructor(context: SystemContext, above: string, name: string, plan: ActorPlan, own: ActorOwn) {
    this.context = context;
    this.plan = plan;
    ({ rules: this.rules, props: this.props } = own);
    [this.above, this.name] = [above, name];
    this.handle = new ActorHandle(context, this, own.mailbox, plan);
  }

  get path(): string {
    return `${this.above}/${this.name}`;
  }

  get target(): Target {
    return targetOf(this.context, this);
  }

  readonly key = undefined;

  onUp(): void {
    // A pool's shared mail may be another member's to answer: there only what this one took counts.
    this.#report?.warmed(this.plan.sharedMailbox ? this.handle.busy : this.pending() > 0);
    this.keeper.unitUp(this.name);
  }

  /** Its cell is gone, or it alone was ended by force. */
  onLost({ cause, at }: CellDeath): void {
    const starting = this.#starting !== undefined && !this.handle.up;
    const served = this.handle.serves(this.incarnation);
    const remains = this.handle.end(cause, at);
    // What crashed has had its death, also where that was heard only now: that its place is ended on purpose is none.
    const dead = !served || this.#report?.report.incarnation === this.incarnation;
    if (!starting && !(dead && cause.kind === "killed")) this.#died(remains);
  }

  onHung(cause: DeathCause): void {
    this.endFor(cause);
  }

  onOver(remains: Remains): void {
    this.#died(remains);
  }

  onServed(): void {
    (this.plan.onServed ?? (() => this.served()))();
  }

  get incarnation(): number {
    return this.handle.incarnation;
  }

  accept(message: Message, key?: string): void {
    if (key !== undefined) throw hasNoKeys(this.path, key);
    if (this.#refusal) throw this.#refusal;
    if (this.#draining && !message.inner) throw takesNoMore(this.path);
    this.handle.accept(message);
  }

  isStream(method: string): boolean | undefined {
    return this.facts?.methods[method]?.stream;
  }

  /** The cheapest level that fits: in place while the cell lives, else another cell, a spare, or a cold host. */
  async start(): Promise<Begun> {
    const attempt = new Attempt();
    this.#starting = attempt;
    this.#refusal = undefined;
    const { startTimeoutMs: withinMs } = this.rules;
    const { lodging } = this.plan;
    const onHost = (level: NonNullable<DeathReport["level"]>) => this.#report?.restarted(level);
    let begun: Begun;
    const cell = this.#cell;
    try {
      if (cell?.alive) {
        const calm = lodging.calm?.(cell, this.handle, attempt);
        if (calm) await calm;
        onHost("in-place");
        begun = await this.#enter(cell, withinMs);
      } else {
        const enter = (found: Cell, leftMs: number) => this.#enter(found, leftMs);
        begun = await lodging.place({ path: this.path, withinMs, attempt, onHost, enter, late: () => this.#late() });
      }
      if (begun === "ignored") await this.#ignored();
      else this.context.hosts.refill(lodging.spec);
      return begun;
    } catch (thrown) {
      // A restart that failed is a death more; of a first start only the caller hears.
      if (this.#report && !attempt.givenUp) this.#open(startFailed(thrown));
      await this.incarnationOver();
      throw thrown;
    } finally {
      if (this.#starting === attempt) this.#starting = undefined;
    }
  }

  #enter(cell: Cell, leftMs: number): Promise<Begun> {
    this.#cell = cell;
    this.facts = cell.facts;
    // Past its limit it rejects, so it never resolves with nothing.
    return within(this.context.clock, leftMs, this.handle.start(cell), () => this.#late()) as Promise<Begun>;
  }

  #late(): Error {
    const error = tookTooLong(this.path, this.rules.startTimeoutMs);
    this.endFor({ kind: "start-failed", error });
    return error;
  }

  /** It has nothing to do here: its place is given up, and mail refused until somebody starts it by hand. */
  async #ignored(): Promise<void> {
    if (this.plan.sharedMailbox) throw mustServe(this.path, "a pool's member");
    this.#report?.close();
    await this.incarnationOver();
    this.#refuse(nothingToDo(this.path));
    if (this.rules.shutdown === "brutal") this.#letGo();
    else await this.#leave(limitOf(this.rules.shutdown));
  }

  async stop(shutdown: Shutdown): Promise<void> {
    const starting = this.handle.up ? undefined : this.#starting;
    starting?.giveUp();
    const cell = this.#cell;
    if (!cell?.alive) return;
    if (shutdown === "brutal" || starting) {
      await this.#killed(cell, "its supervisor");
      return;
    }
    const limit = limitOf(shutdown);
    // Nothing of it runs, and it has no stop() to be called.
    if (cell.shared && this.handle.plain && !this.handle.busy) return this.#leave(limit);
    const { clock } = this.context;
    const began = clock.now();
    let late = false;
    const { incarnation } = this.handle;
    await within(this.context.deadlines, limit, this.handle.stop(), () => {
      late = true;
      return undefined;
    }).catch(() => {});
    // It crashed on its way out or lost its place: what its supervisor started next was not asked to stop.
    if (this.handle.incarnation !== incarnation || this.#cell !== cell) return;
    if (!late) await this.#leave(Math.max(0, limit - (clock.now() - began)));
    else await this.#killed(cell, "its supervisor, past its shutdown time");
    // Its end may have been answered with the next start already, in the very cell that it shares.
    const stillIts = this.handle.cell === cell && this.handle.incarnation === incarnation;
    if (stillIts) this.handle.end({ kind: "killed", by: "its supervisor" });
  }

  /**
   * A killed process is there until its exit: a start that follows must not find it alive. One that does not leave is
   * abandoned: that is its death, and what it was handed must not wait for it.
   */
  async #killed(cell: Cell, by: string): Promise<void> {
    this.endFor({ kind: "killed", by });
    if (cell.shared) return;
    await within(this.context.clock, milliseconds(ABANDON_AFTER, "abandonAfter"), cell.over, () => {
      cell.abandon();
      if (this.#cell === cell) this.#cell = undefined;
      return undefined;
    });
  }

  /** Its place is ended by force; what follows is that of a death. */
  protected endFor(cause: DeathCause): boolean {
    const cell = this.#cell;
    if (!cell?.alive) return false;
    if (cell.shared) this.#cell = undefined;
    this.plan.lodging.evict(cell, this.handle, cause);
    return true;
  }

  /** It has stopped, or has nothing to do. */
  async #leave(withinMs: number): Promise<void> {
    const cell = this.#cell;
    // It was killed on its way out, and has left its place already.
    if (!cell) return;
    if (cell.shared) this.#cell = undefined;
    if (cell.shared || !cell.alive) this.handle.end({ kind: "killed", by: "its supervisor" });
    await this.plan.lodging.left(cell, withinMs);
  }

  dispose(error: HoldfastError): void {
    this.#report?.close();
    this.#letGo();
    this.#refuse(error);
  }

  #refuse(error: HoldfastError): void {
    this.#refusal = error;
    if (!this.plan.sharedMailbox) this.handle.park(error);
  }

  /** Parked after a crash of the actor alone: nobody will use its host again, so it must not hold the memory. */
  #letGo(): void {
    const cell = this.#cell;
    if (!cell?.alive) return;
    this.#cell = undefined;
    if (cell.shared) this.handle.end({ kind: "killed", by: "its supervisor" });
    else cell.onDeath = () => {};
    // After an end of its own wish the host, which nobody needs any more, may finish too.
    const endedWell = this.#report?.report.cause.kind === "stopped-itself";
    const { shutdown } = this.rules;
    if (endedWell && shutdown !== "brutal") void this.plan.lodging.left(cell, limitOf(shutdown));
    else this.plan.lodging.drop(cell);
    if (this.handle.cell === cell) this.handle.end({ kind: "killed", by: "its supervisor" });
  }

  drain(): void {
    this.#draining = true;
  }

  served(): void {
    this.#report?.served();
  }

  abstract spawn(request: SpawnRequest): Promise<unknown>;

  pending(): number {
    return this.handle.mailbox.size + this.handle.executing;
  }

  kill(by: string): boolean {
    return this.endFor({ kind: "killed", by });
  }

  abstract child(name: string): Unit | undefined;

  /** An incarnation has ended by itself: what was its own ends with it. Resolves when it has. */
  protected incarnationOver(): Promise<void> | undefined {
    return undefined;
  }

  tree(standing: Standing): TreeNode {
    const { lodging } = this.plan;
    return actorNode(this.context, lodging.spec, this, standing, lodging.waits ?? standing.reason);
  }

  #open(remains: Remains): void {
    this.#report?.close();
    const { isolation } = this.plan.lodging.spec;
    this.#report = reportDeath(this.context, this.handle, isolation, this.#cell?.host.name ?? isolation, remains);
  }

  /** Its host or it alone is gone while it served. */
  #died(remains: Remains): void {
    this.#open(remains);
    void this.incarnationOver();
    const exit = exitOf(this.path, remains, (decision) => this.#report?.decided(decision));
    this.keeper.unitDied(this.name, exit);
  }
}
