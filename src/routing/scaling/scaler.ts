import type { Timer } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { Scaling } from "../../system/tree.js";
import type { Member } from "../pools/member.js";
import { askRule } from "./ask-rule.js";
import { GrowthTrial } from "./growth-trial.js";
import { MemberMemory } from "./member-memory.js";
import { LOOK_MS, nextLook } from "./next-look.js";
import type { ScalingLimits, ScalingMemory, ScalingView } from "./scaling-rule.js";
import { type ScalerParts, scalingView } from "./scaling-view.js";
import { StartTimes } from "./start-times.js";
import { toldNumbers } from "./told-numbers.js";
import { workingBounds } from "./working-bounds.js";

/**
 * Gives a pool its size: makes the view of it, asks the rule, performs what it wants, and tells why. It decides nothing.
 *
 *   mail meets no free member ─┐
 *   a timer, while something ──┴▶ look ─▶ rule ─▶ members come, or go ─▶ event
 *     can change                   └─ a growth that was seen for long enough is judged: one that did not help is undone
 *
 *   resize(n) ─▶ held at n, no looks ─▶ resize("auto") ─▶ looks again
 */
export class Scaler {
  readonly #parts: ScalerParts;
  readonly #starts = new StartTimes();
  readonly #trial: GrowthTrial;
  readonly #memoryNow: MemberMemory;
  #memory: ScalingMemory | undefined;
  /** The size that somebody holds it at. */
  #held: number | undefined;
  #open = false;
  #timer: Timer | undefined;
  /** The next look comes soon; before it, once so many messages wait. */
  #soonAt: number | undefined;
  #complained = false;
  #last: Pick<Scaling, "by" | "why" | "stays"> & { readonly at: number };

  constructor(parts: ScalerParts) {
    this.#parts = parts;
    this.#trial = new GrowthTrial(parts.gauge);
    this.#memoryNow = new MemberMemory(parts.bounds.memoryBytes);
    this.#last = { by: "rule", why: "as it began", at: parts.context.clock.now() };
    parts.members.onHeld = () => this.#setAside();
  }

  /** No rule will ever be asked. */
  get fixed(): boolean {
    return this.#parts.bounds.min === this.#parts.bounds.max;
  }

  /** Nobody holds it, and there is something to decide. */
  get #elastic(): boolean {
    return this.#open && this.#held === undefined && !this.fixed;
  }

  get #now(): number {
    return this.#parts.context.clock.now();
  }

  /** There may be more members than there are. */
  get mayGrow(): boolean {
    return this.#held === undefined && this.#parts.members.size < this.#parts.bounds.max;
  }

  begins(): void {
    this.#open = true;
    this.fill();
  }

  ends(): void {
    this.#open = false;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#soonAt = undefined;
  }

  /** Mail has met no free member. Looks at once, and again whenever twice as much waits. */
  pressed(): void {
    if (!this.#elastic) return;
    if (this.#soonAt !== undefined && this.#parts.mail.waiting < this.#soonAt) return;
    this.#look();
  }

  /** What a message takes is known from now on: of what waits, so is how long it will. */
  learned(): void {
    if (this.#elastic && this.#parts.mail.waiting > 0) this.#look();
  }

  /** Somebody works: what the rule learns of the load it learns from looks. */
  works(): void {
    if (this.#timer === undefined && this.#elastic) this.#arm(LOOK_MS);
  }

  starts(member: Member): void {
    const { context, members } = this.#parts;
    this.#starts.begins(member, context.hosts.spare(members.cell) === "ready", context.clock.now());
  }

  serves(member: Member): void {
    this.#starts.serves(member, this.#parts.context.clock.now());
  }

  /** How long until a member that starts serves, ms; 0 where nobody knows. */
  comesIn(member: Member, now: number): number {
    return this.#starts.left(member, now);
  }

  down(member: Member): void {
    this.#starts.fails(member);
  }

  /** What it must have at least it has; what stays down is stood in for. */
  fill(): void {
    if (!this.#open || this.#held !== undefined) return;
    const { bounds, members, mail } = this.#parts;
    const { min, max } = workingBounds(bounds, members.aside);
    const least = Math.min(max, Math.max(min, mail.waiting > 0 ? 1 : 0));
    const { working } = members;
    if (working < least)
      this.#resize(least, "rule", `${working} of ${members.size} members can serve, at least ${least}`);
  }

  /** Somebody has drained a member, or resumed it: others stand in for it, and go again when that was too many. */
  #setAside(): void {
    if (!this.#open) return;
    this.#trial.drop(this.#now);
    this.fill();
    if (!this.#elastic) return;
    if (this.#parts.mail.waiting > 0) this.#look();
    else this.works();
  }

  /** @throws HoldfastError InvalidValue */
  async resize(to: number | "auto"): Promise<void> {
    const { members, path, bounds } = this.#parts;
    this.#trial.drop(this.#now);
    if (to === "auto") {
      if (this.#held !== undefined) this.#last = { by: "rule", why: `given back by resize("auto")`, at: this.#now };
      this.#held = undefined;
      this.#memory = undefined;
      this.fill();
      this.works();
      return;
    }
    const { max } = bounds;
    if (!Number.isInteger(to) || to < 0 || to > max) {
      const text = `${path}: resize(${shown(to)}): give a whole number from 0 to its max, ${max}, or "auto"`;
      throw new HoldfastError("InvalidValue", text, { details: { size: to, max } });
    }
    this.#held = to;
    this.ends();
    this.#open = true;
    this.#hold(to);
    await members.whenSettled();
  }

  scaling(): Scaling {
    const { members, bounds, context, mail } = this.#parts;
    const { at, stays, ...last } = this.#last;
    const { min, max } = bounds;
    const sinceMs = context.clock.now() - at;
    const now = { members: members.size, ready: Math.min(members.size, members.ready), min, max, ...last, sinceMs };
    return stays !== undefined && this.#elastic && mail.waiting > 0 ? { ...now, stays } : now;
  }

  /** All that there are count, those too that stay down. */
  #hold(to: number): void {
    const { members } = this.#parts;
    const from = members.size;
    while (members.size < to) members.add();
    while (members.size > to) members.letGo(members.leastMissed(false)!);
    if (from !== to) this.#tell(from, to, "hand", `resize(${to})`);
  }

  #resize(to: number, by: "rule" | "judge", why: string, view?: ScalingView): void {
    const { members } = this.#parts;
    const from = members.working;
    while (members.working < to) members.add();
    for (let least = members.leastMissed(true); least && members.working > to; least = members.leastMissed(true)) {
      members.letGo(least);
    }
    if (from !== to) this.#tell(from, to, by, why, view);
  }

  #look(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#soonAt = undefined;
    if (!this.#elastic) return;
    const now = this.#now;
    this.#judge(now);
    const view = this.#view(now);
    const limits = this.#limits(now);
    const decision = askRule(this.#parts.bounds.rule, view, limits, this.#memory, (wrong) => this.#complain(wrong));
    if (decision) {
      this.#memory = decision.memory;
      const { want, why } = decision;
      this.#last = { ...this.#last, stays: want <= view.members ? why : undefined };
      if (want > view.members && view.members > 0 && view.members >= limits.min)
        this.#trial.grew(view.members, want, now);
      else if (want < view.members) this.#trial.drop(now);
      if (want !== view.members) this.#resize(want, "rule", why, view);
    }
    this.#plan(view);
  }

  #judge(now: number): void {
    const { context, path, members } = this.#parts;
    const judged = this.#trial.judge(now, members.settled);
    if (!judged) return;
    const { growth, verdict } = judged;
    const { from, to } = growth;
    context.events.emit({ type: "judged", path, from, to, verdict: verdict.is, why: verdict.why });
    if (verdict.is === "undone" && members.working > from) this.#resize(from, "judge", verdict.why);
  }

  #plan(view: ScalingView): void {
    const next = nextLook(view, this.#parts.bounds, this.#trial.open);
    this.#soonAt = next?.atWaiting;
    if (next) this.#arm(next.inMs);
  }

  #arm(ms: number): void {
    this.#timer = this.#parts.context.clock.after(ms, () => this.#look(), { background: true });
  }

  get #startMs(): number | undefined {
    const { context, members } = this.#parts;
    return this.#starts.expected(context.hosts.spare(members.cell) === "ready");
  }

  #view(now: number): ScalingView {
    const { members } = this.#parts;
    return scalingView(this.#parts, now, { startMs: this.#startMs, ...this.#memoryNow.of(members.all, now) });
  }

  /** Who is aside keeps its place: a member that breaks again and again is not replaced for ever. */
  #limits(now: number): ScalingLimits {
    const { bounds, members } = this.#parts;
    const { cpuBound, targetWaitMs, shrinkAfterMs } = bounds;
    const { min, max } = workingBounds(bounds, members.aside);
    return {
      min,
      max: Math.max(min, Math.min(max, members.working + members.growable, this.#trial.most(now))),
      cpuBound,
      targetWaitMs,
      shrinkAfterMs,
    };
  }

  #tell(from: number, to: number, by: Scaling["by"], why: string, view?: ScalingView): void {
    const { context, path } = this.#parts;
    this.#last = { by, why, at: context.clock.now() };
    context.events.emit({ type: "scaled", path, from, to, by, why, ...toldNumbers(view) });
  }

  /** Once: a rule that is wrong is so at each look. */
  #complain(wrong: string): void {
    if (this.#complained) return;
    this.#complained = true;
    const text = `the scaling rule of ${this.#parts.path} ${wrong}: the pool keeps its size until it answers { want, why, memory }`;
    process.emitWarning(text, { code: "HOLDFAST_SCALING" });
  }
}
