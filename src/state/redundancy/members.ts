import { randomBytes } from "node:crypto";
import { HoldfastError, messageOf } from "../../errors.js";
import { isOfProcess, type Member } from "./member.js";
import type { RedundancyNews } from "./redundancy-news.js";
import { KEPT_TURNS, SUPERBLOCK, type Superblock, superblockText } from "./superblock.js";
import { writeWhole } from "./whole-file.js";

/** What happens when a disk fails while the others go on. */
export type Degraded = "go-on" | "refuse";

export interface MembersOptions {
  readonly degraded: Degraded;
  readonly tell: (news: RedundancyNews) => void;
}

/**
 * The disks that have everything. What is written is written on all of them; one that fails is left out, and the others note
 * that before the write counts:
 *
 *   append ─▸ disk 0 ✓  disk 1 ✓  disk 2 ✗ ─▸ disks 0 and 1 note the turn "0 1" ─▸ the append resolves
 *
 * Where so many fail that the rest could not give everything back, the write fails and nobody is left out: a system call that
 * no disk takes says nothing about a disk.
 */
export class Members {
  readonly #options: MembersOptions;
  #superblock: Superblock;
  #inSync: readonly Member[];
  /** Turns are noted one after the other. */
  #noting: Promise<void> = Promise.resolve();
  /** A turn that does not hold may be noted somewhere: the next to open the set would believe it. */
  #unsettled = false;

  constructor(superblock: Superblock, inSync: readonly Member[], options: MembersOptions) {
    this.#superblock = superblock;
    this.#inSync = inSync;
    this.#options = options;
  }

  get superblock(): Superblock {
    return this.#superblock;
  }

  get inSync(): readonly Member[] {
    return this.#inSync;
  }

  /** Disks that must have everything. */
  get needed(): number {
    return this.#superblock.disks - this.#superblock.parity;
  }

  /**
   * Writes on every disk; one on which it fails is left out.
   * @throws what the first disk threw, where too few are left or `degraded` is "refuse"
   */
  async all(act: (member: Member) => Promise<unknown>): Promise<void> {
    await this.#settle();
    const asked = this.#inSync;
    const failed: [Member, unknown][] = [];
    await Promise.all(
      asked.map(async (member) => {
        try {
          await act(member);
        } catch (error) {
          failed.push([member, error]);
        }
      }),
    );
    if (failed.length > 0) await this.leaveOut(failed);
    // Another write may have begun a turn that came to nothing.
    await this.#settle();
  }

  /** @throws what the first of them failed with, where the others may not go on without them */
  leaveOut(failed: readonly [Member, unknown][]): Promise<void> {
    const done = this.#noting.then(async () => {
      // Another write may have found out first.
      const out = failed.filter(([member]) => this.#inSync.includes(member));
      if (out.length === 0) return;
      const left = this.#inSync.filter((member) => !out.some(([one]) => one === member));
      const [[, error]] = out as [[Member, unknown]];
      const ours = out.find(([, why]) => isOfProcess(why));
      if (ours) throw ours[1];
      if (left.length < this.needed || this.#options.degraded === "refuse") throw error;
      await this.#note(left);
      this.#tellLeftOut(out);
    });
    this.#noting = done.catch(() => {});
    return done;
  }

  /** Turn 1 of a new set. */
  async begin(): Promise<void> {
    const all = this.#inSync;
    await this.#note(all);
    if (this.#inSync.length < all.length) throw new HoldfastError("StoreFailed", "a new set needs all its disks");
  }

  /** Notes that what should have everything is not there; before anything is written without it. */
  async withoutOthers(away: readonly { readonly about: string; readonly why: string }[]): Promise<void> {
    const { inSync } = this.#superblock;
    if (inSync.length === this.#inSync.length) return;
    await this.#note(this.#inSync);
    for (const { about, why } of away) {
      const text = `${about} is left out: it is away (${why}). ${this.#stands()}`;
      this.#options.tell({ kind: "disk-left-out", disk: about, left: this.#inSync.length, text });
    }
  }

  /** A disk has everything now. */
  join(member: Member): Promise<void> {
    const done = this.#noting.then(async () => {
      const old = this.#inSync;
      const all = [...old, member].sort((one, other) => one.index - other.index);
      // The new one last: until the others say that it has everything, it is as it was.
      const superblock = this.#next(all);
      this.#begun(superblock);
      await Promise.all(old.map((one) => writeSuperblock(one, superblock)));
      await writeSuperblock(member, superblock);
      this.#inSync = all;
      this.#unsettled = false;
      const { about } = member.disk;
      const text = `${about} is rebuilt. ${this.#stands()}`;
      this.#options.tell({ kind: "disk-rebuilt", disk: about, left: all.length, text });
    });
    this.#noting = done.catch(() => {});
    return done;
  }

  /** What holds is noted again, in place of a turn that does not, before anything is written or acknowledged. */
  async #settle(): Promise<void> {
    if (!this.#unsettled) return;
    const done = this.#noting.then(async () => {
      if (this.#unsettled) await this.#note(this.#inSync);
    });
    this.#noting = done.catch(() => {});
    await done;
  }

  /** The turn is part of the line even where it does not hold: a disk may have noted it. */
  #begun(superblock: Superblock): void {
    this.#superblock = superblock;
    this.#unsettled = true;
  }

  #tellLeftOut(out: readonly [Member, unknown][]): void {
    for (const [{ disk }, why] of out) {
      const text =
        `${disk.about} is left out: ${messageOf(why)}. ${this.#stands()} ` +
        "Mend or replace it; it is rebuilt when the store is opened";
      this.#options.tell({ kind: "disk-left-out", disk: disk.about, left: this.#inSync.length, text });
    }
  }

  #stands(): string {
    const { disks } = this.#superblock;
    const more = this.#inSync.length - this.needed;
    const bears = more === 0 ? "no further loss is survived." : `${more} more may be lost.`;
    return `${this.#inSync.length} of ${disks} disks have everything, ${bears}`;
  }

  #next(inSync: readonly Member[]): Superblock {
    const { turn, history, epoch } = this.#superblock;
    return {
      ...this.#superblock,
      epoch: epoch + 1,
      turn: randomBytes(8).toString("hex"),
      history: [turn, ...history].slice(0, KEPT_TURNS),
      inSync: inSync.map(({ index }) => index),
    };
  }

  async #note(inSync: readonly Member[]): Promise<void> {
    const out: [Member, unknown][] = [];
    for (let left = inSync; ; ) {
      const superblock = this.#next(left);
      this.#begun(superblock);
      const failed: [Member, unknown][] = [];
      await Promise.all(
        left.map((member) =>
          writeSuperblock(member, superblock).catch((error: unknown) => {
            failed.push([member, error]);
          }),
        ),
      );
      if (left.length - failed.length < this.needed) throw failed[0]![1];
      out.push(...failed);
      if (failed.length === 0) {
        this.#inSync = left;
        this.#unsettled = false;
        this.#tellLeftOut(out);
        return;
      }
      left = left.filter((member) => !failed.some(([one]) => one === member));
    }
  }
}

export function writeSuperblock({ index, disk }: Member, superblock: Superblock): Promise<void> {
  return writeWhole(disk, SUPERBLOCK, Buffer.from(superblockText({ ...superblock, index })));
}
