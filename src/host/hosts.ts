import type { Clock } from "../clock.js";
import { ABANDON_AFTER, HOSTS_FOR_GROWTH, MAX_HOSTS, SPARE_REFILL_AFTER } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { HOST_ENTRIES } from "./actor-number.js";
import { Booting, type CellSpec, type HostLogs } from "./booting.js";
import type { Host, HostProvider, Isolation } from "./host.js";

/** A spare that keeps dying is replaced ever later, up to this pause. */
const LONGEST_REFILL_MS = 30_000;

/** A start() that takes less is no wait for a message that has left its mailbox. */
const QUICK_START_MS = 50;

export interface Opened {
  readonly booting: Booting;
  readonly level: "spare" | "cold";
}

/**
 * All hosts of one system: opens them, keeps spares, counts, closes. A spare is a host opened ahead of need: `empty`
 * ones fit any module of the same heap limit and are shared, `loaded` ones belong to one spec.
 */
export class Hosts {
  readonly #clock: Clock;
  readonly #providers: Record<Isolation, HostProvider>;
  /** Those parked, and how many there are to be at most. */
  readonly #spares = new Map<string | CellSpec, Booting[]>();
  readonly #wanted = new Map<string | CellSpec, number>();
  readonly #refilling = new Map<string | CellSpec, { cancel(): void }>();
  readonly #failures = new Map<string | CellSpec, number>();
  /** The spare a spec took was another one than it asks for: it is made anew with the next refill. */
  readonly #owed = new Map<CellSpec, string>();
  /** How long the last start() of a spec's actor took, ms. */
  readonly #starts = new WeakMap<CellSpec, number>();
  readonly #alive = new Set<Host>();
  readonly #logs: HostLogs | undefined;
  readonly #traced: boolean;
  #closed = false;

  /**
   * @param logs   who hears of the lines that they write; undefined: none is made
   * @param traced messages may belong to traces
   */
  constructor(clock: Clock, providers: Record<Isolation, HostProvider>, logs?: HostLogs, traced = false) {
    this.#clock = clock;
    this.#traced = traced;
    this.#providers = providers;
    this.#logs = logs;
  }

  /** Whether actors of this level share cells. */
  shares(isolation: Isolation): boolean {
    return this.#providers[isolation].shares ?? false;
  }

  /**
   * How many hosts more may be opened for what could do without: members and cells beyond the fewest, and spares. The
   * rest is for restarts, so that nobody who grows takes from others what they need to come back.
   */
  get forGrowth(): number {
    return Math.max(0, HOSTS_FOR_GROWTH - this.#alive.size);
  }

  /** The system has stopped: none is opened any more, and those that end are not missed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The fastest host there is for a spec, told to boot. Its spare, if it had one, is made anew later. */
  open(spec: CellSpec): Opened {
    const own = this.#take(spec);
    const spare = own ?? this.#take(emptyKey(spec));
    if (spare && !own && spec.spare !== "empty") this.#owed.set(spec, emptyKey(spec));
    const booting = spare ?? this.#openCold(spec, spec.module);
    void booting.boot(spec).catch(() => {});
    return { booting, level: spare ? "spare" : "cold" };
  }

  /** The spare of a spec, where it is there and has nothing left to do; else nothing is taken. */
  takeLoaded(spec: CellSpec): Booting | undefined {
    const isLoaded = (spare: Booting) => spare.loaded !== undefined && !spare.ended;
    return this.#spares.get(spec)?.some(isLoaded) ? this.#take(spec, isLoaded) : undefined;
  }

  /** Makes the spares a spec asks for, some time from now, unless they are there. Called when its cell is ready. */
  refill(spec: CellSpec): void {
    const owed = this.#owed.get(spec);
    this.#owed.delete(spec);
    if (owed !== undefined) this.#parkLater(owed, spec);
    if (spec.spare === "none" || spec.isolation === "inline") return;
    const key = spareKey(spec);
    this.#wanted.set(key, Math.max(this.#wanted.get(key) ?? 0, spec.spares ?? 1));
    this.#parkLater(key, spec);
  }

  /** One more, until there are as many as are wanted. @param since when the first look for it was, where mail waited then */
  #parkLater(key: string | CellSpec, spec: CellSpec, since = this.#clock.now()): void {
    const parked = this.#spares.get(key)?.length ?? 0;
    if (this.#closed || parked >= (this.#wanted.get(key) ?? 1) || this.#refilling.has(key)) return;
    const pause = milliseconds(SPARE_REFILL_AFTER, "refill") * 2 ** (this.#failures.get(key) ?? 0);
    const timer = this.#clock.after(Math.min(pause, LONGEST_REFILL_MS), () => this.#park(key, spec, since), {
      background: true,
    });
    this.#refilling.set(key, timer);
  }

  /** Nobody starts from this spec any more, or not soon: what stood by for it alone goes. */
  release(spec: CellSpec): void {
    const spares = this.#spares.get(spec) ?? [];
    this.#refilling.get(spec)?.cancel();
    for (const kept of [this.#spares, this.#wanted, this.#refilling, this.#failures, this.#owed]) {
      (kept as Map<string | CellSpec, unknown>).delete(spec);
    }
    for (const spare of spares) {
      spare.onEnd = () => {};
      spare.host.kill();
    }
  }

  startTook(spec: CellSpec, ms: number): void {
    this.#starts.set(spec, ms);
  }

  /** The last start of its actor was over in a moment, and so the next one will be. */
  startsQuickly(spec: CellSpec): boolean {
    return (this.#starts.get(spec) ?? Number.POSITIVE_INFINITY) < QUICK_START_MS;
  }

  /** Where a spec's own or shared spare stands; undefined where it asks for none. */
  spare(spec: CellSpec): "ready" | "loading" | undefined {
    if (spec.spare === "none" || spec.isolation === "inline") return undefined;
    return this.#spares.get(spareKey(spec))?.some(({ ready }) => ready) ? "ready" : "loading";
  }

  /**
   * Ends them all. One that does not leave (a thread in native code) is not waited for longer than others are, and named:
   * it keeps the program alive.
   */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#refilling.values()) timer.cancel();
    this.#refilling.clear();
    for (const spare of [...this.#spares.values()].flat()) spare.host.kill();
    this.#spares.clear();
    const closing = Promise.all(Object.values(this.#providers).map((provider) => provider.close()));
    await new Promise<unknown>((resolve, reject) => {
      const bound = this.#clock.after(milliseconds(ABANDON_AFTER, "abandonAfter"), () => {
        this.#tellOfTheLeft();
        resolve(undefined);
      });
      closing.finally(() => bound.cancel()).then(resolve, reject);
    });
  }

  #tellOfTheLeft(): void {
    const names = [...this.#alive].map((host) => host.name).join(", ");
    if (names === "") return;
    const why = "native code that does not return, or a disk that does not answer";
    process.emitWarning(`the system has stopped without ${names}: ${why}; the program cannot end before`, "holdfast");
  }

  /** One such, else one that is ready, else one on its way. */
  #take(key: string | CellSpec, such?: (spare: Booting) => boolean): Booting | undefined {
    const spares = this.#spares.get(key) ?? [];
    const spare = (such && spares.find(such)) ?? spares.find(({ ready }) => ready) ?? spares[0];
    if (!spare) return undefined;
    this.#without(key, spare);
    this.#failures.delete(key);
    spare.onEnd = () => {};
    return spare;
  }

  /** @returns whether it was there */
  #without(key: string | CellSpec, spare: Booting): boolean {
    const spares = this.#spares.get(key) ?? [];
    const others = spares.filter((other) => other !== spare);
    if (others.length > 0) this.#spares.set(key, others);
    else this.#spares.delete(key);
    return others.length < spares.length;
  }

  #park(key: string | CellSpec, spec: CellSpec, since: number): void {
    this.#refilling.delete(key);
    if (this.#closed) return;
    // It would take from the work its core, and nobody is helped by what stands by. But not for ever: deaths go on too.
    if (spec.mailWaits?.() && this.#clock.now() - since < LONGEST_REFILL_MS) {
      this.#parkLater(key, spec, since);
      return;
    }
    const spare = this.#openIfItCan(spec, key === spec ? spec.module : undefined);
    if (!spare) {
      this.#failed(key);
      this.#parkLater(key, spec);
      return;
    }
    this.#spares.set(key, [...(this.#spares.get(key) ?? []), spare]);
    const lost = () => {
      if (!this.#without(key, spare)) return;
      this.#failed(key);
      this.#parkLater(key, spec);
    };
    spare.onEnd = lost;
    if (key === spec) {
      const giveUp = () => {
        if (this.#spares.get(key)?.includes(spare)) spare.host.kill();
        lost();
      };
      // Its load() has as long as that of the actor it stands by for.
      const late = this.#clock.after(spec.bootWithinMs, giveUp, { background: true });
      spare.boot(spec).then(() => late.cancel(), giveUp);
    }
    this.#parkLater(key, spec);
  }

  #failed(key: string | CellSpec): void {
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
  }

  /** For what nobody waits for: undefined where the system holds as many as it may, or the machine gives no more open files. */
  #openIfItCan(spec: CellSpec, soon: string | undefined): Booting | undefined {
    if (this.forGrowth === 0) return undefined;
    try {
      return this.#openCold(spec, soon);
    } catch {
      return undefined;
    }
  }

  /** @param soon the module it is about to be booted with, if it is */
  #openCold(spec: CellSpec, soon: string | undefined): Booting {
    if (this.#closed) throw new HoldfastError("ActorStopped", `${spec.path}: the system has stopped`);
    const counts = spec.isolation !== "inline";
    if (counts && this.#alive.size >= MAX_HOSTS) {
      throw new HoldfastError(
        "Unavailable",
        `${spec.path}: this system already holds ${this.#alive.size} threads and processes, abandoned ones included`,
      );
    }
    const host = this.#providers[spec.isolation].open({ entries: HOST_ENTRIES, heapMb: spec.heapMb, soon });
    if (counts) {
      this.#alive.add(host);
      void host.gone.then(() => this.#alive.delete(host));
    }
    return new Booting(host, this.#logs, this.#traced);
  }
}

function spareKey(spec: CellSpec): string | CellSpec {
  return spec.spare === "loaded" ? spec : emptyKey(spec);
}

function emptyKey(spec: CellSpec): string {
  return `${spec.isolation}:${spec.heapMb ?? "default"}`;
}
