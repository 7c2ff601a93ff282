import type { ActorFacts } from "../../actor/methods.js";
import { ABANDON_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import type { MailboxLimits } from "../../mailbox/mailbox.js";
import type { ChildRules } from "../../supervision/spec.js";
import type { Packed } from "../../transport/frames.js";
import type { Cell } from "../cell/cell.js";
import { keyOf } from "../child-key.js";
import type { SystemContext } from "../context.js";
import type { DeathCause } from "../death/report.js";
import { type Begun, type Keeper, noKeeper } from "../unit.js";
import { limitOf, within } from "../within.js";
import { ActorHandle } from "./actor-handle.js";
import type { ActorPlan } from "./actor-plan.js";

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
export abstract class Lodger extends ActorHandle {
  keeper: Keeper = noKeeper;
  readonly props: Packed | undefined;
  protected readonly plan: ActorPlan;
  readonly #name: string | number;

  constructor(name: string, plan: ActorPlan, props?: Packed) {
    super(plan.sharedMailbox);
    this.#name = keyOf(name);
    this.plan = plan;
    this.props = props;
  }

  get name(): string {
    return String(this.#name);
  }

  protected get called(): string | number {
    return this.#name;
  }

  get above(): string {
    return this.keeper.path;
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

  get limits(): MailboxLimits {
    return this.plan.mailbox;
  }

  protected onHung(cause: DeathCause): void {
    this.endFor(cause);
  }

  /** Of its class, from its first start on. */
  get facts(): ActorFacts | undefined {
    return this.place?.facts ?? this.rare?.facts;
  }

  /** Where it is, from the moment at which it enters until it has left: the cell that it is a member of, but for moments. */
  protected get place(): Cell | undefined {
    const { rare } = this;
    return rare?.apart ? rare.place : this.cell;
  }

  protected enter(cell: Cell): Promise<Begun> {
    const { unusual } = this;
    unusual.apart = true;
    unusual.place = cell;
    const begun = this.begin(cell);
    unusual.apart = false;
    unusual.place = undefined;
    return begun;
  }

  protected override onLeft(cell: Cell): void {
    const { unusual } = this;
    if (unusual.apart) return;
    unusual.apart = true;
    unusual.place = cell;
  }

  /** Its place is ended by force; what follows is that of a death. @returns whether it had one */
  protected endFor(cause: DeathCause): boolean {
    const { place: cell } = this;
    if (!cell?.alive) return false;
    if (cell.shared) this.without(cell);
    this.plan.lodging.evict(cell, this, cause);
    return true;
  }

  /**
   * A killed process is there until its exit: a start that follows must not find it alive. One that does not leave is
   * abandoned: that is its death, and what it was handed must not wait for it.
   */
  protected async killed(cell: Cell, by: string, late = false): Promise<void> {
    if (this.plan.lodging.together && cell.size > 1 && !late) {
      // It has no time to end in, which its neighbours do not pay for: nothing that it still does is heard.
      this.without(cell);
      this.end(bySupervisor);
      return;
    }
    this.endFor({ kind: "killed", by });
    if (cell.shared) return;
    await within(this.context.clock, milliseconds(ABANDON_AFTER, "abandonAfter"), cell.over, () => {
      cell.abandon();
      if (this.place === cell) this.without(cell);
      return undefined;
    });
  }

  /** It has stopped, or has nothing to do. */
  protected async leave(withinMs: number): Promise<void> {
    const { place: cell } = this;
    // It was killed on its way out, and has left its place already.
    if (!cell) return;
    if (this.shares(cell)) this.without(cell);
    if (this.shares(cell) || !cell.alive) this.end(bySupervisor);
    await this.plan.lodging.left(cell, withinMs);
  }

  /** Parked after a crash of the actor alone: nobody will use its host again, so it must not hold the memory. */
  protected letGo(): void {
    const { place: cell } = this;
    if (!cell?.alive) return;
    this.without(cell);
    if (this.shares(cell)) this.end(bySupervisor);
    else cell.onDeath = () => {};
    // After an end of its own wish the host, which nobody needs any more, may finish too.
    const endedWell = this.rare?.report?.report.cause.kind === "stopped-itself";
    const { shutdown } = this.rules;
    if (endedWell && shutdown !== "brutal") void this.plan.lodging.left(cell, limitOf(shutdown));
    else this.plan.lodging.drop(cell);
    if (this.cell === cell) this.end(bySupervisor);
  }

  /** Others may be in it, now or later. */
  private shares(cell: Cell): boolean {
    return cell.shared || this.plan.lodging.together === true;
  }

  private without(cell: Cell): void {
    const { unusual } = this;
    unusual.facts = cell.facts;
    unusual.apart = true;
    unusual.place = undefined;
  }
}
