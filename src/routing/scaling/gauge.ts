import type { Clock } from "../../clock.js";
import type { Member } from "../pools/member.js";
import { Arrivals } from "./arrivals.js";
import type { Stretch } from "./growth-judge.js";
import { type LearnedService, observeService } from "./learned-service.js";
import { OpenStretch, type Tally } from "./open-stretch.js";

/** Ends of short messages that are measured together, at most. */
const MOST_TOGETHER = 16;

/** Messages that take longer are measured one by one, ms. */
const SHORT_MS = 1;

/** Of messages that take less, ms, one in so many is measured: to read the clock twice would take a fifth as long again. */
const TINY_MS = 0.1;
const MEASURED_OF_TINY = 16;

/** A stretch that a growth is compared with ends after this, ms, and another begins. */
const STRETCH_MS = 10_000;

/** With fewer answers a stretch says nothing, and the one before it says more. */
const FEW = 20;

/**
 * What a pool measures of its work. The clock is read when a member gets something to do and when it has done it; of a
 * member that goes from one short message to the next, only now and then.
 *
 *   began ─▶ (message, message, …) ─▶ freed      worked += time     service = time ÷ messages
 */
export class Gauge {
  readonly arrivals: Arrivals;
  service: LearnedService | undefined;
  served = 0;
  /** Tiny messages that ended since one was measured. */
  #unmeasured = 0;
  readonly #clock: Clock;
  readonly #waiting: () => number;
  #workedMs = 0;
  /** The stretch that is under way, and the one before. */
  #stretch: OpenStretch;
  #before: Stretch | undefined;
  /** Since a growth, while it waits to be judged. */
  #sinceGrowth: OpenStretch | undefined;

  /** @param waiting how many messages wait for a member now */
  constructor(clock: Clock, waiting: () => number) {
    this.#clock = clock;
    this.#waiting = waiting;
    this.arrivals = new Arrivals(clock);
    this.#stretch = new OpenStretch(clock.now(), this.#tally);
  }

  /** It has a message, and had none, or none any more. */
  began(member: Member): void {
    if (member.busySince !== undefined || this.#skips) return;
    member.busySince = this.#clock.now();
    member.ended = 0;
  }

  /** A message has left it. */
  freed(member: Member, served: boolean): void {
    if (served) this.served++;
    member.ended++;
    const { busySince } = member;
    if (busySince === undefined) {
      this.#unmeasured++;
      return;
    }
    const goesOn = member.executing > 0;
    if (goesOn && member.ended < this.#together) return;
    this.#measure(member, busySince, goesOn);
  }

  /** Its incarnation is over: what it was at is no measure of anything. */
  down(member: Member): void {
    if (member.busySince !== undefined) this.#workedMs += this.#clock.now() - member.busySince;
    member.busySince = undefined;
  }

  /** All work so far, of what executes the part until now; ms of one member. */
  workedMs(now: number, members: Iterable<Member>): number {
    let worked = this.#workedMs;
    for (const { busySince } of members) if (busySince !== undefined) worked += now - busySince;
    return worked;
  }

  /** What was seen lately. */
  lately(now: number): Stretch {
    const stretch = this.#stretch.until(now, this.#tally);
    return stretch.served >= FEW ? stretch : (this.#before ?? stretch);
  }

  /** It has another size: what was seen with the one before is no measure of what this one can do. */
  resized(now: number): void {
    this.#before = undefined;
    this.#stretch = new OpenStretch(now, this.#tally);
  }

  /** What came by a growth serves: the stretch that it is judged by begins. */
  growthServes(now: number): void {
    this.resized(now);
    this.#sinceGrowth = new OpenStretch(now, this.#tally);
  }

  /** That stretch until now; undefined where there is none. */
  sinceGrowth(now: number): Stretch | undefined {
    return this.#sinceGrowth?.until(now, this.#tally);
  }

  judged(): void {
    this.#sinceGrowth = undefined;
  }

  get #tally(): Tally {
    return { arrived: this.arrivals.count, served: this.served, workedMs: this.#workedMs };
  }

  get #skips(): boolean {
    const { service } = this;
    return service !== undefined && service.ms < TINY_MS && this.#unmeasured < MEASURED_OF_TINY;
  }

  get #together(): number {
    const { service } = this;
    return service && service.ms < SHORT_MS
      ? Math.min(MOST_TOGETHER, Math.ceil(SHORT_MS / Math.max(service.ms, 0.001)))
      : 1;
  }

  #measure(member: Member, since: number, goesOn: boolean): void {
    const now = this.#clock.now();
    const took = now - since;
    const { ended } = member;
    this.#workedMs += took + (this.#unmeasured * took) / ended;
    this.#unmeasured = 0;
    member.busySince = goesOn ? now : undefined;
    member.ended = 0;
    this.service = observeService(this.service, took / ended, now, ended);
    const answerMs = took / ended + this.arrivals.oldestWaitMs(now, this.#waiting());
    if (now - this.#stretch.from > STRETCH_MS) {
      this.#before = this.#stretch.until(now, this.#tally);
      this.#stretch = new OpenStretch(now, this.#tally);
    }
    this.#stretch.add(answerMs);
    this.#sinceGrowth?.add(answerMs);
  }
}
