import type { ActorFacts } from "../../actor/methods.js";
import { ABANDON_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import type { MailboxLimits } from "../../mailbox/mailbox.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { Packed } from "../../transport/frames.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import type { SystemContext } from "../context.js";
import type { Remains } from "../death/after-death.js";
import type { DeathCause } from "../death/report.js";
import type { Begun } from "../unit.js";
import { limitOf, within } from "../within.js";
import { ActorHandle } from "./actor-handle.js";
import type { ActorPlan } from "./actor-plan.js";
import type { HandleOwner } from "./handle-options.js";
import type { SpawnRequest } from "./spawned.js";
import { Unusual } from "./unusual.js";

const bySupervisor = { kind: "killed", by: "its supervisor" } as const;

/**
 * An actor's place in a cell, its own or one it shares, and the ways to leave it:
 *
 *   enter ─▶ in its place ─┬─ leave: it has stopped; the last one out shuts the cell
 *                          ├─ endFor, killed: by force; what follows is that of a death
 *                          └─ letGo: it was parked, and nobody will use its place again
 *
 * There may be a million of them, most of which simply run: what few have is `unusual`.
 */
export abstract class Lodger implements HandleOwner {
  readonly name: string;
  readonly above: string;
  /** Where they are not its cell's. */
  readonly props: Packed | undefined;
  readonly handle: ActorHandle;
  protected readonly plan: ActorPlan;
  protected cell: Cell | undefined;
  #rare: Unusual | undefined;

  constructor(above: string, name: string, plan: ActorPlan, props?: Packed) {
    this.above = above;
    this.name = name;
    this.plan = plan;
    this.props = props;
    this.handle = new ActorHandle(this);
  }

  abstract onUp(): void;
  abstract onOver(remains: Remains): void;
  abstract onServed(): void;
  abstract onLost(death: CellDeath): void;
  abstract spawn(request: SpawnRequest): Promise<unknown>;

  onHung(cause: DeathCause): void {
    this.endFor(cause);
  }

  protected get rare(): Unusual | undefined {
    return this.#rare;
  }

  protected get unusual(): Unusual {
    this.#rare ??= new Unusual();
    return this.#rare;
  }

  get path(): string {
    return `${this.above}/${this.name}`;
  }

  get key(): undefined {
    return undefined;
  }

  get context(): SystemContext {
    return this.plan.context;
  }

  get rules(): ChildRules {
    return this.plan.rules;
  }

  get options(): ActorPlan {
    return this.plan;
  }

  get mailbox(): MailboxLimits {
    return this.plan.mailbox;
  }

  /** Of its class, from its first start on. */
  get facts(): ActorFacts | undefined {
    return this.cell?.facts ?? this.#rare?.facts;
  }

  protected enter(cell: Cell): Promise<Begun> {
    this.cell = cell;
    return this.handle.start(cell);
  }

  /** Its place is ended by force; what follows is that of a death. @returns whether it had one */
  protected endFor(cause: DeathCause): boolean {
    const { cell } = this;
    if (!cell?.alive) return false;
    if (cell.shared) this.#without(cell);
    this.plan.lodging.evict(cell, this.handle, cause);
    return true;
  }

  /**
   * A killed process is there until its exit: a start that follows must not find it alive. One that does not leave is
   * abandoned: that is its death, and what it was handed must not wait for it.
   */
  protected async killed(cell: Cell, by: string): Promise<void> {
    this.endFor({ kind: "killed", by });
    if (cell.shared) return;
    await within(this.context.clock, milliseconds(ABANDON_AFTER, "abandonAfter"), cell.over, () => {
      cell.abandon();
      if (this.cell === cell) this.#without(cell);
      return undefined;
    });
  }

  /** It has stopped, or has nothing to do. */
  protected async leave(withinMs: number): Promise<void> {
    const { cell } = this;
    // It was killed on its way out, and has left its place already.
    if (!cell) return;
    if (cell.shared) this.#without(cell);
    if (cell.shared || !cell.alive) this.handle.end(bySupervisor);
    await this.plan.lodging.left(cell, withinMs);
  }

  /** Parked after a crash of the actor alone: nobody will use its host again, so it must not hold the memory. */
  protected letGo(): void {
    const { cell } = this;
    if (!cell?.alive) return;
    this.#without(cell);
    if (cell.shared) this.handle.end(bySupervisor);
    else cell.onDeath = () => {};
    // After an end of its own wish the host, which nobody needs any more, may finish too.
    const endedWell = this.#rare?.report?.report.cause.kind === "stopped-itself";
    const { shutdown } = this.rules;
    if (endedWell && shutdown !== "brutal") void this.plan.lodging.left(cell, limitOf(shutdown));
    else this.plan.lodging.drop(cell);
    if (this.handle.cell === cell) this.handle.end(bySupervisor);
  }

  #without(cell: Cell): void {
    this.unusual.facts = cell.facts;
    this.cell = undefined;
  }
}
