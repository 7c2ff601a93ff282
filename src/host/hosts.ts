import type { Clock } from "../clock.js";
import { MAX_HOSTS, SPARE_REFILL_AFTER } from "../defaults.js";
import { milliseconds } from "../duration.js";
import { HoldfastError } from "../errors.js";
import { Booting, type CellSpec } from "./booting.js";
import type { Host, HostProvider, Isolation } from "./host.js";

/** Entries of every host's control block (16 kB): how many messages may execute at once in one host. */
export const HOST_ENTRIES = 1024;

/** A spare that keeps dying is replaced ever later, up to this pause. */
const LONGEST_REFILL_MS = 30_000;

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
  readonly #spares = new Map<string | CellSpec, Booting>();
  readonly #refilling = new Map<string | CellSpec, { cancel(): void }>();
  readonly #failures = new Map<string | CellSpec, number>();
  readonly #alive = new Set<Host>();
  #closed = false;

  constructor(clock: Clock, providers: Record<Isolation, HostProvider>) {
    this.#clock = clock;
    this.#providers = providers;
  }

  /** Hosts that exist, spares and abandoned ones included. */
  get count(): number {
    return this.#alive.size;
  }

  /** The fastest host there is for a spec, told to boot. Its spare, if it had one, is made anew later. */
  open(spec: CellSpec): Opened {
    const spare = this.#take(spec) ?? this.#take(emptyKey(spec));
    const booting = spare ?? this.#openCold(spec, spec.module);
    void booting.boot(spec).catch(() => {});
    return { booting, level: spare ? "spare" : "cold" };
  }

  /** Makes the spare a spec asks for, some time from now, unless it is there. Called when its cell is ready. */
  refill(spec: CellSpec): void {
    if (spec.spare === "none" || spec.isolation === "inline" || this.#closed) return;
    const key = spareKey(spec);
    if (this.#spares.has(key) || this.#refilling.has(key)) return;
    const pause = milliseconds(SPARE_REFILL_AFTER, "refill") * 2 ** (this.#failures.get(key) ?? 0);
    const timer = this.#clock.after(Math.min(pause, LONGEST_REFILL_MS), () => this.#park(key, spec), {
      background: true,
    });
    this.#refilling.set(key, timer);
  }

  /** Where a spec's own or shared spare stands; undefined where it asks for none. */
  spare(spec: CellSpec): "ready" | "loading" | undefined {
    if (spec.spare === "none" || spec.isolation === "inline") return undefined;
    return this.#spares.get(spareKey(spec))?.ready ? "ready" : "loading";
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#refilling.values()) timer.cancel();
    this.#refilling.clear();
    for (const spare of this.#spares.values()) spare.host.kill();
    this.#spares.clear();
    await Promise.all(Object.values(this.#providers).map((provider) => provider.close()));
  }

  #take(key: string | CellSpec): Booting | undefined {
    const spare = this.#spares.get(key);
    if (!spare) return undefined;
    this.#spares.delete(key);
    this.#failures.delete(key);
    spare.onEnd = () => {};
    return spare;
  }

  #park(key: string | CellSpec, spec: CellSpec): void {
    this.#refilling.delete(key);
    if (this.#closed || this.#alive.size >= MAX_HOSTS) return;
    const spare = this.#openCold(spec, key === spec ? spec.module : undefined);
    this.#spares.set(key, spare);
    const lost = () => {
      if (this.#spares.get(key) !== spare) return;
      this.#spares.delete(key);
      this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
      this.refill(spec);
    };
    spare.onEnd = lost;
    if (key === spec) {
      spare.boot(spec).catch(() => {
        spare.host.kill();
        lost();
      });
    }
  }

  /** @param soon the module it is about to be booted with, if it is */
  #openCold(spec: CellSpec, soon: string | undefined): Booting {
    if (this.#closed) throw new HoldfastError("ActorStopped", `${spec.path}: the system has stopped`);
    if (this.#alive.size >= MAX_HOSTS) {
      throw new HoldfastError(
        "Unavailable",
        `${spec.path}: this system already holds ${this.#alive.size} threads and processes, abandoned ones included`,
      );
    }
    const host = this.#providers[spec.isolation].open({ entries: HOST_ENTRIES, heapMb: spec.heapMb, soon });
    this.#alive.add(host);
    void host.gone.then(() => this.#alive.delete(host));
    return new Booting(host);
  }
}

function spareKey(spec: CellSpec): string | CellSpec {
  return spec.spare === "loaded" ? spec : emptyKey(spec);
}

function emptyKey(spec: CellSpec): string {
  return `${spec.isolation}:${spec.heapMb ?? "default"}`;
}
