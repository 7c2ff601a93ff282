import { HoldfastError } from "../../errors.js";
import type { Message, Special } from "../../mailbox/message.js";
import { decodeError } from "../../transport/error-codec.js";
import type { Packed, ToHost, ToParent } from "../../transport/frames.js";
import type { KeptState } from "../actor/kept-state.js";
import type { Replaying } from "../actor/replaying.js";
import { sendStart } from "../actor/send-start.js";
import type { Cell, CellDeath } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import type { Work } from "../cell/work.js";
import { causeOfCrash } from "../death/report.js";
import { deathError } from "../death/report-death.js";
import type { StandbyCell } from "./standby-cell.js";

/** The number that a replica's frames carry: it is no incarnation of its actor yet. */
const STANDBY = 0;

/** Who hears what becomes of a follower. */
export interface FollowerOwner {
  /** What changed the state of its primary last. */
  mark(): object | undefined;
  up(): void;
  took(): void;
  /** It died, or could not start or take a state. Called once; never after `end`. @param death of one that had been up */
  down(error: Error, death: CellDeath | undefined): void;
}

/**
 * The parent's side of one replica while it stands by: what it holds, and how it answers. It has no mail, and nothing that it
 * says is its actor's.
 */
export class Follower implements CellMember {
  id = -1;
  readonly path: string;
  readonly key = undefined;
  readonly graceMs = 0;
  readonly cell: StandbyCell;
  readonly executing = 0;
  readonly busy = false;
  readonly holdsSuspect = false;
  /** Its start runs. */
  changing = true;
  readonly #owner: FollowerOwner;
  /** What had changed its primary's state when it was given that last. */
  #given: object | undefined;
  /** Goes on to tell it of the events before its start. */
  #replaying: Replaying | undefined;
  /** It has taken that. */
  #has = false;
  #over = false;

  constructor(path: string, cell: StandbyCell, owner: FollowerOwner) {
    this.path = path;
    this.cell = cell;
    this.#owner = owner;
    cell.follow(this);
  }

  start(kept: KeptState | undefined): void {
    const cut = this.path.lastIndexOf("/");
    const [above, name] = [this.path.slice(0, cut), this.path.slice(cut + 1)];
    this.#given = kept?.mark;
    const starting = { id: this.id, incarnation: STANDBY, above, key: undefined, props: undefined };
    const failed = (error: Error) => this.#down(error, { cause: { kind: "start-failed", error }, at: undefined });
    this.#replaying = sendStart(this.cell, starting, name, kept, failed);
    this.#replaying?.begin();
  }

  /**
   * Gives it what is new: the snapshot of `kept`, or of an event-sourced one the events since it was given any.
   * @returns false where there is nothing that it does not hold
   */
  feed({ mark, snapshot }: KeptState, events: readonly Packed[]): boolean {
    this.#given = mark;
    const whose = { actor: this.id, incarnation: STANDBY };
    if (!this.cell.facts.eventSourced) this.cell.send({ t: "follow", ...whose, state: snapshot! });
    else if (events.length > 0) this.cell.send({ t: "events", ...whose, events: joined(events), last: true });
    else return false;
    this.#has = false;
    return true;
  }

  /** It holds the state that its primary is to start with, and no other is on its way. */
  holds({ state, rebuild }: Extract<ToHost, { t: "start" }>): boolean {
    const mark = this.#owner.mark();
    if (!this.#has || this.#given !== mark) return false;
    // Kept before anything has changed it here: read from a store, and nothing that it was given.
    return mark !== undefined || (state === undefined && !rebuild?.events);
  }

  /** It is what it stood by for, or not needed any more: its owner hears nothing more. */
  end(): void {
    this.#over = true;
  }

  serves(incarnation: number): boolean {
    return incarnation === STANDBY;
  }

  spawn(): Promise<never> {
    const why = `${this.path}: a standby has no children: make them when the first message comes, or below a supervisor`;
    return Promise.reject(new HoldfastError("Unavailable", why));
  }

  onFrame(frame: ToParent): void {
    if (!("incarnation" in frame) || frame.incarnation !== STANDBY || this.#over) return;
    switch (frame.t) {
      case "replayed":
        this.#replaying?.replayed();
        return;
      case "started":
        this.#replaying = undefined;
        this.changing = false;
        this.#has = true;
        this.#owner.up();
        return;
      case "followed":
        this.#has = true;
        this.#owner.took();
        return;
      case "start-failed": {
        const error = decodeError(frame.error);
        this.#down(error, { cause: { kind: "start-failed", error }, at: undefined });
        return;
      }
      case "crashed":
        this.#down(decodeError(frame.error), { cause: causeOfCrash(frame), at: frame.at });
        return;
      case "ignored":
      case "leaving": {
        const error = new HoldfastError("ActorStopped", `${this.path}: its standby stopped itself`);
        this.#down(error, { cause: { kind: "stopped-itself" }, at: undefined });
        return;
      }
    }
  }

  lost(_cell: Cell, death: CellDeath): void {
    this.#down(deathError(this.path, death.cause), death);
  }

  answered(): void {}

  pump(): void {}

  hung(): void {}

  handling(): readonly Message[] {
    return [];
  }

  work(): Work {
    return { actor: this.id, runs: [], wait: undefined, mail: false, changing: this.changing };
  }

  #down(error: Error, death: CellDeath): void {
    if (this.#over) return;
    this.#over = true;
    this.#owner.down(error, this.changing ? undefined : death);
  }
}

/** The events of several messages as one list. */
function joined(lists: readonly Packed[]): Packed {
  let special: Special = false;
  for (const { special: its } of lists) if (its === true || special === false) special = its;
  return { value: lists.flatMap(({ value }) => value as unknown[]), special };
}
