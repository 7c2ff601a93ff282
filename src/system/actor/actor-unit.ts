import type { Target } from "../../actor/ref.js";
import type { HoldfastError } from "../../errors.js";
import type { MailStats } from "../../mailbox/mail-stats.js";
import type { Message, Sent } from "../../mailbox/message.js";
import type { Shutdown } from "../../supervision/spec.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import { hangCell } from "../cell/hang-cell.js";
import type { Remains } from "../death/after-death.js";
import type { OpenReport } from "../death/death-log.js";
import type { DeathReport } from "../death/report.js";
import { decidedOn, exitOf, reportDeath } from "../death/report-death.js";
import { isOwn } from "../hold.js";
import { hasNoKeys, heldBack, takesNoMore } from "../not-an-actor.js";
import type { Receiver } from "../receiver.js";
import type { UnitStats } from "../stats.js";
import { targetOf } from "../target.js";
import { held, type TreeNode } from "../tree.js";
import type { Begun, Standing, Unit } from "../unit.js";
import { unitStats } from "../unit-stats.js";
import { limitOf, within } from "../within.js";
import { actorNode } from "./actor-node.js";
import { Attempt } from "./attempt.js";
import { Lodger } from "./lodger.js";
import { mustServe, nothingToDo, startFailed, tookTooLong } from "./start-failure.js";

/** One actor as a supervised child. Its mailbox is handed in: its own, or its pool's. */
export abstract class ActorUnit extends Lodger implements Unit, Receiver {
  record: Unit["record"] = undefined;

  private get report(): OpenReport | undefined {
    return this.rare?.report;
  }

  get target(): Target {
    return targetOf(this.context, this);
  }

  protected onUp(): void {
    // A pool's shared mail may be another member's to answer: there only what this one took counts.
    this.report?.warmed(this.plan.sharedMailbox ? this.busy : this.pending() > 0);
    this.keeper.unitUp(this.name);
  }

  /** Its cell is gone, or it alone was ended by force. */
  protected onLost(death: CellDeath): void {
    const { remains, died } = this.lostPlace(death);
    if (died) this.died(remains);
  }

  /** @returns what it leaves, and whether it has died of it */
  lostPlace({ cause, at }: CellDeath): { remains: Remains; died: boolean } {
    const attempt = this.rare?.attempt;
    // A start that was given up may just have been done, or be over, when its host has gone: it served nobody.
    const starting = attempt !== undefined && (attempt.givenUp || !this.up);
    const served = this.serves(this.incarnation);
    const remains = this.end(cause, at);
    // What crashed has had its death, also where that was heard only now: that its place is ended on purpose is none.
    const latest = this.report?.report;
    const dead = !served || (latest?.path === this.path && latest.incarnation === this.incarnation);
    return { remains, died: !starting && !(dead && cause.kind === "killed") };
  }

  /** It died with others, of the same: one report for all. */
  diedWith(report: OpenReport, remains: Remains): void {
    this.report?.close();
    this.unusual.report = report;
    this.tellOf(remains);
  }

  protected onOver(remains: Remains): void {
    this.died(remains);
  }

  protected onServed(): void {
    const { onServed } = this.plan;
    if (onServed) onServed();
    else this.served();
  }

  accept(message: Message, key?: string): void {
    if (key !== undefined) throw hasNoKeys(this.path, key);
    if (this.rare?.refusal) throw this.rare.refusal;
    if (this.rare?.draining && !message.inner) throw takesNoMore(this.path);
    if (this.heldBy !== undefined && !isOwn(message, this.path)) throw heldBack(this.path, this.heldBy);
    this.receive(message);
  }

  joins(sent: Sent, first: unknown): boolean {
    return this.admitsAll && this.joined(sent, first);
  }

  begins(message: Message): boolean {
    return this.admitsAll && this.delivered?.begins(message) === true;
  }

  /** Nothing is refused or held back. */
  private get admitsAll(): boolean {
    const { rare } = this;
    return rare === undefined || (!rare.refusal && !rare.draining && rare.heldBy === undefined);
  }

  isStream(method: string): boolean | undefined {
    return this.facts?.methods[method]?.stream;
  }

  /** The cheapest level that fits: in place while the cell lives, else another cell, a spare, or a cold host. */
  async start(): Promise<Begun> {
    const attempt = new Attempt();
    this.unusual.attempt = attempt;
    this.unusual.refusal = undefined;
    const { startTimeoutMs: withinMs } = this.rules;
    const { lodging } = this.plan;
    const onHost = (level: NonNullable<DeathReport["level"]>) => this.report?.restarted(level);
    let begun: Begun;
    const cell = this.place;
    /** Where it begins, or tried to. */
    let where = cell?.alive ? cell : undefined;
    try {
      if (cell?.alive) {
        const calm = lodging.calm?.(cell, this, attempt);
        if (calm) await calm;
        onHost("in-place");
        begun = await this.enterWithin(cell, withinMs);
      } else {
        const enter = (found: Cell, leftMs: number) => {
          where = found;
          return this.enterWithin(found, leftMs);
        };
        begun = await lodging.place({ path: this.path, withinMs, attempt, onHost, enter, late: () => this.late() });
      }
      if (begun === "ignored") await this.ignored();
      else this.context.hosts.refill(lodging.spec);
      return begun;
    } catch (thrown) {
      // A restart that failed is a death more; of a first start only the caller hears.
      if (this.report && !attempt.givenUp) this.open(startFailed(thrown, where && { cell: where, entry: this.entry }));
      await this.incarnationOver();
      throw thrown;
    } finally {
      const { rare } = this;
      // One that was given up is remembered until the next: the end of its host is still to come, and no death.
      if (rare?.attempt === attempt && !attempt.givenUp) rare.attempt = undefined;
      this.tidy();
    }
  }

  private enterWithin(cell: Cell, leftMs: number): Promise<Begun> {
    // Past its limit it rejects, so it never resolves with nothing.
    return within(this.context.clock, leftMs, this.enter(cell), () => this.late()) as Promise<Begun>;
  }

  private late(): Error {
    const error = tookTooLong(this.path, this.rules.startTimeoutMs);
    this.endFor({ kind: "start-failed", error });
    return error;
  }

  /** It has nothing to do here: its place is given up, and mail refused until somebody starts it by hand. */
  private async ignored(): Promise<void> {
    if (this.plan.pooled) throw mustServe(this.path, "a pool's member");
    this.report?.close();
    await this.incarnationOver();
    this.refuse(nothingToDo(this.path));
    if (this.rules.shutdown === "brutal") this.letGo();
    else await this.leave(limitOf(this.rules.shutdown));
  }

  async stop(shutdown: Shutdown): Promise<void> {
    const starting = this.up ? undefined : this.rare?.attempt;
    starting?.giveUp();
    const cell = this.place;
    if (!cell?.alive) return;
    if (shutdown === "brutal" || starting) {
      await this.killed(cell, "its supervisor");
      return;
    }
    const limit = limitOf(shutdown);
    // Nothing of it runs, and it has no stop() to be called.
    if (cell.shared && this.plain && !this.busy) return this.leave(limit);
    const { clock } = this.context;
    const began = clock.now();
    let late = false;
    const { incarnation } = this;
    await within(this.context.deadlines, limit, this.quit(), () => {
      late = true;
      return undefined;
    }).catch(() => {});
    // It crashed on its way out or lost its place: what its supervisor started next was not asked to stop.
    if (this.incarnation !== incarnation || this.place !== cell) return;
    if (!late) await this.leave(Math.max(0, limit - (clock.now() - began)));
    else await this.killed(cell, "its supervisor, past its shutdown time", true);
    // Its end may have been answered with the next start already, in the very cell that it shares.
    const stillIts = this.cell === cell && this.incarnation === incarnation;
    if (stillIts) this.end({ kind: "killed", by: "its supervisor" });
  }

  dispose(error: HoldfastError): void {
    this.report?.close();
    this.letGo();
    this.plan.lodging.release?.();
    this.refuse(error);
  }

  private refuse(error: HoldfastError): void {
    this.unusual.refusal = error;
    // Of a member the pool settles it: others may take it.
    if (!this.plan.pooled) this.park(error);
  }

  drain(): void {
    this.unusual.draining = true;
  }

  get heldBy(): string | undefined {
    return this.rare?.heldBy;
  }

  get hold(): this {
    return this;
  }

  pause(by: string): void {
    this.unusual.heldBy = by;
  }

  get paused(): boolean {
    return this.heldBy !== undefined;
  }

  resume(): boolean {
    const { rare } = this;
    if (rare?.heldBy === undefined) return false;
    rare.heldBy = undefined;
    this.tidy();
    return true;
  }

  hang(forMs: number, by: string): boolean {
    return hangCell(this.place, this.path, forMs, by);
  }

  served(): void {
    this.report?.served();
  }

  pending(): number {
    return this.waiting + this.executing + this.unstored;
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
    const node = actorNode(this.context, lodging.spec, this, standing, lodging.waits ?? standing.reason);
    const { standby } = lodging;
    return held(standby ? { ...node, standby } : node, this.heldBy);
  }

  stats(list: UnitStats[], partOf?: string): void {
    const { path, place: cell, owes: mail } = this;
    const now = this.context.clock.now();
    list.push(unitStats(this.own, { path, kind: "actor", partOf, now, mail, cell }));
  }

  /** Messages without an outcome: its own, and those of the children that it has spawned, which count with it. */
  get owes(): MailStats {
    return this.owed;
  }

  private open(remains: Remains): void {
    this.report?.close();
    const { isolation } = this.plan.lodging.spec;
    this.unusual.report = reportDeath(this.context, this, isolation, this.place?.host.name ?? isolation, remains);
  }

  /** Its host or it alone is gone while it served. */
  private died(remains: Remains): void {
    this.open(remains);
    this.tellOf(remains);
  }

  private tellOf(remains: Remains): void {
    void this.incarnationOver();
    const exit = exitOf(this.path, remains, (decision) => decidedOn(this.report, this.own)(decision));
    this.keeper.unitDied(this.name, exit);
  }
}
