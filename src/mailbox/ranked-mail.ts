import { LOWEST_RANK, NORMAL_RANK } from "../protocol/priority.js";
import type { Message } from "./message.js";
import { type Holder, MessageList } from "./message-list.js";

/** A rank that waited while so many messages before it in rank were taken is next, or behind others so: none starves. */
export const RANK_PATIENCE = 16;

/**
 * Whose turn it is. Pure: counts stand in for a clock.
 * @param waiting by rank, how many wait
 * @param passed by rank, how many of higher ones were taken while it waited
 * @returns the rank, or -1 where nothing waits
 */
export function rankAtTurn(waiting: readonly number[], passed: readonly number[]): number {
  let turn = -1;
  let patience = RANK_PATIENCE - 1;
  for (let rank = 0; rank < waiting.length; rank++) {
    if (waiting[rank] === 0) continue;
    if (turn < 0) turn = rank;
    if (passed[rank]! > patience) {
      turn = rank;
      patience = passed[rank]!;
    }
  }
  return turn;
}

/**
 * The queues of a mailbox in which not all has the same priority, one for each rank:
 *
 *   high    ▮▮ ─▶ taken first
 *   normal  ▮▮▮▮    the mailbox's own list
 *   low     ▮▮      … but one that was passed over 16 times is next
 */
export class RankedMail {
  readonly #lists: MessageList[];
  readonly #waiting: number[];
  readonly #passed: number[];

  /** @param normal the list that was there before */
  constructor(normal: MessageList, holder: Holder) {
    const ranks = Array.from({ length: LOWEST_RANK + 1 }, (_, rank) => rank);
    this.#lists = ranks.map((rank) => (rank === NORMAL_RANK ? normal : new MessageList(holder)));
    this.#waiting = ranks.map(() => 0);
    this.#passed = ranks.map(() => 0);
  }

  get size(): number {
    let sum = 0;
    for (const { size } of this.#lists) sum += size;
    return sum;
  }

  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#lists) sum += bytes;
    return sum;
  }

  get next(): Message | undefined {
    return this.#lists[this.#turn]?.first;
  }

  take(): Message | undefined {
    const rank = this.#turn;
    if (rank < 0) return undefined;
    this.#takes(rank);
    return this.#lists[rank]!.shift();
  }

  /** One of the normal list was taken without `take`. */
  slid(): void {
    this.#takes(NORMAL_RANK);
  }

  append(message: Message): void {
    this.#listFor(message).append(message, "queued");
  }

  prepend(message: Message): void {
    this.#listFor(message).prepend(message, "queued");
  }

  /** How many wait that start before one of this rank does, as far as ranks say. */
  ahead(rank: number): number {
    let sum = 0;
    for (let higher = 0; higher <= rank; higher++) sum += this.#lists[higher]!.size;
    return sum;
  }

  /** Messages and bytes that wait in lower ranks. */
  below(rank: number): { readonly messages: number; readonly bytes: number } {
    const lower = this.#lists.slice(rank + 1);
    return {
      messages: lower.reduce((sum, { size }) => sum + size, 0),
      bytes: lower.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /**
   * The newest of the lowest rank below this one leaves. Of tells that stand in one message the first does: they are alike.
   * @returns undefined where none can be spared
   */
  takeNewestBelow(rank: number): Message | undefined {
    for (let lowest = LOWEST_RANK; lowest > rank; lowest--) {
      const list = this.#lists[lowest]!;
      for (let newest = list.last; newest; newest = newest.previous) {
        // What waits to be replayed is state.
        if (newest.replay) continue;
        if (newest.more !== undefined) return list.split(newest);
        list.remove(newest);
        return newest;
      }
    }
    return undefined;
  }

  /** The lists of this rank and of lower ones, the lowest first. */
  listsFrom(rank: number): MessageList[] {
    return this.#lists.slice(rank).reverse();
  }

  has(such: (message: Message) => boolean): boolean {
    return this.#lists.some((list) => list.has(such));
  }

  get #turn(): number {
    for (let rank = 0; rank <= LOWEST_RANK; rank++) this.#waiting[rank] = this.#lists[rank]!.size;
    return rankAtTurn(this.#waiting, this.#passed);
  }

  #takes(taken: number): void {
    this.#passed[taken] = 0;
    for (let rank = taken + 1; rank <= LOWEST_RANK; rank++) {
      if (this.#lists[rank]!.size > 0) this.#passed[rank]!++;
    }
  }

  #listFor({ rank }: Message): MessageList {
    const list = this.#lists[rank]!;
    // Its waiting begins.
    if (list.first === undefined) this.#passed[rank] = 0;
    return list;
  }
}
