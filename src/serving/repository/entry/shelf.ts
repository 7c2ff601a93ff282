import { beside, type Offered, type VersionPolicy } from "../choice.js";
import type { Stage, Staged } from "../stage.js";
import type { ServedVersion } from "../version/served-version.js";

export interface ShelfParts {
  readonly stage: Stage;
  readonly policy: VersionPolicy;
  readonly drainMs: number;
  /** Tells that a version is in another state than before. */
  told(version: number): void;
}

/** The versions of one model that are loaded, the one that answers, and the one that did before. */
export class Shelf {
  readonly #parts: ShelfParts;
  /** Loaded on purpose, beside what the policy wants. */
  readonly pinned = new Set<number>();
  #loaded: ServedVersion[] = [];
  #current: ServedVersion | undefined;
  #before: Staged | undefined;

  constructor(parts: ShelfParts) {
    this.#parts = parts;
  }

  get loaded(): readonly ServedVersion[] {
    return this.#loaded;
  }

  get current(): ServedVersion | undefined {
    return this.#current;
  }

  /** What answered before: its files are kept for a rollback. */
  get before(): Staged | undefined {
    return this.#before;
  }

  /** A version that takes requests; where two files of one version run, the one that answers. */
  serving(version: number): ServedVersion | undefined {
    const found = this.#loaded.filter((one) => one.offer.version === version && !one.leaving);
    return found.find((one) => one === this.#current) ?? found[0];
  }

  same({ version, digest }: Offered): ServedVersion | undefined {
    return this.#loaded.find(({ offer, leaving }) => !leaving && offer.version === version && offer.digest === digest);
  }

  /**
   * Lets another version answer, in this turn, and lets the old one go where nobody wants it any more.
   * @returns what was done
   */
  async takeOver(fresh: ServedVersion, keepOld: boolean, offers: readonly Offered[]): Promise<string> {
    const old = this.#current;
    this.#current = fresh;
    this.put(fresh);
    this.#parts.told(fresh.offer.version);
    if (!old || old === fresh) return `${fresh.version} answers`;
    await this.#keepFiles(old.staged);
    const { version } = old.offer;
    const same = version === fresh.offer.version;
    if (keepOld && !same) this.pinned.add(version);
    const others = [...offers, ...this.#loaded.map(({ offer }) => offer)].filter(
      (one) => one.version !== fresh.offer.version,
    );
    if (!same && (this.pinned.has(version) || beside(this.#parts.policy, others).has(version))) {
      return `${fresh.version} answers, ${version} stays beside it`;
    }
    await this.remove(old);
    return `${fresh.version} answers, ${version} is gone`;
  }

  put(fresh: ServedVersion): void {
    if (!this.#loaded.includes(fresh)) this.#loaded.push(fresh);
  }

  /** Nobody answers from this turn on. */
  async clear(): Promise<void> {
    this.#current = undefined;
    await Promise.all(this.#loaded.map((one) => this.remove(one)));
    await this.#keepFiles(undefined);
  }

  /** When what is under way on it has finished. */
  async remove(version: ServedVersion): Promise<void> {
    const leaving = version.leave(this.#parts.drainMs);
    this.#parts.told(version.offer.version);
    await leaving;
    this.#loaded = this.#loaded.filter((one) => one !== version);
    this.pinned.delete(version.offer.version);
    if (version.staged !== this.#before) await this.#parts.stage.drop(version.staged);
    this.#parts.told(version.offer.version);
  }

  async #keepFiles(next: Staged | undefined): Promise<void> {
    const before = this.#before;
    this.#before = next;
    if (!before || before === next || this.#loaded.some(({ staged }) => staged === before)) return;
    await this.#parts.stage.drop(before);
  }
}
