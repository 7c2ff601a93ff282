import type { HoldfastError } from "../../errors.js";
import { bothMail, type MailStats } from "../../mailbox/mail-stats.js";
import type { Shutdown } from "../../supervision/spec.js";
import type { PlannedRestart } from "../stats.js";
import type { TreeNode } from "../tree.js";
import type { Begun, Standing, Unit } from "../unit.js";
import { ActorUnit } from "./actor-unit.js";
import { Spawned, type SpawnRequest } from "./spawned.js";
import { stoppedBefore } from "./start-failure.js";

/**
 * An actor with the children that it spawned. They belong to its incarnation: when that is over they are told to stop, and
 * the next one starts when the last of them is down. An actor that spawns none pays nothing.
 */
export class ActorFamily extends ActorUnit {
  spawn(request: SpawnRequest): Promise<unknown> {
    const { unusual } = this;
    unusual.spawned ??= new Spawned(this, this.plan.maxChildren, (error) => this.endFor({ kind: "gave-up", error }));
    return unusual.spawned.spawn(request);
  }

  private get spawned(): Spawned | undefined {
    return this.rare?.spawned;
  }

  override start(): Promise<Begun> {
    const { spawned } = this;
    return spawned?.ending ? this.startAfter(spawned.ending, spawned) : super.start();
  }

  override async stop(shutdown: Shutdown): Promise<void> {
    if (this.spawned) this.spawned.stops++;
    const { incarnation } = this;
    await super.stop(shutdown);
    // It crashed on its way out, and the next one is there: its children were not asked to stop.
    if (this.incarnation !== incarnation) return;
    await this.spawned?.stop(shutdown === "brutal" ? shutdown : "unlimited");
  }

  override dispose(error: HoldfastError): void {
    super.dispose(error);
    void this.spawned?.end();
  }

  override drain(): void {
    super.drain();
    this.spawned?.drain();
  }

  override pending(): number {
    return super.pending() + (this.spawned?.pending() ?? 0);
  }

  child(name: string): Unit | undefined {
    return this.spawned?.child(name);
  }

  recycle(name: string, why: PlannedRestart): boolean {
    return this.spawned?.recycle(name, why) ?? false;
  }

  async restart(name: string): Promise<void> {
    await this.spawned?.restart(name);
  }

  override tree(standing: Standing): TreeNode {
    const children = this.spawned?.tree() ?? [];
    const node = super.tree(standing);
    return children.length > 0 ? { ...node, children } : node;
  }

  override get owes(): MailStats {
    const { spawned } = this;
    return spawned === undefined ? super.owes : bothMail(super.owes, spawned.owed);
  }

  protected override incarnationOver(): Promise<void> | undefined {
    return this.spawned?.end();
  }

  private async startAfter(ending: Promise<void>, spawned: Spawned): Promise<Begun> {
    const { stops } = spawned;
    await ending;
    if (spawned.stops !== stops) throw stoppedBefore(this.path);
    return super.start();
  }
}
