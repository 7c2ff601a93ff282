import type { CallOptions } from "../../actor/ref.js";
import { HoldfastError, messageOf } from "../../errors.js";
import { tellListener } from "../../guarded.js";
import { nearest } from "../../known-keys.js";
import type { ModelAnswer, ModelRequest } from "../runtimes/model.js";
import type { ModelEntry } from "./entry/model-entry.js";
import { notTaken, unknownVersion } from "./entry/refusals.js";
import type { FolderAction } from "./folder/folder-rule.js";
import type { FolderWatch } from "./folder/folder-watch.js";
import type { ModelEvent } from "./model-events.js";
import type { ModelStatistics } from "./model-statistics.js";
import type { LoadOptions, ModelReadiness, ModelState, ServedDescription, ServedModels } from "./served-models.js";
import type { Offer } from "./stage.js";
import type { SwapOptions, SwapOutcome } from "./swap/swap-options.js";
import { type SwapSettings, swapSettings, versionOf } from "./swap/swap-settings.js";

export interface RunningParts {
  /** The entry of a name that the folder brings. */
  entry(name: string): ModelEntry;
  /** How versions of a name prove themselves where nobody says otherwise. */
  rollout(name: string): Omit<SwapOptions, "version">;
  /** Reads a source of its own anew; undefined for a name of the folder. @throws HoldfastError (rejects) StartFailed */
  source(name: string): Promise<Offer | undefined>;
}

/** The models of one app. */
export class RunningModels implements ServedModels {
  readonly #parts: RunningParts;
  readonly #entries = new Map<string, ModelEntry>();
  readonly #listeners = new Set<(event: ModelEvent) => void>();
  #folder: FolderWatch | undefined;
  #closed = false;

  constructor(parts: RunningParts) {
    this.#parts = parts;
  }

  index(): readonly ModelState[] {
    return [...this.#entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => entry.index());
  }

  describe(name: string, version?: string): ServedDescription {
    const entry = this.#entry(name);
    const found = entry.pick(version);
    const versions = entry.shelf.loaded.filter(({ leaving }) => !leaving).map(({ offer }) => offer.version);
    const sorted = [...new Set(versions)].sort((a, b) => a - b).map(String);
    return { ...found.description, name, version: found.version, versions: sorted };
  }

  readiness(name: string, version?: string): ModelReadiness {
    const entry = this.#entry(name);
    const number = version === undefined ? entry.shelf.current?.offer.version : Number(version);
    if (number !== undefined && !entry.knows(number)) throw unknownVersion(name, version!);
    if (number === undefined) {
      const state = entry.rollout ? "LOADING" : "UNAVAILABLE";
      return { ready: false, state, reason: entry.absent() };
    }
    const { state, reason } = entry.row(number);
    return { ready: state === "READY", state, ...(reason === undefined ? {} : { reason }) };
  }

  async infer(
    name: string,
    version: string | undefined,
    request: ModelRequest,
    options: CallOptions = {},
  ): Promise<ModelAnswer & { readonly version: string }> {
    return this.#entry(name).infer(version, request, options);
  }

  statistics(name?: string, version?: string): readonly ModelStatistics[] {
    if (name === undefined) return [...this.#entries.values()].flatMap((entry) => entry.statistics(undefined));
    const entry = this.#entry(name);
    if (version !== undefined && !entry.knows(Number(version))) throw unknownVersion(name, version);
    return entry.statistics(version);
  }

  async load(name: string, options: LoadOptions = {}): Promise<void> {
    const version = options.version === undefined ? undefined : versionOf(options.version, "version");
    const { entry, offer } = await this.#wanted(name, version);
    if (entry.shelf.same(offer)) return;
    const settings = this.#settings(name, {});
    const { current } = entry.shelf;
    const beside = version !== undefined && current !== undefined && version !== current.offer.version;
    const outcome = await entry.roll(offer, settings, { beside });
    if (outcome.result === "rolled-back") throw notTaken(outcome);
    if (beside) entry.shelf.pinned.add(offer.version);
    else entry.passOver(offer.version);
    void this.#next(entry);
  }

  async unload(name: string): Promise<void> {
    await this.#entry(name).unload();
  }

  async swap(name: string, options: SwapOptions = {}): Promise<SwapOutcome> {
    const settings = this.#settings(name, options);
    const { entry, offer } = await this.#wanted(name, settings.version);
    const { current } = entry.shelf;
    if (current && entry.shelf.same(offer) === current) {
      const text = `${name} ${offer.version} answers already, from this very file: put another version beside it`;
      throw new HoldfastError("InvalidSpec", text, { details: { model: name, version: offer.version } });
    }
    const outcome = await entry.roll(offer, settings);
    if (outcome.result === "promoted") entry.passOver(offer.version);
    void this.#next(entry);
    return outcome;
  }

  async rollback(name: string): Promise<void> {
    await this.#entry(name).rollback(this.#settings(name, {}));
  }

  watch(listener: (event: ModelEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#folder?.close();
    for (const entry of this.#entries.values()) entry.close();
  }

  /** Tells whoever watches; one that throws disturbs nobody. */
  emit(event: ModelEvent): void {
    for (const listener of this.#listeners) tellListener(listener, event, "model events");
  }

  /** Takes part in a folder from now on. */
  follow(folder: FolderWatch): void {
    this.#folder = folder;
  }

  add(entry: ModelEntry): void {
    this.#entries.set(entry.name, entry);
  }

  /** What the folder brought. */
  act(action: Exclude<FolderAction, { type: "read" }>): void {
    const { name, version, model, golden } = action.seen;
    let entry = this.#entries.get(name);
    if (!entry) {
      entry = this.#parts.entry(name);
      this.#entries.set(name, entry);
    }
    if (action.type === "found") entry.offer({ version, digest: action.taken.digest, model, golden });
    else {
      const reason = reasonOf(action);
      if (action.type !== "gone") entry.withdraw(version, reason);
      else if (entry.gone(version, reason)) this.#entries.delete(name);
      this.emit({ type: "folder", name, version: String(version), reason });
    }
  }

  /** The folder is looked into, and what it brought is taken up. */
  rested(): void {
    for (const entry of this.#entries.values()) void this.#next(entry);
  }

  /**
   * Takes the steps that the policy wants, one after the other; resolves when there is none any more, or one cannot be taken
   * now. Never rejects.
   */
  async #next(entry: ModelEntry): Promise<void> {
    for (let choice = entry.choice(); choice && !this.#closed; choice = entry.choice()) {
      const offer = entry.offered(choice.version);
      try {
        if (choice.act === "unload") await entry.unload(choice.version);
        else if (offer) {
          const beside = choice.act === "load" && !choice.current;
          await entry.roll(offer, this.#settings(entry.name, {}), { beside });
        }
      } catch {
        // The app ends, or somebody was quicker; what a rollout says of itself is told.
        return;
      }
    }
  }

  /** Resolves when what the policy wants of every model is loaded, or could not be. */
  async caughtUp(): Promise<void> {
    await this.#folder?.settled();
    await Promise.all([...this.#entries.values()].map((entry) => this.#first(entry)));
  }

  async #first(entry: ModelEntry): Promise<void> {
    try {
      const offer = await this.#parts.source(entry.name);
      if (offer) entry.offer(offer);
    } catch (error) {
      entry.withdraw(1, messageOf(error));
    }
    await this.#rest(entry);
  }

  /** Somebody else may be taking the steps. */
  async #rest(entry: ModelEntry): Promise<void> {
    do {
      await this.#next(entry);
      await entry.quiet();
    } while (entry.choice() && !this.#closed);
  }

  #settings(name: string, options: SwapOptions): SwapSettings {
    return swapSettings({ ...this.#parts.rollout(name), ...options }, `${name}.swap`);
  }

  /** The files of a version, as they are now. */
  async #wanted(name: string, version: number | undefined): Promise<{ entry: ModelEntry; offer: Offer }> {
    const source = await this.#parts.source(name);
    if (source) this.#entry(name).offer(source);
    else await this.#folder?.settled();
    const entry = this.#entry(name);
    const offer = version === undefined ? entry.highest() : entry.offered(version);
    if (offer) return { entry, offer };
    if (version !== undefined && !entry.knows(version)) throw unknownVersion(name, String(version));
    throw new HoldfastError("StartFailed", `${name}: there is nothing to load: ${entry.absent()}`, {
      details: { model: name },
    });
  }

  #entry(name: string): ModelEntry {
    const entry = this.#entries.get(name);
    if (entry) return entry;
    const names = [...this.#entries.keys()];
    const near = nearest(name, names);
    const known = names.length === 0 ? "there are none" : `there are: ${names.slice(0, 20).join(", ")}`;
    const text = `there is no model "${name}"${near ? `: did you mean "${near}"?` : ""} (${known})`;
    throw new HoldfastError("UnknownModel", text, { details: { model: name } });
  }
}

function reasonOf(action: Exclude<FolderAction, { type: "read" | "found" }>): string {
  switch (action.type) {
    case "gone":
      return "its file has gone from the folder; what is loaded goes on";
    case "moves":
      return "its file is being written anew; what is loaded goes on";
    case "unreadable":
      return action.reason;
  }
}
