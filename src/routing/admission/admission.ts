import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import type { Mailbox } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import type { Member } from "../pools/member.js";
import type { AdmissionLimits } from "./admission-options.js";
import { admit, busyFor, type Verdict, worthStarting } from "./admission-rule.js";
import { type LearnedMethod, observeMethod } from "./learned-method.js";

export interface AdmissionParts {
  readonly clock: Clock;
  readonly path: string;
  readonly limits: AdmissionLimits;
  /** When the call under way was made, monotonic ms; 0 where nobody has looked. */
  readonly callMade: { readonly at: number };
  /** Learned: what a message keeps a member for, ms. */
  readonly serviceMs: () => number | undefined;
  /** Members that serve or will. */
  readonly members: () => Iterable<Member>;
  /** How long until one that was never up is, ms; 0 where nobody knows. */
  readonly comesIn: (member: Member, now: number) => number;
}

/** Of a method that was seen less often nothing is known yet. */
const LEARNED_FROM = 4;

/** A method that is refused is let through once in so long, ms, and in so many times what it takes: else a wrong estimate would last for ever. */
const PROBE_MS = 1000;
const PROBE_TIMES = 4;

/** Advice to come back later than this is none. */
const LONGEST_ADVICE_MS = 60_000;

/** With so many times what it needs in hand nothing is looked at more closely. */
const PLENTY = 4;

/** The most that one needs is forgotten slowly: half of it with 35 answers. */
const FADES = 0.98;

/** After a message shorter than this, ms, so many are not measured: to read the clock for each would cost too large a part of them. */
const TINY_MS = 1;
const UNMEASURED_OF_TINY = 15;

/** Refusals are forgotten over this time, ms: as long as it takes to see that there are many. */
const REMEMBERED_MS = 100;

interface Known {
  learned: LearnedMethod | undefined;
  letThroughAt: number;
  /** Let through to learn from: it is started too, when its turn comes. */
  probe: Message | undefined;
}

/**
 * Who is let into a pool in which no member is free. It decides by a rule, from what it has learned of each method:
 *
 *   comes, and has to wait ─▶ in time? ──yes──▶ mailbox ─▶ its turn ─▶ still in time? ──yes──▶ started
 *                               │ no                                     │ no, and others wait
 *                               ▼                                        ▼
 *                            Overloaded, retryAfterMs                 Overloaded: not started
 *
 * Where a member is free, and of what was never seen, everything is let in: only a wait is judged, and only by what is known.
 */
export class Admission {
  readonly #parts: AdmissionParts;
  readonly #maxWaitMs: number;
  readonly #known = new Map<string, Known>();
  /** When a message of any method was answered last. */
  #servedAt = Number.NEGATIVE_INFINITY;
  /** Something that waits has little time to spare: what is taken is looked at. */
  tight = false;
  /** So many answers more need not be told. */
  unmeasured = 0;
  /** Of all methods, what one needs in plenty, and what each before it takes. */
  #plentyMs = 0;
  #latest: string | undefined;
  #latestKnown: Known | undefined;
  /** Refused of late, each counting less as time goes by. */
  #refused = 0;
  #refusedAt = 0;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
    this.#maxWaitMs = parts.limits.maxWaitMs;
  }

  /**
   * A message is about to wait.
   * @param mailbox in which
   * @param alone the only member that takes from it; undefined: all do
   * @throws HoldfastError Overloaded
   */
  judge(message: Message, mailbox: Mailbox, alone?: Member): void {
    const { deadline } = message;
    const maxWaitMs = this.#maxWaitMs;
    if (deadline === Number.POSITIVE_INFINITY && maxWaitMs === Number.POSITIVE_INFINITY) return;
    const now = this.#parts.callMade.at || this.#parts.clock.now();
    const leftMs = deadline - now;
    // Somebody was served just now, and one member alone would have done all in time: nothing is looked at more closely.
    const most = this.#plentyMs * (mailbox.size + 2);
    if (most < leftMs && most < maxWaitMs && PLENTY * (now - this.#servedAt) < leftMs) return;
    const known = this.#known.get(message.method);
    const own = known?.learned;
    const serviceMs = this.#parts.serviceMs();
    if (own === undefined || own.seen < LEARNED_FROM || serviceMs === undefined) return;
    const ahead = mailbox.ahead(message);
    const freeIn = alone ? [this.#freeIn(alone, serviceMs, now)] : this.#allFreeIn(serviceMs, now);
    const verdict = admit({ leftMs, ahead, serviceMs, own, freeIn, maxWaitMs });
    if (PLENTY * (verdict.startsInMs + own.ms + own.spreadMs) > leftMs) this.tight = true;
    if (verdict.admitted) return;
    if (this.#letsThrough(known!, own, now)) {
      known!.probe = message;
      return;
    }
    this.tight = true;
    // One that would be late at a free member too says nothing of how many there should be.
    if (worthStarting(leftMs, own)) this.#count(now);
    throw this.#refusal(message, own, leftMs, ahead, freeIn.length, verdict);
  }

  /** Those whose turn has come, and who could not be answered in time any more, leave; the last one is tried all the same. */
  winnow(mailbox: Mailbox): void {
    if (mailbox.empty) {
      this.tight = false;
      return;
    }
    const now = this.#parts.callMade.at || this.#parts.clock.now();
    for (let next = mailbox.next; next && mailbox.size > 1; next = mailbox.next) {
      const { deadline } = next;
      const known = deadline === Number.POSITIVE_INFINITY || next.suspect ? undefined : this.#known.get(next.method);
      const own = known?.learned;
      if (!own || own.seen < LEARNED_FROM || worthStarting(deadline - now, own)) return;
      if (known!.probe === next || this.#letsThrough(known!, own, now)) return;
      mailbox.remove(next);
      next.place = "gone";
      this.#count(now);
      const text = `${this.#parts.path}.${next.method}: it has waited, and takes ${ms(own.ms)} with ${ms(deadline - now)} left: not started`;
      next.fail(
        new HoldfastError("Overloaded", text, { retryAfterMs: 1, details: { leftMs: deadline - now, ownMs: own.ms } }),
      );
    }
  }

  /** A message of a member was answered. @param since when it was handed over, monotonic ms */
  ended(method: string, since: number): void {
    const known = method === this.#latest ? this.#latestKnown! : this.#knownOf(method);
    const { learned } = known;
    const now = this.#parts.clock.now();
    if (known.probe?.place !== "queued") known.probe = undefined;
    this.#servedAt = now;
    known.learned = observeMethod(learned, now - since, now);
    const { ms: own, spreadMs, seen } = known.learned!;
    if (own < TINY_MS && seen >= LEARNED_FROM) this.unmeasured = UNMEASURED_OF_TINY;
    this.#plentyMs = Math.max(PLENTY * (own + spreadMs), this.#plentyMs * FADES);
  }

  #knownOf(method: string): Known {
    let known = this.#known.get(method);
    if (known === undefined) {
      known = { learned: undefined, letThroughAt: Number.NEGATIVE_INFINITY, probe: undefined };
      this.#known.set(method, known);
    }
    this.#latest = method;
    this.#latestKnown = known;
    return known;
  }

  /**
   * How many were refused of late for want of a free member, as if it were in the last so many ms: a pool that could have more
   * members needs them no less for those than for what waits.
   */
  refusedWithin(overMs: number, now: number): number {
    return (this.#refusedLately(now) * overMs) / REMEMBERED_MS;
  }

  #allFreeIn(serviceMs: number, now: number): number[] {
    const all: number[] = [];
    for (const member of this.#parts.members()) all.push(this.#freeIn(member, serviceMs, now));
    return all;
  }

  #freeIn(member: Member, serviceMs: number, now: number): number {
    // How one that was up comes back is not known: it may be in a millisecond.
    if (!member.up) return member.wasUp ? 0 : this.#parts.comesIn(member, now);
    if (member.free) return 0;
    const { latest, executing } = member;
    if (executing > 1 || latest === undefined) return serviceMs;
    const usualMs = this.#known.get(latest.method)?.learned?.ms ?? serviceMs;
    return busyFor(usualMs, now - (latest.deliveredAt ?? member.busySince ?? now));
  }

  /** Whether nothing was learned of it for so long that one may try. */
  #letsThrough(known: Known, own: LearnedMethod, now: number): boolean {
    const every = Math.max(PROBE_MS, PROBE_TIMES * own.ms);
    if (now - Math.max(own.at, known.letThroughAt) < every) return false;
    known.letThroughAt = now;
    return true;
  }

  #count(now: number): void {
    this.#refused = 1 + this.#refusedLately(now);
    this.#refusedAt = now;
  }

  #refusedLately(now: number): number {
    return this.#refused * Math.exp((this.#refusedAt - now) / REMEMBERED_MS);
  }

  #refusal(
    { method }: Message,
    own: LearnedMethod,
    leftMs: number,
    ahead: number,
    members: number,
    { startsInMs, retryAfterMs }: Verdict,
  ): HoldfastError {
    const { path } = this.#parts;
    const left = leftMs === Number.POSITIVE_INFINITY ? "" : `, with ${ms(leftMs)} left`;
    const text = `${path}.${method}: ${ahead} wait before it, ${ms(startsInMs)} until it would start, and ${ms(own.ms)} for itself${left}`;
    return new HoldfastError("Overloaded", text, {
      retryAfterMs: Math.ceil(Math.min(LONGEST_ADVICE_MS, Math.max(1, retryAfterMs))),
      details: { ahead, members, startsInMs, ownMs: own.ms, leftMs },
    });
  }
}

function ms(value: number): string {
  return value < 1000 ? `${Number(value.toFixed(1))} ms` : `${Number((value / 1000).toFixed(1))} s`;
}
