import type { Timer } from "../../clock.js";
import type { Message } from "../../mailbox/message.js";
import type { SystemContext } from "../../system/context.js";
import type { Ejected } from "../../system/tree.js";
import { type EjectionLimits, judgeOutliers } from "../ejection/outliers.js";
import { ServiceRecord } from "../ejection/service-record.js";
import { slowStart } from "../picks/slow-start.js";
import type { Member } from "../pools/member.js";
import { Seat } from "./seat.js";

export interface RosterOptions {
  readonly path: string;
  readonly route: { readonly keyed: boolean; readonly looksAtWaits: boolean };
  /** By place; who has none has 1. */
  readonly weights: readonly number[];
  readonly slowStartMs: number;
  readonly eject: EjectionLimits | undefined;
}

/** How often a member that answers well is looked at beside the others, in answers. */
const LOOK_EVERY = 16;

/**
 * Who may be picked, and what was learned of each:
 *
 *   joins ─▶ up ─▶ candidate ⇄ down, restarting          with keys it stays one while it is down
 *                     │   ⇅ ejected, for its time
 *                     └─ out, leaves: no candidate any more
 */
export class Roster {
  /** In the order in which they came, those that are down or leave included. */
  readonly all: Seat[] = [];
  readonly #seats = new Map<Member, Seat>();
  /** What a message takes, whoever answers it. */
  readonly #usual = new ServiceRecord();
  readonly #context: SystemContext;
  readonly #options: RosterOptions;
  readonly #ejected: (seat: Seat) => void;
  readonly #returns = new Map<Seat, Timer>();
  readonly #learns: boolean;
  /** Those that mail may go to, made anew when one comes or goes. */
  #candidates: readonly Seat[] | undefined;
  /** Until when some are new, monotonic ms. */
  #warmUntil = Number.NEGATIVE_INFINITY;

  /** @param ejected what waits before it is to go elsewhere */
  constructor(context: SystemContext, options: RosterOptions, ejected: (seat: Seat) => void) {
    this.#context = context;
    this.#options = options;
    this.#ejected = ejected;
    this.#learns = options.route.looksAtWaits || options.eject !== undefined;
  }

  /** Those that mail may go to now, with their shares of now. */
  candidates(): readonly Seat[] {
    // A user's pick that sorts or empties the list is told so, and does not change it for those after it.
    this.#candidates ??= Object.freeze(this.#listed());
    if (this.#warmUntil !== Number.NEGATIVE_INFINITY) this.#warm();
    return this.#candidates;
  }

  /** One that was not there before has a seat from its first start on. */
  starts(member: Member): void {
    if (this.#seats.has(member)) return;
    const taken = new Set(this.all.map(({ place }) => place));
    let place = 0;
    while (taken.has(place)) place++;
    const seat = new Seat(member, place, this.#options.weights[place] ?? 1, this.#usual);
    this.all.push(seat);
    this.#seats.set(member, seat);
  }

  /** @returns whether it is a candidate that was none before */
  up(member: Member): boolean {
    const seat = this.#seat(member);
    const isNew = seat.since === undefined || seat.out;
    seat.out = false;
    if (seat.host !== member.cell) {
      seat.host = member.cell;
      seat.since = this.#context.clock.now();
      const { slowStartMs } = this.#options;
      if (slowStartMs > 0) this.#warmUntil = Math.max(this.#warmUntil, seat.since + slowStartMs);
    }
    this.#candidates = undefined;
    return isNew;
  }

  /** @returns whether it has a seat still: one that dies on its way out has left at its very death */
  down(member: Member, guilty: boolean): boolean {
    const seat = this.#seats.get(member);
    if (!seat) return false;
    if (guilty && this.#learns) this.#answered(seat, true);
    seat.record.paused();
    this.#candidates = undefined;
    return true;
  }

  out(member: Member): void {
    const seat = this.#seats.get(member);
    if (seat) seat.out = true;
    this.#candidates = undefined;
  }

  /** Who may be picked has changed. */
  changed(): void {
    this.#candidates = undefined;
  }

  leaves(member: Member): void {
    const seat = this.#seats.get(member);
    if (!seat) return;
    this.all.splice(this.all.indexOf(seat), 1);
    this.#seats.delete(member);
    this.#returns.get(seat)?.cancel();
    this.#returns.delete(seat);
    this.#candidates = undefined;
  }

  /** A message is on its way to it. */
  begins(seat: Seat): void {
    if (this.#learns) seat.record.began(this.#context.clock.now());
  }

  failed(member: Member): void {
    const seat = this.#seats.get(member);
    if (seat) seat.failed = true;
  }

  freed(member: Member, served: boolean): void {
    const seat = this.#learns ? this.#seats.get(member) : undefined;
    if (!seat) return;
    const failed = seat.failed;
    seat.failed = false;
    if (served) this.#answered(seat, failed);
    else if (member.executing === 0) seat.record.paused();
  }

  /** Why a member gets no mail, and for how long still. */
  ejected(member: Member): Ejected | undefined {
    const ejection = this.#seats.get(member)?.ejection;
    return ejection && { why: ejection.why, leftMs: Math.max(0, ejection.until - this.#context.clock.now()) };
  }

  /** Of those with room for a message, the one with the fewest. */
  emptiest({ bytes }: Message): Seat | undefined {
    let best: Seat | undefined;
    for (const seat of this.candidates()) {
      const { mailbox } = seat.member;
      const fits = mailbox.size < mailbox.limits.messages && mailbox.bytes + bytes <= mailbox.limits.bytes;
      if (fits && (best === undefined || seat.load < best.load)) best = seat;
    }
    return best;
  }

  #seat(member: Member): Seat {
    return this.#seats.get(member)!;
  }

  #listed(): Seat[] {
    const { keyed } = this.#options.route;
    const there = this.all.filter(({ member, out, since }) => {
      if (out || member.leaving || member.heldBy !== undefined) return false;
      return keyed ? since !== undefined : member.up;
    });
    const well = there.filter(({ ejected }) => !ejected);
    // Those that misbehave are better than nobody.
    return well.length > 0 ? well : there;
  }

  #warm(): void {
    const now = this.#context.clock.now();
    const { slowStartMs } = this.#options;
    for (const seat of this.all) seat.share = seat.weight * slowStart(now - (seat.since ?? now), slowStartMs);
    if (now >= this.#warmUntil) this.#warmUntil = Number.NEGATIVE_INFINITY;
  }

  #answered(seat: Seat, failed: boolean): void {
    const { clock } = this.#context;
    const { record } = seat;
    record.ended(clock.now(), failed, seat.member.executing > 0);
    if (record.latestMs !== undefined) this.#usual.took(record.latestMs);
    const { eject } = this.#options;
    if (eject && (failed || record.answered % LOOK_EVERY === 0)) this.#judge(eject);
  }

  #judge(limits: EjectionLimits): void {
    const conducts = this.all
      .filter(({ out, since, member }) => !out && since !== undefined && !member.leaving)
      .map(({ id, record, ejected, times }) => {
        const { answered, failedInRow, failing, serviceMs } = record;
        return { id, answered, failedInRow, failing, serviceMs, ejected, times };
      });
    for (const { id, forMs, why } of judgeOutliers(conducts, limits)) {
      this.#eject(this.all.find((seat) => seat.id === id)!, forMs, why, limits);
    }
  }

  #eject(seat: Seat, forMs: number, why: string, { longestMs }: EjectionLimits): void {
    const { clock, events } = this.#context;
    // After a long time of good conduct it begins anew.
    if (clock.now() - seat.returnedAt > longestMs) seat.times = 0;
    seat.times++;
    seat.ejection = { why, until: clock.now() + forMs };
    this.#candidates = undefined;
    this.#returns.set(
      seat,
      clock.after(forMs, () => this.#takesBack(seat), { background: true }),
    );
    events.emit({ type: "ejected", path: this.#options.path, member: seat.id, why, forMs });
    this.#ejected(seat);
  }

  #takesBack(seat: Seat): void {
    const { clock } = this.#context;
    this.#returns.delete(seat);
    seat.ejection = undefined;
    seat.returnedAt = clock.now();
    seat.record.forget();
    this.#candidates = undefined;
    const { slowStartMs } = this.#options;
    if (slowStartMs <= 0) return;
    seat.since = clock.now();
    this.#warmUntil = Math.max(this.#warmUntil, seat.since + slowStartMs);
  }
}
