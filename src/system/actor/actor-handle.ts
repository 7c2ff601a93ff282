import { HoldfastError } from "../../errors.js";
import { entryOf } from "../../host/actor-number.js";
import { Mailbox } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import { decodeError } from "../../transport/error-codec.js";
import type { ToParent } from "../../transport/frames.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import { suspectsOf } from "../cell/suspects.js";
import type { Work } from "../cell/work.js";
import { type Remains, settleAfterDeath } from "../death/after-death.js";
import { causeOfCrash, type DeathCause } from "../death/report.js";
import type { Begun } from "../unit.js";
import { lateStop } from "../within.js";
import { type Addressee, Deliveries } from "./deliveries.js";
import type { HandleOwner } from "./handle-options.js";
import type { SpawnRequest } from "./spawned.js";
import { endedAtStart } from "./start-failure.js";
import { WayOut } from "./way-out.js";

/**
 * The parent's side of one actor: its place in a cell, and where it is in its life. The mailbox is handed in and outlives
 * everything here; a pool's members share one. What an idle actor does not need is made on first use.
 */
export class ActorHandle implements CellMember, Addressee {
  id = -1;
  incarnation = 0;
  cell: Cell | undefined;
  /** Its incarnation has no stop() that wants to be called. */
  plain = false;
  readonly #owner: HandleOwner;
  #mailbox: Mailbox | undefined;
  #delivered: Deliveries | undefined;
  #phase: "down" | "starting" | "up" | "stopping" = "down";
  /** The host may hold this incarnation, and run what was delivered to it. */
  #present = false;
  #begin: { readonly at: number; resolve(how: Begun): void; reject(error: Error): void } | undefined;
  /** There while it is on its way out. */
  #wayOut: WayOut | undefined;

  constructor(owner: HandleOwner) {
    this.#owner = owner;
    this.#mailbox = owner.options.sharedMailbox;
  }

  /** Made when mail first comes: of many actors most never have any. */
  get mailbox(): Mailbox {
    this.#mailbox ??= new Mailbox(this.path, this.#owner.mailbox);
    return this.#mailbox;
  }

  get waiting(): number {
    return this.#mailbox?.size ?? 0;
  }

  get path(): string {
    return this.#owner.path;
  }

  get entry(): number {
    return entryOf(this.id);
  }

  get key(): string | undefined {
    return this.#owner.key;
  }

  get graceMs(): number {
    return this.#owner.options.graceMs;
  }

  get busy(): boolean {
    return this.executing > 0;
  }

  get executing(): number {
    return this.#delivered?.size ?? 0;
  }

  spawn(request: SpawnRequest): Promise<unknown> {
    return this.#owner.spawn(request);
  }

  serves(incarnation: number): boolean {
    return incarnation === this.incarnation && this.#phase !== "down";
  }

  get up(): boolean {
    return this.#phase === "up";
  }

  /** Builds the next incarnation in a cell: constructor, restore(), start(). Rejects with what was thrown. */
  start(cell: Cell): Promise<Begun> {
    if (this.#delivered) this.mailbox.handBack(this.#delivered.takeTail());
    if (this.cell !== cell) {
      cell.join(this);
      this.cell = cell;
    }
    this.#begin?.reject(new HoldfastError("StartFailed", `${this.path}: another start took the place of this one`));
    this.incarnation++;
    this.#phase = "starting";
    this.#present = true;
    return new Promise((resolve, reject) => {
      this.#begin = { at: this.#owner.context.clock.now(), resolve, reject };
      const { id: actor, incarnation } = this;
      const { above, name, key, props } = this.#owner;
      cell.send({ t: "start", actor, incarnation, above, name, key, props, state: this.#delivered?.state });
      this.pump();
    });
  }

  /** A message of its own. @throws HoldfastError MailboxFull, InvalidValue */
  accept(message: Message): void {
    if (this.#delivered?.take(message)) return;
    this.mailbox.push(message);
    this.pump();
  }

  /** A message has left it: @param served with its outcome, else its caller gave it up before it began; @param pumps the next may follow */
  freed(served: boolean, pumps = true): void {
    if (served) this.#owner.onServed();
    this.cell?.inquest.trials?.settled(this);
    if (pumps && this.#mailbox && !this.#mailbox.empty) this.pump();
  }

  /** Hands over as much mail as the window allows. Call it when mail came in. */
  pump(): void {
    while (this.takesMail && this.executing < this.#owner.options.window) {
      const message = this.#mailbox?.next;
      if (!message || this.#delivered?.hasEnoughFor(message) || !this.cell!.admitsFrom(this.mailbox)) return;
      const trials = message.suspect ? this.cell!.inquest.try(this.cell!) : this.cell!.inquest.trials;
      if (trials && !trials.admits(this, message)) return;
      this.mailbox.take();
      this.#delivered ??= new Deliveries(this.#owner.context, this, this.#owner.options);
      this.#delivered.deliver(message);
      if (message.suspect && message.place !== "delivered") trials?.settled(this);
    }
  }

  /** Up, or soon: after a death mail follows a quick start in one trip. What waits for a slow one can be tried elsewhere. */
  get takesMail(): boolean {
    const { cell } = this;
    if (cell?.dying) return false;
    if (this.#phase !== "starting") return this.#phase === "up";
    return this.incarnation > 1 && cell?.quickStart === true && !cell.host.line && !this.#owner.options.sharedMailbox;
  }

  get holdsSuspect(): boolean {
    return this.takesMail && this.#mailbox?.next?.suspect === true;
  }

  handling(): readonly Message[] {
    return this.#delivered?.handling() ?? [];
  }

  /** Finishes what executes, then stop(). What had not begun goes back to the mailbox. */
  stop(): Promise<void> {
    if (!this.cell?.alive || this.#phase === "down") return Promise.resolve();
    this.#phase = "stopping";
    this.cell.send({ t: "stop", actor: this.id, incarnation: this.incarnation });
    return new Promise((resolve) => {
      this.#wayOut ??= new WayOut();
      this.#wayOut.told.push(resolve);
    });
  }

  /**
   * Its place in the cell ends: after stop(), at a death of the cell, or with no grace. A host that is still there is told
   * to fence it: what was delivered counts as begun, and its entries are free once the host has answered.
   */
  end(cause: DeathCause, at?: number): Remains {
    const { cell } = this;
    if (this.#begin) {
      // Whatever its host still says of this start, in the call below even: it would be up for a moment, and nobody would hear.
      this.#phase = "down";
      this.#begin.reject(endedAtStart(this.path, cause));
    }
    if (this.#present && cell?.alive && cell.endNow(this, this.incarnation)) this.#present = false;
    const zombie = this.#present && cell?.alive === true;
    const remains = this.#over(cause, 0, at, zombie);
    if (zombie) cell.fence(this, this.incarnation);
    else cell?.leave(this);
    this.cell = undefined;
    return remains;
  }

  /** It stays down: what waits fails. What waits to be replayed is state, and is kept for a start by hand. */
  park(error: HoldfastError): void {
    for (const message of this.#mailbox?.clear() ?? []) {
      if (message.replay) this.#delivered?.keep(message);
      else message.fail(error);
    }
  }

  get changing(): boolean {
    return this.#phase === "starting" || this.#phase === "stopping";
  }

  work(now: number): Work {
    const { id: actor, changing } = this;
    return this.#delivered?.work(now, changing) ?? { actor, runs: [], wait: undefined, mail: false, changing };
  }

  lost(cell: Cell, death: CellDeath): void {
    if (this.cell === cell) this.#owner.onLost?.(death);
  }

  hung(cause: DeathCause): void {
    this.#owner.onHung?.(cause);
  }

  onFrame(frame: ToParent): void {
    if (!("incarnation" in frame) || frame.incarnation !== this.incarnation || this.#phase === "down") return;
    switch (frame.t) {
      case "started":
        this.#phase = "up";
        this.plain = frame.plain ?? false;
        if (this.#begin) this.cell?.startTook(this.#owner.context.clock.now() - this.#begin.at);
        this.#begin?.resolve("ready");
        this.#begin = undefined;
        this.cell?.inquest.trials?.settled(this);
        this.pump();
        this.#owner.onUp();
        return;
      case "ignored":
      case "start-failed":
        this.#neverRan(frame);
        return;
      case "part":
        this.#delivered?.part(frame);
        return;
      case "done":
        // Nobody is served before it is up: this one's caller gave up.
        if (!this.#delivered?.done(frame) || this.#phase === "starting") return;
        this.freed(true);
        return;
      case "crashed":
        this.cell?.cancelAsks(this);
        // A timer of it threw before start() was done.
        if (this.#begin) this.#neverRan(frame);
        else this.#owner.onOver(this.#over(causeOfCrash(frame), frame.seq, frame.at));
        return;
      case "leaving":
        if (this.#phase === "up") this.#leaves();
        return;
      case "stopped":
        this.#present = false;
        if (this.#wayOut?.limit && this.#wayOut.told.length === 0) {
          this.cell?.cancelAsks(this);
          this.#owner.onOver(this.#over({ kind: "stopped-itself" }, 0, undefined));
        } else this.end({ kind: "killed", by: "its supervisor" });
        return;
    }
  }

  /** By its own wish: it has the time that a stop by its supervisor would have. */
  #leaves(): void {
    this.#phase = "stopping";
    const late = () => this.#owner.onHung?.({ kind: "killed", by: "the runtime, past its shutdown time" });
    this.#wayOut = new WayOut(lateStop(this.#owner.context.clock, this.#owner.rules.shutdown, late));
  }

  #neverRan(frame: Extract<ToParent, { t: "ignored" | "start-failed" | "crashed" }>): void {
    this.#phase = "down";
    this.#present = false;
    if (this.#delivered) this.mailbox.handBack(this.#delivered.takeUnbegun());
    if (frame.t === "ignored") this.#begin?.resolve("ignored");
    else this.#begin?.reject(decodeError(frame.error));
    this.#begin = undefined;
  }

  /** The incarnation is over: read the record, settle or hand back what was with it. */
  #over(cause: DeathCause, threwSeq: number, at: number | undefined, zombie = false): Remains {
    const { cell, entry } = this;
    const suspects = suspectsOf(this, cause, threwSeq);
    this.#begin = undefined;
    this.#phase = "down";
    this.#present = zombie;
    const wayOut = this.#wayOut;
    this.#wayOut = undefined;
    wayOut?.limit?.cancel();
    for (const tell of wayOut?.told ?? []) tell();
    const remains = settleAfterDeath(this.#owner.context, this, {
      cause,
      at,
      delivered: this.#delivered?.takeAll() ?? [],
      tail: this.#delivered?.takeTail() ?? [],
      executing: cell?.executing(entry) ?? [],
      begun: zombie ? "all" : (cell?.begun(entry) ?? []),
      threwSeq,
      suspects,
      facts: cell?.facts,
      apart: cell !== undefined && cell.host.isolation !== "inline",
      report: () => cell?.inquest.report() ?? this.#owner.context.deaths.reserve(),
      wreck: cell && { cell, entry },
    });
    cell?.inquest.trials?.settled(this);
    return remains;
  }
}
