import type { Notice } from "../../actor/notice.js";
import { tellListener } from "../../guarded.js";
import type { EventFan } from "../events.js";
import type { Unit } from "../unit.js";
import { causeText, type DeathReport } from "./report.js";

type Tell = (notice: Notice) => void;

/** How something ended: the part of a notice that its end says. */
type End = Pick<Notice, "incarnation" | "reason" | "cause" | "report">;

/**
 * Death watches, Erlang's monitors: each is told exactly once.
 *
 *   watch ─▶ is it there? ──no──▶ "gone", in a turn of its own
 *              │ yes
 *              ▼
 *            kept ─▶ its death is reported ─▶ "died" with cause and report
 *                └─▶ its supervisor hears of its end ─▶ "stopped", or "died" where there was no report
 */
export class Watches {
  readonly #find: (path: string, key: string | undefined) => Unit | undefined;
  readonly #events: EventFan;
  readonly #watched = new Map<string, { place: Pick<Notice, "path" | "key">; tells: Set<Tell> }>();
  #unsubscribe: (() => void) | undefined;

  /** @param find what is at a path, or undefined */
  constructor(events: EventFan, find: (path: string, key: string | undefined) => Unit | undefined) {
    this.#events = events;
    this.#find = find;
  }

  /** @returns how to end the watch; nothing is told after it */
  watch(path: string, key: string | undefined, listener: Tell): () => void {
    const place = { path, ...(key === undefined ? {} : { key }) };
    const unit = this.#find(path, key);
    let open = true;
    const tell = (notice: Notice) => {
      if (open) tellListener(listener, notice, "a death watch");
      open = false;
    };
    if (!unit?.keeper.lives(unit.name) || unit.absent) {
      const incarnation = unit ? incarnationOf(unit) : 0;
      queueMicrotask(() => tell({ ...place, incarnation, reason: "gone" }));
    } else this.#keep(idOf(unit.path, key), place, tell);
    return () => {
      open = false;
      if (unit) this.#drop(idOf(unit.path, key), tell);
    };
  }

  /** Its supervisor heard of its end. Where a report told of it already, nobody is left to be told. */
  ended(unit: Unit, reason: "died" | "stopped", cause?: string, report?: number): void {
    if (this.#watched.size === 0) return;
    const more = { ...(cause === undefined ? {} : { cause }), ...(report === undefined ? {} : { report }) };
    this.#tell(idOf(unit.path, unit.key), { incarnation: incarnationOf(unit), reason, ...more });
  }

  /** The system is over: whoever still waits is told. */
  close(): void {
    for (const id of [...this.#watched.keys()]) this.#tell(id, { incarnation: 0, reason: "stopped" });
  }

  #keep(id: string, place: Pick<Notice, "path" | "key">, tell: Tell): void {
    this.#unsubscribe ??= this.#events.subscribe((event) => {
      if (event.type === "death") this.#died(event.report);
    });
    const watched = this.#watched.get(id) ?? { place, tells: new Set() };
    watched.tells.add(tell);
    this.#watched.set(id, watched);
  }

  #drop(id: string, tell: Tell): void {
    const watched = this.#watched.get(id);
    if (!watched?.tells.delete(tell) || watched.tells.size > 0) return;
    this.#watched.delete(id);
    this.#rest();
  }

  #died({ path, key, incarnation, cause, id }: DeathReport): void {
    const reason = cause.kind === "stopped-itself" ? "stopped" : "died";
    this.#tell(idOf(path, key), { incarnation, reason, cause: causeText(cause), report: id });
  }

  #tell(id: string, end: End): void {
    const watched = this.#watched.get(id);
    if (!watched) return;
    this.#watched.delete(id);
    this.#rest();
    for (const tell of watched.tells) tell({ ...watched.place, ...end });
  }

  /** Events are not listened to for nobody. */
  #rest(): void {
    if (this.#watched.size > 0) return;
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }
}

/** A key and a cell of its group may have one path. @param path of the unit itself */
function idOf(path: string, key: string | undefined): string {
  return key === undefined ? path : `${path}\0`;
}

function incarnationOf(unit: Unit): number {
  return "incarnation" in unit && typeof unit.incarnation === "number" ? unit.incarnation : 1;
}
