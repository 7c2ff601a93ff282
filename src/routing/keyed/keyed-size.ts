import { availableParallelism } from "node:os";
import type { Timer } from "../../clock.js";
import { HoldfastError, messageOf } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { SystemContext } from "../../system/context.js";
import type { Scaling } from "../../system/tree.js";
import { askRule } from "../scaling/ask-rule.js";
import { MemberMemory } from "../scaling/member-memory.js";
import type { ScalingMemory, ScalingView } from "../scaling/scaling-rule.js";
import { StartTimes } from "../scaling/start-times.js";
import { toldNumbers } from "../scaling/told-numbers.js";
import type { CellBounds } from "./cell-bounds.js";
import type { KeyedCells } from "./keyed-cells.js";
import { type KeyedLoad, LoadOfKeys } from "./load-of-keys.js";

/** How often a group that works is looked at, ms. */
const LOOK_MS = 100;

/** An idle group that may shrink is looked at so many times in `shrinkAfter`. */
const IDLE_LOOKS = 10;

/** After a cell that did not start, no other is tried for so long, ms. */
const CALM_MS = 10_000;

/**
 * How many cells a keyed group has. It makes the view of it, asks the rule (a pool's), performs what that wants, and tells why:
 *
 *   mail comes ─▶ a look each 100 ms, while there is work ─▶ rule ─▶ cells come, or leave ─▶ event
 *   a key finds no room ─▶ a cell more, at once
 *   resize(n) ─▶ held at n, no looks ─▶ resize("auto") ─▶ looks again
 */
export class KeyedSize {
  readonly #context: SystemContext;
  readonly #path: string;
  readonly #cells: KeyedCells;
  readonly #bounds: CellBounds;
  readonly #load: LoadOfKeys;
  readonly #starts = new StartTimes();
  readonly #memoryNow: MemberMemory;
  #memory: ScalingMemory | undefined;
  #held: number | undefined;
  #open = false;
  #timer: Timer | undefined;
  /** No growth before: one has failed. */
  #calmUntil = 0;
  #complained = false;
  #last: Pick<Scaling, "by" | "why"> & { readonly at: number };

  constructor(context: SystemContext, path: string, cells: KeyedCells, bounds: CellBounds) {
    this.#context = context;
    this.#path = path;
    this.#cells = cells;
    this.#bounds = bounds;
    this.#load = new LoadOfKeys(context.clock.now());
    this.#memoryNow = new MemberMemory(bounds.memoryBytes);
    this.#last = { by: "rule", why: "as it began", at: context.clock.now() };
    cells.onFull = () => this.#full();
  }

  get #elastic(): boolean {
    return this.#open && this.#held === undefined && this.#bounds.min < this.#bounds.max;
  }

  begins(): void {
    this.#open = true;
    this.works();
  }

  ends(): void {
    this.#open = false;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Mail has come. */
  works(): void {
    if (this.#timer === undefined && this.#elastic) this.#arm(LOOK_MS);
  }

  /** @throws HoldfastError InvalidValue for a number that is out of bounds; StartFailed: a cell more did not start */
  async resize(to: number | "auto"): Promise<void> {
    const { min, max } = this.#bounds;
    if (to === "auto") {
      this.#held = undefined;
      this.#memory = undefined;
      this.#calmUntil = 0;
      this.works();
      return this.#become(Math.max(min, Math.min(max, this.#cells.size)), "hand", "auto");
    }
    if (!Number.isInteger(to) || to < 1 || to > max) {
      const fix = `give a whole number from 1 to its most cells, ${max}, or "auto"`;
      throw new HoldfastError("InvalidValue", `${this.#path}: resize(${shown(to)}): ${fix}`, { details: { to, max } });
    }
    this.#held = to;
    this.#timer?.cancel();
    this.#timer = undefined;
    return this.#become(to, "hand", `resize(${to})`);
  }

  scaling(): Scaling {
    const { min, max } = this.#bounds;
    const { at, by, why } = this.#last;
    const sinceMs = this.#context.clock.now() - at;
    return { members: this.#cells.size, ready: this.#cells.ready, min, max, by, why, sinceMs };
  }

  /** @returns whether there is a cell more now */
  #full(): boolean {
    const { size } = this.#cells;
    if (!this.#elastic || size >= this.#most() || this.#context.clock.now() < this.#calmUntil) return false;
    void this.#grow(size + 1, "its cells hold as many keys as they can");
    return true;
  }

  #look(): void {
    this.#timer = undefined;
    if (!this.#elastic) return;
    const now = this.#context.clock.now();
    const { bounds, load } = { bounds: this.#bounds, load: this.#load.at(now, this.#cells) };
    const view = this.#view(now, load);
    const limits = { ...bounds, max: this.#most() };
    const decision = askRule(bounds.rule, view, limits, this.#memory, (wrong) => this.#complain(wrong));
    if (decision) {
      this.#memory = decision.memory;
      const { want, why } = decision;
      if (want > view.members && now >= this.#calmUntil) void this.#grow(want, why, view);
      else if (want < view.members) void this.#become(want, "rule", why, view);
    }
    if (load.busy > 0) this.#arm(LOOK_MS);
    else if (this.#cells.size > bounds.min) this.#arm(Math.max(LOOK_MS, bounds.shrinkAfterMs / IDLE_LOOKS));
  }

  async #grow(to: number, why: string, view?: ScalingView): Promise<void> {
    const before = this.#cells.size;
    const start = {};
    this.#starts.begins(start, this.#cells.hasSpare, this.#context.clock.now());
    try {
      await this.#become(to, "rule", why, view);
      this.#starts.serves(start, this.#context.clock.now());
    } catch (thrown) {
      this.#starts.fails(start);
      this.#calmUntil = this.#context.clock.now() + CALM_MS;
      const { size } = this.#cells;
      if (size !== to) this.#tell(to, Math.max(before, size), "rule", `a cell did not start: ${messageOf(thrown)}`);
    }
  }

  #become(to: number, by: Scaling["by"], why: string, view?: ScalingView): Promise<void> {
    const from = this.#cells.size;
    if (to === from) return Promise.resolve();
    this.#tell(from, to, by, why, view);
    return this.#cells.become(to);
  }

  #tell(from: number, to: number, by: Scaling["by"], why: string, view?: ScalingView): void {
    this.#last = { by, why, at: this.#context.clock.now() };
    this.#context.events.emit({ type: "scaled", path: this.#path, from, to, by, why, ...toldNumbers(view) });
  }

  #view(now: number, load: KeyedLoad): ScalingView {
    const cells = this.#cells.living();
    return {
      now,
      ...load,
      members: this.#cells.size,
      ready: this.#cells.ready,
      startMs: this.#starts.expected(this.#cells.hasSpare),
      ...this.#memoryNow.of(cells, now),
      cores: availableParallelism(),
    };
  }

  /** What the system's hosts leave to those who grow. */
  #most(): number {
    const { size, growable } = this.#cells;
    return Math.max(this.#bounds.min, Math.min(this.#bounds.max, size + growable));
  }

  #arm(ms: number): void {
    this.#timer = this.#context.clock.after(ms, () => this.#look(), { background: true });
  }

  /** Once: a rule that is wrong is so at each look. */
  #complain(wrong: string): void {
    if (this.#complained) return;
    this.#complained = true;
    const text = `the scaling rule of ${this.#path} ${wrong}: the group keeps its size until it answers { want, why, memory }`;
    process.emitWarning(text, { code: "HOLDFAST_SCALING" });
  }
}
