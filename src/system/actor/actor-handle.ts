import { toError } from "../../errors.js";
import { decodeError } from "../../transport/error-codec.js";
import type { ToParent } from "../../transport/frames.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import { suspectsOf } from "../cell/suspects.js";
import { type Remains, settleAfterDeath } from "../death/after-death.js";
import { causeOfCrash, type DeathCause } from "../death/report.js";
import { notDurable } from "../durable/durable-options.js";
import type { DurableState } from "../durable/durable-state.js";
import type { Begun } from "../unit.js";
import { lateStop } from "../within.js";
import { ActorMail } from "./actor-mail.js";
import { DOWN, STARTING, STOPPING, UP } from "./phase.js";
import { sendStart } from "./send-start.js";
import { endedAtStart, tookItsPlace } from "./start-failure.js";
import { WayOut } from "./way-out.js";

/** The parent's side of one actor: its mail, which outlives everything here, and its incarnations in a cell. */
export abstract class ActorHandle extends ActorMail {
  /** Builds the next incarnation in a cell: constructor, restore(), start(). Rejects with what was thrown. */
  begin(cell: Cell): Promise<Begun> {
    if (this.options.durable) this.deliveries();
    if (this.delivered) this.mailbox.handBack(this.delivered.kept.takeTail());
    if (this.cell !== cell) {
      cell.join(this);
      this.cell = cell;
    }
    const { unusual } = this;
    unusual.beginning?.reject(tookItsPlace(this.path));
    this.next();
    return new Promise((resolve, reject) => {
      unusual.beginning = { at: this.context.clock.now(), resolve, reject };
      const { durable, kept } = this.delivered ?? {};
      if (!durable || (durable.recovered && !kept!.partial && durable.mail?.delivered !== false)) this.beginIn(cell);
      else void this.recover(durable, cell);
    });
  }

  private beginIn(cell: Cell): void {
    const { id: actor, incarnation } = this;
    const failed = (error: Error) => {
      // Its host waits for the rest.
      cell.send({ t: "fence", actor, incarnation });
      this.neverBegan(error);
    };
    this.unusual.replaying = sendStart(cell, this, this.called, this.delivered?.kept, failed);
    this.unusual.replaying?.begin();
    if (this.phase !== DOWN) this.pump();
  }

  /** Its state is what is stored. */
  private async recover(durable: DurableState, cell: Cell): Promise<void> {
    const { incarnation } = this;
    const over = () => this.incarnation !== incarnation || this.phase !== STARTING || this.cell !== cell;
    try {
      const found = await durable.read(cell.facts);
      const tells = durable.mail?.delivered === false ? await durable.mail.read() : [];
      // They are its mail from here on, whatever becomes of this start.
      this.tally.accepted += tells.length;
      this.mailbox.handBack(tells);
      if (over()) return;
      durable.recovers(found);
      this.delivered!.kept.recovers(found);
      this.replayOnly(found.replay);
      this.beginIn(cell);
    } catch (error) {
      if (!over()) this.neverBegan(toError(error));
    }
  }

  /**
   * Its state could not be built again. One that is durable tries the other way to it, in the same start.
   * @returns undefined where it does; else why it does not begin
   */
  private otherWay(error: Error, hook?: string): Error | undefined {
    const durable = this.delivered?.durable;
    const { cell, path, key, rare } = this;
    if (!durable || !cell?.alive || !rare?.beginning) return error;
    const final = durable.fallsBack(error, hook);
    if (final) return final;
    this.context.events.emit({ type: "state-fell-back", path, key, error });
    const { beginning } = rare;
    this.mailbox.handBack(this.delivered!.takeUnbegun());
    this.next();
    rare.beginning = beginning;
    void this.recover(durable, cell);
    return undefined;
  }

  /** See DurableActor. One that has not begun, or is on its way out, begins with what is stored the next time. */
  undo(cause: DeathCause): void {
    const { id: actor, incarnation, cell } = this;
    if (this.phase !== UP || !cell) return;
    cell.cancelAsks(this);
    const runs = this.handling().map(({ method }) => method);
    if (runs.length > 0) cell.lingering.begin(this, incarnation, runs);
    cell.send({ t: "fence", actor, incarnation });
    this.onOver(this.over(cause, 0, undefined));
  }

  /** See Unit.forget. */
  forget(): Promise<void> {
    if (!this.options.durable) return Promise.reject(notDurable(this.path));
    return this.deliveries().durable!.forget();
  }

  /** Finishes what executes, then stop(). What had not begun goes back to the mailbox. */
  quit(): Promise<void> {
    if (!this.cell?.alive || this.phase === DOWN) return Promise.resolve();
    this.phase = STOPPING;
    this.delivered?.stopping();
    this.cell.send({ t: "stop", actor: this.id, incarnation: this.incarnation });
    return new Promise((resolve) => {
      const { unusual } = this;
      unusual.wayOut ??= new WayOut();
      unusual.wayOut.told.push(resolve);
    });
  }

  /**
   * Its place in the cell ends: after stop(), at a death of the cell, or with no grace. A host that is still there is told
   * to fence it: what was delivered counts as begun, and its entries are free once the host has answered.
   */
  end(cause: DeathCause, at?: number): Remains {
    const { cell } = this;
    const left = this.mayOutlast();
    if (this.rare?.beginning) {
      // Whatever its host still says of this start, in the call below even: it would be up for a moment, and nobody would hear.
      this.phase = DOWN;
      this.rare.beginning.reject(endedAtStart(this.path, cause));
    }
    if (this.present && cell?.alive && cell.endNow(this, this.incarnation)) this.present = false;
    const zombie = this.present && cell?.alive === true;
    const remains = this.over(cause, 0, at, zombie);
    // A blocked host hears no fence, and nobody watches the limits of what has left: its grace counts until there is an answer.
    if (zombie && left.length > 0) cell.lingering.begin(this, this.incarnation, left);
    if (zombie) cell.fence(this, this.incarnation);
    else cell?.leave(this);
    this.cell = undefined;
    if (cell) this.onLeft(cell);
    return remains;
  }

  /** What its host is in the middle of, or may begin before it hears of an end. */
  private mayOutlast(): readonly string[] {
    if (!this.present || !this.cell?.alive) return [];
    const { runs, wait, changing } = this.work(this.context.clock.now());
    if (runs.length > 0) return runs.map(({ method }) => method);
    if (changing) return [this.phase === STARTING ? "start" : "stop"];
    return wait ? [wait.method] : [];
  }

  /** It is a member of that cell no more. */
  protected onLeft(_cell: Cell): void {}

  lost(cell: Cell, death: CellDeath): void {
    if (this.cell === cell) this.onLost(death);
  }

  hung(cause: DeathCause): void {
    this.onHung(cause);
  }

  onFrame(frame: ToParent): void {
    if (!("incarnation" in frame) || frame.incarnation !== this.incarnation || this.phase === DOWN) return;
    switch (frame.t) {
      case "started":
        this.started(frame.plain ?? false);
        return;
      case "ignored":
      case "start-failed":
        this.neverRan(frame);
        return;
      case "replayed":
        this.rare?.replaying?.replayed();
        return;
      case "part":
        this.delivered?.part(frame);
        return;
      case "done":
        // Nobody is served before it is up: this one's caller gave up.
        if (!this.delivered?.done(frame) || this.phase === STARTING) return;
        this.freed(true);
        return;
      case "crashed":
        this.cell?.cancelAsks(this);
        // A timer of it threw before start() was done.
        if (this.rare?.beginning) this.neverRan(frame);
        else this.onOver(this.over(causeOfCrash(frame), frame.seq, frame.at));
        return;
      case "leaving":
        if (this.phase === UP) this.leaves();
        return;
      case "stopped":
        this.present = false;
        if (this.rare?.wayOut?.limit && this.rare.wayOut.told.length === 0) {
          this.cell?.cancelAsks(this);
          this.onOver(this.over({ kind: "stopped-itself" }, 0, undefined));
        } else this.end({ kind: "killed", by: "its supervisor" });
        return;
    }
  }

  answered(incarnation: number, seq: number, result: unknown): void {
    if (incarnation !== this.incarnation || this.phase === DOWN) return;
    if (this.delivered?.answered(seq, result) && this.phase !== STARTING) this.freed(true);
  }

  private started(plain: boolean): void {
    this.phase = UP;
    this.plain = plain;
    const { rare } = this;
    const beginning = rare?.beginning;
    if (beginning) {
      this.cell?.startTook(this.context.clock.now() - beginning.at);
      beginning.resolve("ready");
      rare.beginning = undefined;
      this.tidy();
    }
    this.cell?.inquest.trials?.settled(this);
    const durable = this.delivered?.durable;
    durable?.began();
    this.delivered?.kept.lighten();
    // What it has begun with is not what is stored after all.
    const undone = durable?.recovered === false ? durable.undone : undefined;
    if (!undone) this.pump();
    this.onUp();
    if (undone) this.undo(undone);
  }

  /** By its own wish: it has the time that a stop by its supervisor would have. */
  private leaves(): void {
    this.phase = STOPPING;
    const late = () => this.onHung({ kind: "killed", by: "the runtime, past its shutdown time" });
    this.unusual.wayOut = new WayOut(lateStop(this.context.clock, this.rules.shutdown, late));
  }

  private neverRan(frame: Extract<ToParent, { t: "ignored" | "start-failed" | "crashed" }>): void {
    if (frame.t === "ignored") {
      this.neverBegan(undefined);
      return;
    }
    const error = decodeError(frame.error);
    const why = frame.t === "start-failed" && frame.restoring ? this.otherWay(error, frame.hook) : error;
    if (why) this.neverBegan(why);
  }

  /** @param error undefined: it has nothing to do */
  private neverBegan(error: Error | undefined): void {
    this.phase = DOWN;
    this.present = false;
    if (this.delivered) this.mailbox.handBack(this.delivered.takeUnbegun());
    const { beginning } = this.rare ?? {};
    if (this.rare) this.rare.beginning = undefined;
    if (error) beginning?.reject(error);
    else beginning?.resolve("ignored");
  }

  /** The incarnation is over: read the record, settle or hand back what was with it. */
  private over(cause: DeathCause, threwSeq: number, at: number | undefined, zombie = false): Remains {
    const { cell, entry } = this;
    const suspects = suspectsOf(this, cause, threwSeq);
    this.phase = DOWN;
    this.present = zombie;
    this.rare?.ended();
    const remains = settleAfterDeath(this.context, this, {
      cause,
      at,
      delivered: this.delivered?.takeAll() ?? [],
      tail: this.delivered?.kept.takeTail() ?? [],
      executing: cell?.executing(entry) ?? [],
      begun: zombie ? "all" : (cell?.begun(entry) ?? []),
      threwSeq,
      suspects,
      facts: cell?.facts,
      apart: cell !== undefined && cell.host.isolation !== "inline",
      report: () => cell?.inquest.report() ?? this.context.deaths.reserve(),
      wreck: cell && { cell, entry },
    });
    cell?.inquest.trials?.settled(this);
    return remains;
  }
}
