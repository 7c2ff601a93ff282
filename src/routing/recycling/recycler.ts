import type { Timer } from "../../clock.js";
import type { Cell } from "../../system/cell/cell.js";
import type { SystemContext } from "../../system/context.js";
import { type Pause, pauseAfter } from "../../system/memory/judge-memory.js";
import type { Member } from "../pools/member.js";
import type { Members } from "../pools/members.js";
import type { PoolMail } from "../pools/pool-mail.js";
import type { Gauge } from "../scaling/gauge.js";
import { growthOf, heldBytes, type MemoryTrend, noTrend, observed } from "./memory-trend.js";
import { inTrouble, msToAge, type RecycleLimits, type Wear, type WornOut, whyWorn, wornOut } from "./recycle-rule.js";

/** How often a pool that works is looked at, ms. */
const LOOK_MS = 1000;

/** The same for the age of one that is drained by hand, ms: it stays what it is until somebody resumes it. */
const HELD_LOOK_MS = 60_000;

export interface RecyclerParts {
  readonly context: SystemContext;
  readonly path: string;
  readonly limits: RecycleLimits;
  readonly targetWaitMs: number;
  readonly members: Members;
  readonly mail: PoolMail;
  readonly gauge: Gauge;
}

/** What is kept of a member for as long as its host lives: an actor that is rebuilt in place begins no other. */
interface Service {
  readonly cell: Cell | undefined;
  /** When it began to serve, monotonic ms, and what the member had answered by then. */
  readonly since: number;
  readonly handled: number;
  readonly chance: number;
  trend: MemoryTrend;
}

/** A member that is being replaced. */
interface Turn {
  readonly old: Member;
  readonly next: Member;
  readonly worn: WornOut;
}

/**
 * Replaces members that have served long enough: one at a time, and never while the pool is in trouble.
 *
 *   look ─▶ worn out? ─▶ another is added ─▶ it serves ─▶ the old one leaves: finishes its work, is stopped, forgotten
 *                          └─ it cannot start: it is let go, the old one stays, and the next try waits
 *
 * Members that serve are never fewer meanwhile. Without anything that could change there is no timer.
 */
export class Recycler {
  readonly #parts: RecyclerParts;
  readonly #services = new Map<Member, Service>();
  #turn: Turn | undefined;
  #pause: Pause | undefined;
  #timer: Timer | undefined;
  /** When the timer fires, monotonic ms. */
  #dueAt = 0;
  /** What all members had answered at the latest look. */
  #handled = 0;
  #open = false;
  /** The timer was set since somebody works. */
  #working = false;

  constructor(parts: RecyclerParts) {
    this.#parts = parts;
  }

  begins(): void {
    this.#open = true;
  }

  ends(): void {
    this.#open = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#working = false;
  }

  /** Somebody works: what is counted may come to its limit. */
  works(): void {
    if (this.#working) return;
    const { messages, memoryBytes, growthBytesPerMs } = this.#parts.limits;
    this.#working = true;
    if (messages ?? memoryBytes ?? growthBytesPerMs) this.#arm(LOOK_MS);
  }

  /** It serves. */
  up(member: Member): void {
    const { context, limits } = this.#parts;
    const { cell, handled } = member;
    if (!cell || this.#services.get(member)?.cell !== cell) {
      const since = context.clock.now();
      const chance = context.chance();
      this.#services.set(member, { cell, since, handled, chance, trend: noTrend });
      const ageMs = msToAge({ ageMs: 0, chance }, limits);
      if (ageMs !== undefined) this.#arm(ageMs);
    }
    this.#finish();
  }

  /** It is on its way out, whoever wanted that: where it was one of the two, there is nothing left to replace. */
  leaves(member: Member): void {
    this.#services.delete(member);
    if (member === this.#turn?.old || member === this.#turn?.next) this.#over();
  }

  /** It stays down. Where it was to replace another, that one stays. */
  out(member: Member): void {
    this.#services.delete(member);
    if (member !== this.#turn?.next) return;
    this.#over();
    this.#waitLonger();
    this.#parts.members.letGo(member);
  }

  #look(): void {
    this.#timer = undefined;
    this.#working = false;
    if (!this.#open) return;
    this.#finish();
    const now = this.#parts.context.clock.now();
    const { members, limits } = this.#parts;
    let most: Omit<Turn, "next"> | undefined;
    let soonest = Number.POSITIVE_INFINITY;
    let handled = 0;
    for (const old of members.all) {
      handled += old.handled;
      const wear = this.#wear(old, now);
      if (!wear) continue;
      const ageMs = msToAge(wear, limits) ?? Number.POSITIVE_INFINITY;
      const held = old.heldBy !== undefined;
      soonest = Math.min(soonest, held ? Math.max(HELD_LOOK_MS, ageMs) : ageMs);
      const worn = held ? undefined : wornOut(wear, limits);
      if (worn && (!most || worn.value / worn.limit > most.worn.value / most.worn.limit)) most = { old, worn };
    }
    const worked = handled !== this.#handled || members.executing > 0;
    this.#handled = handled;
    if (most && !this.#turn && this.#mayNow(now)) this.#replace(most.old, most.worn);
    if (most) this.#arm(LOOK_MS);
    // By rounding it may lack less than the clock can tell: the time would stand still.
    else if (Number.isFinite(soonest)) this.#arm(Math.max(1, soonest));
    if (worked) this.works();
  }

  /** What a member that serves has behind it. */
  #wear(member: Member, now: number): Wear | undefined {
    const service = this.#services.get(member);
    if (!service || !member.up || service.cell !== member.cell) return undefined;
    const { memoryBytes, growthBytesPerMs } = this.#parts.limits;
    if (memoryBytes ?? growthBytesPerMs) {
      const { heap = 0, external = 0, resident = 0 } = member.cell?.host.control.memory() ?? {};
      service.trend = observed(service.trend, now, resident || heap + external);
    }
    return {
      messages: member.handled - service.handled,
      ageMs: now - service.since,
      heldBytes: heldBytes(service.trend),
      growth: growthBytesPerMs === undefined ? undefined : growthOf(service.trend),
      chance: service.chance,
    };
  }

  #mayNow(now: number): boolean {
    if (this.#pause && now < this.#pause.until) return false;
    const { members, mail, gauge, targetWaitMs } = this.#parts;
    const { ready } = members;
    const starting = members.all.filter((member) => !member.up && !members.out.has(member)).length;
    const waitMs = (mail.waiting * (gauge.service?.ms ?? 0)) / Math.max(1, ready);
    return !inTrouble({ starting, leaving: members.leaving.size, waitMs, targetWaitMs, room: members.growable });
  }

  #replace(old: Member, worn: WornOut): void {
    const { members } = this.#parts;
    // Before it is added: its start may be over, one way or the other, in the same turn.
    members.extra = 1;
    this.#turn = { old, worn, next: members.add() };
    this.#finish();
  }

  /** The old one goes when the pool is as many without it. */
  #finish(): void {
    const turn = this.#turn;
    if (!turn) return;
    const { context, members } = this.#parts;
    const { old, next, worn } = turn;
    // Somebody has drained one of the two: neither goes before that one is resumed.
    if (old.heldBy !== undefined || next.heldBy !== undefined) return;
    const others = members.all.filter((member) => member !== old && !members.out.has(member));
    if (!others.every((member) => member.up)) return;
    const { what, value, limit } = worn;
    const host = old.cell?.host.name ?? "";
    this.#over();
    if (what === "memory" || what === "growth") this.#waitLonger();
    members.letGo(old);
    members.tally.restartsAsPlanned(what);
    const why = whyWorn(worn);
    context.events.emit({ type: "recycled", path: old.path, host, by: next.path, what, value, limit, why });
  }

  #over(): void {
    this.#turn = undefined;
    this.#parts.members.extra = 0;
  }

  /** What is too heavy as it starts, or cannot start, must not be tried for ever. */
  #waitLonger(): void {
    this.#pause = pauseAfter(this.#pause, this.#parts.context.clock.now());
  }

  /** Looks in so long, or sooner where that was said before. */
  #arm(ms: number): void {
    const { clock } = this.#parts.context;
    if (!this.#open || !Number.isFinite(ms)) return;
    const at = clock.now() + ms;
    if (this.#timer) {
      if (this.#dueAt <= at) return;
      this.#timer.cancel();
    }
    this.#dueAt = at;
    this.#timer = clock.after(ms, () => this.#look(), { background: true });
  }
}
