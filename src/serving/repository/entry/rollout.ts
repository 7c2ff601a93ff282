import { messageOf } from "../../../errors.js";
import { findNode } from "../../../system/tree.js";
import type { ModelRequest } from "../../runtimes/model.js";
import type { Offer, Staged } from "../stage.js";
import { wrongIn } from "../swap/golden.js";
import type { Probation } from "../swap/probation.js";
import type { SwapState } from "../swap/swap.js";
import type { SwapOutcome } from "../swap/swap-options.js";
import { type SwapCrew, SwapRun } from "../swap/swap-run.js";
import type { SwapSettings } from "../swap/swap-settings.js";
import { ServedVersion } from "../version/served-version.js";
import type { Tally } from "../version/tally.js";
import { zeros } from "../version/warm-up.js";
import type { EntryParts } from "./entry-parts.js";

/** Which version is to answer, and what there is of it already. */
export interface RolloutOrder {
  readonly offer: Offer;
  /** Its files, kept from an earlier load. */
  readonly staged?: Staged | undefined;
  /** It is loaded, beside the one that answers. */
  readonly loaded?: ServedVersion | undefined;
  /** The one that answers until then. */
  readonly old: ServedVersion | undefined;
  /** It is only loaded, and answers who names it. */
  readonly beside: boolean;
  readonly settings: SwapSettings;
  readonly tally: Tally;
  /** Makes it the one that answers, in the same turn; resolves when the old one has gone, or stays. @returns what was done */
  promote(fresh: ServedVersion): Promise<string>;
}

/** One rollout: the steps of a swap on real versions. */
export class Rollout implements SwapCrew {
  readonly order: RolloutOrder;
  readonly run: SwapRun;
  readonly #parts: EntryParts;
  #staged: Staged | undefined;
  #fresh: ServedVersion | undefined;
  /** What it has answered, and can be tried with. */
  #answered: ModelRequest | undefined;
  #readying: Promise<unknown> = Promise.resolve();
  /** Requests since it answers a share of them. */
  #count = 0;

  constructor(parts: EntryParts, order: RolloutOrder) {
    this.#parts = parts;
    this.order = order;
    this.#fresh = order.loaded;
    this.#staged = order.staged ?? order.loaded?.staged;
    const { settings, old, offer, beside } = order;
    // Who takes no share of the requests is not on probation; a sequence is not shared between two that do not know its state.
    const share = beside || !old || old.description.stateful ? 0 : settings.share;
    const plan = { ...settings, share, name: parts.name, from: old?.version, to: String(offer.version) };
    this.run = new SwapRun(plan, this, parts.clock, (state) => this.#tell(state));
  }

  get ended(): Promise<SwapOutcome> {
    return this.run.ended;
  }

  /** The version that answers a share now, or is ready to. */
  get probationer(): ServedVersion | undefined {
    return this.run.state.phase === "canary" ? this.#fresh : undefined;
  }

  /** The number of the next request while shares are split. */
  next(): number {
    return ++this.#count;
  }

  probation(fresh: ServedVersion, old: ServedVersion): Probation {
    const { clock } = this.#parts;
    const { run } = this;
    return {
      fresh,
      old,
      clock,
      drift: this.order.settings.drift,
      state: () => run.state,
      tell: (event) => run.tell(event),
    };
  }

  /** In a line, for whoever asks what is under way. */
  text(): string {
    const { phase, plan, fresh } = this.run.state;
    const what =
      plan.from === undefined || this.order.beside ? `loading ${plan.to}` : `a swap from ${plan.from} to ${plan.to}`;
    const far = phase === "canary" ? `${fresh.answered + fresh.errors} of ${plan.requests} requests` : undefined;
    return `${what} (${phase}${far ? `, ${far}` : ""})`;
  }

  async stage(): Promise<string> {
    if (this.#staged) return "its files are kept from before";
    const { name, stage } = this.#parts;
    const taking = stage.take(name, this.order.offer);
    this.#readying = taking;
    this.#staged = await taking;
    return `sha256 ${this.order.offer.digest.slice(0, 16)}`;
  }

  async start(): Promise<string> {
    if (this.#fresh) return `${this.#fresh.path} runs already`;
    const { app, clock, at, name, idempotent, spec } = this.#parts;
    const staged = this.#staged!;
    const began = clock.now();
    const parts = { app, clock, above: `${at}/${name}`, name, staged, tally: this.order.tally, idempotent };
    const starting = ServedVersion.start(parts, spec(staged.model));
    this.#readying = starting;
    this.#fresh = await starting;
    return `${this.#fresh.path} is up after ${Math.round(clock.now() - began)} ms`;
  }

  async warm(): Promise<string> {
    const fresh = this.#fresh!;
    const { warmup } = this.order.settings;
    const [sample] = this.#samples();
    const request = sample?.request ?? zeros(fresh.description);
    if (warmup === 0 || !request) return "not warmed up";
    const members = findNode(this.#parts.app.tree(), fresh.path)?.scaling?.members ?? 1;
    try {
      for (let round = 0; round < warmup; round++) {
        await Promise.all(Array.from({ length: members }, () => fresh.rehearse(request, {})));
      }
    } catch (error) {
      const why = messageOf(error);
      // Zeros are nobody's promise; but what they kill is no model to ask.
      if (sample || fresh.trouble()) throw new Error(`a warm-up run failed: ${why}`);
      return `not warmed up, it takes no zeros (${why})`;
    }
    this.#answered = request;
    return `warmed up by ${warmup} runs of each member`;
  }

  async check(): Promise<string> {
    const samples = this.#samples();
    for (const [index, sample] of samples.entries()) {
      const answer = await this.#fresh!.rehearse(sample.request, {});
      const wrong = wrongIn(sample, answer);
      if (wrong) throw new Error(`golden sample ${index + 1} of ${samples.length}: ${wrong}`);
    }
    this.#answered = samples[0]?.request ?? this.#answered;
    return samples.length === 0 ? "there are no golden samples" : `${samples.length} golden samples answered right`;
  }

  promote(): Promise<string> {
    const { probe } = this.#parts;
    if (probe && this.#answered) this.#fresh!.probed(this.#answered, probe);
    return this.order.promote(this.#fresh!);
  }

  async discard(): Promise<string> {
    // What is being copied or started can be removed when it is there.
    await this.#readying.catch(() => {});
    const { loaded, staged } = this.order;
    if (loaded) return `${loaded.path} stays beside`;
    await this.#fresh?.leave(this.#parts.drainMs);
    if (this.#staged && this.#staged !== staged) await this.#parts.stage.drop(this.#staged);
    return "the new version is removed";
  }

  #samples() {
    return [...this.order.settings.golden, ...(this.#staged?.samples ?? [])];
  }

  #tell({ phase, why, plan: { from, to } }: SwapState): void {
    this.#parts.emit({ type: "phase", name: this.#parts.name, from, to, phase, why });
  }
}
