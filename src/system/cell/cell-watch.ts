import type { Clock } from "../../clock.js";
import type { ActorTable } from "../../host/actor-table.js";
import type { Cell } from "./cell.js";
import type { CellMember } from "./cell-member.js";
import { type Diagnosis, diagnose, type Look } from "./diagnosis.js";
import type { HangWatch, Watched } from "./hang-watch.js";
import type { WatchedTime } from "./watched-time.js";
import { shortestLimit } from "./work.js";

/** After this long at first, then at twice that, and so on, a cell is asked whether there is still work in it, ms. */
const ASK_AFTER_MS = 250;
const ASK_AT_LEAST_MS = 10_000;

/** Looks for what hangs in one cell: it ends with its cell, or alone where the cell is shared. */
export class CellWatch implements Watched {
  due = Number.POSITIVE_INFINITY;
  readonly #clock: Clock;
  readonly #watch: HangWatch;
  readonly #cell: Cell;
  readonly #members: ActorTable<CellMember>;
  readonly #shortestMs: number;
  #watched = false;
  #heard = 0;
  #quietSince = 0;
  #silentLooks = 0;
  #askAt = 0;
  #askAfterMs = ASK_AFTER_MS;
  /** Who has blocked its event loop by hand, and until when, monotonic ms. */
  #blocked: { readonly by: string; readonly until: number } | undefined;

  constructor(clock: Clock, watch: HangWatch, cell: Cell, members: ActorTable<CellMember>) {
    this.#clock = clock;
    this.#watch = watch;
    this.#cell = cell;
    this.#members = members;
    this.#shortestMs = shortestLimit(cell.facts);
  }

  /** There is work in it. Called with every message: it costs nothing while the watch is on. */
  begin(): void {
    if (!this.#watched) this.#begin();
  }

  end(): void {
    this.#watched = false;
    this.#watch.end(this);
  }

  /** Somebody has its event loop stand still for so long: a death of that is theirs. */
  blocked(by: string, forMs: number): void {
    this.#blocked = { by, until: this.#clock.now() + forMs };
  }

  look(now: number, time: WatchedTime): boolean {
    this.#cell.host.hear?.();
    this.#listen(now);
    const look = this.#lookAt(now, time);
    return this.#cell.shared ? this.#lookAtEach(look) : this.#lookAtAll(look);
  }

  glance(now: number): boolean {
    this.#listen(now);
    if (now < this.#askAt) return true;
    this.#askAfterMs = Math.min(ASK_AT_LEAST_MS, 2 * this.#askAfterMs);
    this.#askAt = now + this.#askAfterMs;
    for (const member of this.#members.values()) if (member.busy) return true;
    return this.#rests();
  }

  #begin(): void {
    if (this.#shortestMs === Number.POSITIVE_INFINITY) return;
    const now = this.#clock.now();
    this.#watched = true;
    this.#heard = this.#cell.heard;
    this.#quietSince = now;
    this.#silentLooks = 0;
    this.#askAfterMs = ASK_AFTER_MS;
    this.#askAt = now + ASK_AFTER_MS;
    this.due = now + this.#shortestMs;
    this.#watch.begin(this, now);
  }

  #listen(now: number): void {
    const { heard } = this.#cell;
    if (heard === this.#heard) return;
    this.#heard = heard;
    this.#quietSince = now;
    this.#silentLooks = 0;
  }

  #lookAt(now: number, time: WatchedTime): Look {
    const { isolation, control } = this.#cell.host;
    const ownLoop = isolation !== "inline";
    return {
      now,
      missed: (since) => time.missed(since),
      native: control.phase() === "native",
      beat: ownLoop ? control.beat() : undefined,
      quietSince: ownLoop ? this.#quietSince : undefined,
      silentLooks: this.#silentLooks,
      shortestMs: this.#shortestMs,
    };
  }

  /** A late one takes the cell along. */
  #lookAtAll(look: Look): boolean {
    const works = [...this.#members.values()].map((member) => member.work(look.now));
    const diagnosis = diagnose(works, look);
    this.#silentLooks = diagnosis.is === "silent" ? this.#silentLooks + 1 : 0;
    if ("late" in diagnosis) {
      const silent = look.quietSince === undefined ? {} : { silentMs: look.now - look.quietSince };
      this.#cell.kill({ kind: "hung", ...diagnosis.late, ...silent, ...this.#byHand(look) });
      return this.#rests();
    }
    return this.#goesOn(diagnosis);
  }

  /** A late one is ended alone. */
  #lookAtEach(look: Look): boolean {
    let until = Number.POSITIVE_INFINITY;
    for (const member of [...this.#members.values()]) {
      if (!member.busy) continue;
      const diagnosis = diagnose([member.work(look.now)], look);
      if ("late" in diagnosis) member.hung({ kind: "hung", ...diagnosis.late, ...this.#byHand(look) });
      else if (diagnosis.is !== "idle") until = Math.min(until, diagnosis.until);
    }
    // What it was judged for may have ended the cell.
    if (!this.#watched) return false;
    return this.#goesOn(until === Number.POSITIVE_INFINITY ? { is: "idle" } : { is: "busy", until });
  }

  /** Who made it hang: where nothing has come from it since it was blocked by hand, or before that was over. */
  #byHand({ quietSince }: Look): { readonly by?: string } {
    const blocked = this.#blocked;
    return blocked && quietSince !== undefined && quietSince < blocked.until ? { by: blocked.by } : {};
  }

  #goesOn(diagnosis: Exclude<Diagnosis, { late: unknown }>): boolean {
    if (diagnosis.is === "idle") return this.#rests();
    this.due = diagnosis.until;
    return true;
  }

  #rests(): false {
    this.#watched = false;
    this.due = Number.POSITIVE_INFINITY;
    return false;
  }
}
