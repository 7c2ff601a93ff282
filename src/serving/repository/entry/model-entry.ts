import type { CallOptions } from "../../../actor/ref.js";
import { HoldfastError, messageOf } from "../../../errors.js";
import { supervisor } from "../../../system/supervisor/supervisor-spec.js";
import type { ModelRequest } from "../../runtimes/model.js";
import { type Choice, choose, chosen } from "../choice.js";
import type { ModelStatistics } from "../model-statistics.js";
import type { ModelState } from "../served-models.js";
import type { Offer, Staged } from "../stage.js";
import { askOnProbation } from "../swap/probation.js";
import { isCanarys } from "../swap/share.js";
import type { SwapOutcome } from "../swap/swap-options.js";
import type { SwapSettings } from "../swap/swap-settings.js";
import type { ServedVersion } from "../version/served-version.js";
import { Tally } from "../version/tally.js";
import type { EntryParts } from "./entry-parts.js";
import { indexRow } from "./index-row.js";
import { notTaken, unknownVersion } from "./refusals.js";
import { Rollout } from "./rollout.js";
import { Shelf } from "./shelf.js";

interface RollOptions {
  /** It does not answer but who names it. */
  readonly beside?: boolean;
  /** Its files, kept from before. */
  readonly staged?: Staged;
}

/** One model by name: what its folder offers, what is loaded, and what is under way. One thing at a time is. */
export class ModelEntry {
  readonly shelf: Shelf;
  readonly #parts: EntryParts;
  /** What lies in the folder, whole. */
  readonly #offers = new Map<number, Offer>();
  /** Why a version is not what it could be: its file has gone, its rollout failed. */
  readonly #notes = new Map<number, string>();
  readonly #tallies = new Map<number, Tally>();
  /** Digests that did not do, or that somebody went back from. */
  readonly #passedOver = new Set<string>();
  #rollout: Rollout | undefined;
  #rolling: Promise<unknown> = Promise.resolve();
  /** What is under way, but for a rollout, which tells itself. */
  #under: string | undefined;
  /** By hand: no policy loads it. */
  #unloaded = false;

  constructor(parts: EntryParts) {
    this.#parts = parts;
    const { stage, policy, drainMs } = parts;
    this.shelf = new Shelf({ stage, policy, drainMs, told: (version) => this.#tellState(version) });
  }

  get name(): string {
    return this.#parts.name;
  }

  get rollout(): Rollout | undefined {
    return this.#rollout;
  }

  offer(offer: Offer): void {
    this.#offers.set(offer.version, offer);
    this.#notes.delete(offer.version);
  }

  /** Nothing whole lies there any more. */
  withdraw(version: number, why: string): void {
    this.#offers.delete(version);
    this.#notes.set(version, why);
  }

  /** Nothing lies there any more. @returns whether nothing is left to know of this model */
  gone(version: number, why: string): boolean {
    this.withdraw(version, why);
    if (!this.shelf.serving(version)) this.#notes.delete(version);
    return this.#under === undefined && this.index().length === 0;
  }

  /** Resolves when no rollout is under way. */
  async quiet(): Promise<void> {
    await this.#rolling;
  }

  knows(version: number): boolean {
    return this.#offers.has(version) || this.#notes.has(version) || this.shelf.serving(version) !== undefined;
  }

  offered(version: number): Offer | undefined {
    return this.#offers.get(version);
  }

  /** The newest of those that its policy allows. */
  highest(): Offer | undefined {
    const offers = [...this.#offers.values()];
    const allowed = chosen(this.#parts.policy, offers);
    return offers.filter(({ version }) => allowed.has(version)).sort((a, b) => b.version - a.version)[0];
  }

  index(): ModelState[] {
    const loaded = this.shelf.loaded.map((one) => one.offer.version);
    const versions = new Set([...this.#offers.keys(), ...this.#notes.keys(), ...loaded]);
    return [...versions].sort((a, b) => a - b).map((version) => this.row(version));
  }

  row(version: number): ModelState {
    const { shelf } = this;
    const loaded = shelf.serving(version) ?? shelf.loaded.find((one) => one.offer.version === version);
    return indexRow({
      name: this.name,
      version,
      loaded,
      current: loaded !== undefined && loaded === shelf.current,
      rollout: this.#rollout,
      note: this.#notes.get(version),
      unloaded: this.#unloaded,
    });
  }

  statistics(version: string | undefined): ModelStatistics[] {
    const wanted = [...this.#tallies].filter(([one]) => version === undefined || String(one) === version);
    return wanted.sort(([a], [b]) => a - b).map(([one, tally]) => tally.told(this.shelf.serving(one)?.path));
  }

  /** Which version answers. @throws HoldfastError UnknownModel, Unavailable */
  pick(version: string | undefined): ServedVersion {
    const number = Number(version);
    const found =
      version === undefined ? this.shelf.current : (this.shelf.serving(number) ?? this.#onProbation(number));
    if (found && !found.leaving) return found;
    if (version !== undefined && !this.knows(number)) throw unknownVersion(this.name, version);
    const why = version === undefined ? this.absent() : (this.row(number).reason ?? "it is not loaded");
    throw new HoldfastError("Unavailable", `${this.name}${version === undefined ? "" : ` ${version}`}: ${why}`, {
      details: { model: this.name },
    });
  }

  /** Asks a version, or whichever answers: on probation the new one has its share. */
  async infer(version: string | undefined, request: ModelRequest, options: CallOptions) {
    const old = this.pick(version);
    const rollout = this.#rollout;
    const fresh = version === undefined ? rollout?.probationer : undefined;
    if (!rollout || !fresh) return { ...(await old.infer(request, options)), version: old.version };
    if (isCanarys(rollout.next(), rollout.run.state.plan.share)) {
      const { answer, by } = await askOnProbation(rollout.probation(fresh, old), request, options);
      return { ...answer, version: by.version };
    }
    const began = this.#parts.clock.now();
    const answer = await old.infer(request, options);
    rollout.run.tell({ type: "answered", by: "old", ms: this.#parts.clock.now() - began });
    return { ...answer, version: old.version };
  }

  /** Brings a version in. @throws HoldfastError (rejects) Unavailable while something else is under way */
  async roll(offer: Offer, settings: SwapSettings, options: RollOptions = {}): Promise<SwapOutcome> {
    this.refuseBusy();
    const rolling = this.#exclusively(offer, settings, options);
    this.#rolling = rolling.catch(() => {});
    return rolling;
  }

  /** Puts the version before back, or ends a rollout in favour of the old one. @throws HoldfastError (rejects) Unavailable */
  async rollback(settings: SwapSettings): Promise<void> {
    const rollout = this.#rollout;
    if (rollout) {
      rollout.run.tell({ type: "abort", why: "rolled back by hand" });
      const { result } = await rollout.ended;
      await this.#rolling;
      if (result === "rolled-back") return;
    }
    this.refuseBusy();
    const { before, current } = this.shelf;
    if (!before || !current) {
      const text = `${this.name}: no version answered before ${current?.version ?? "any"}: load or swap one by its number`;
      throw new HoldfastError("Unavailable", text, { retryable: false, details: { model: this.name } });
    }
    const outcome = await this.roll(before.offer, { ...settings, share: 0 }, { staged: before });
    if (outcome.result === "rolled-back") throw notTaken(outcome);
    this.#passedOver.add(current.offer.digest);
    this.passOver(before.offer.version);
  }

  /** Whoever chose a version did not mean a higher one to be swapped in by itself. */
  passOver(above: number): void {
    for (const { version, digest } of this.#offers.values()) if (version > above) this.#passedOver.add(digest);
  }

  /** Lets what is under way finish, and removes all versions, or one that is not the one that answers. */
  async unload(version?: number): Promise<void> {
    this.refuseBusy();
    this.#under = "unloading";
    try {
      const one = version === undefined ? undefined : this.shelf.serving(version);
      if (one) await this.shelf.remove(one);
      if (version !== undefined) return;
      this.#unloaded = true;
      await this.shelf.clear();
    } finally {
      this.#under = undefined;
    }
  }

  /** The next step that the policy wants; undefined where there is none, or none may be taken now. */
  choice(): Choice | undefined {
    if (this.#unloaded || this.#under !== undefined) return undefined;
    const { loaded, current, pinned } = this.shelf;
    return choose({
      policy: this.#parts.policy,
      offered: [...this.#offers.values()],
      loaded: loaded.map(({ offer }) => offer),
      current: current?.offer,
      pinned,
      passedOver: this.#passedOver,
    });
  }

  /** Tries its versions no more; they stay. */
  close(): void {
    for (const version of this.shelf.loaded) version.unprobed();
  }

  /** @throws HoldfastError Unavailable, naming what is under way */
  refuseBusy(): void {
    const under = this.#rollout?.text() ?? this.#under;
    if (under === undefined) return;
    const message = `${this.name}: ${under} is under way: wait for it, or roll it back`;
    throw new HoldfastError("Unavailable", message, { retryAfterMs: 1000, details: { model: this.name, under } });
  }

  /** Why nothing answers. */
  absent(): string {
    if (this.#rollout) return `${this.#rollout.text()} is under way`;
    if (this.#unloaded) return "it was unloaded";
    const notes = [...this.#notes].map(([version, why]) => `${version}: ${why}`);
    return `no version is loaded${notes.length === 0 ? "" : ` (${notes.join("; ")})`}`;
  }

  async #exclusively(
    offer: Offer,
    settings: SwapSettings,
    { beside = false, staged }: RollOptions,
  ): Promise<SwapOutcome> {
    const { version, digest } = offer;
    this.#under = `loading ${version}`;
    this.#unloaded = false;
    this.#passedOver.delete(digest);
    try {
      await this.#supervisor();
      const tally = this.#tallies.get(version) ?? new Tally(this.name, String(version));
      this.#tallies.set(version, tally);
      const outcome = await this.#roll({ offer, settings, beside, staged, tally });
      this.#parts.emit({ type: "swapped", ...outcome });
      this.#tellState(version);
      return outcome;
    } catch (error) {
      this.#notTaken(offer, messageOf(error));
      throw error;
    } finally {
      this.#under = undefined;
    }
  }

  async #roll(
    order: Pick<Rollout["order"], "offer" | "settings" | "beside" | "staged" | "tally">,
  ): Promise<SwapOutcome> {
    const { offer, settings, beside } = order;
    const { shelf } = this;
    const promote = async (fresh: ServedVersion) => {
      if (!beside) return shelf.takeOver(fresh, settings.keepOld, [...this.#offers.values()]);
      shelf.put(fresh);
      return `${fresh.version} answers who names it`;
    };
    const rollout = new Rollout(this.#parts, { ...order, loaded: shelf.same(offer), old: shelf.current, promote });
    this.#rollout = rollout;
    const outcome = await rollout.ended;
    this.#rollout = undefined;
    if (outcome.result === "promoted") this.#notes.delete(offer.version);
    else this.#notTaken(offer, `not taken (${outcome.phase}): ${outcome.why}`);
    return outcome;
  }

  #notTaken({ version, digest }: Offer, why: string): void {
    this.#passedOver.add(digest);
    this.#notes.set(version, why);
  }

  #onProbation(version: number): ServedVersion | undefined {
    const fresh = this.#rollout?.probationer;
    return fresh?.offer.version === version ? fresh : undefined;
  }

  #tellState(version: number): void {
    this.#parts.emit({ type: "state", ...this.row(version) });
  }

  /** Of its versions: what goes wrong with one is not the others'. */
  async #supervisor(): Promise<void> {
    const { app, at, name } = this.#parts;
    if (!app.child(`${at}/${name}`)) await app.add(at, name, supervisor({ overBudget: "quarantine" }, {}));
  }
}
