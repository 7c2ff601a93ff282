import { HoldfastError } from "../../errors.js";
import { type ErasureCode, erasureCode } from "./erasure-code.js";
import { isOfProcess, type Member } from "./member.js";
import {
  BLOCK_CHECK_BYTES,
  blockCheck,
  type ShardedObject,
  type Stripe,
  shardBytes,
  shardHeader,
  stripeAt,
  stripeCount,
} from "./shard-format.js";

/** A disk, and the file in which it has its shard. */
export interface ShardAt extends Member {
  readonly file: string;
}

/** A stripe as it was read: what each disk has of it, and what it should have. */
export interface CheckedStripe {
  readonly stripe: Stripe;
  /** Undefined where a block is not there or not what it should be. */
  readonly blocks: readonly (Uint8Array | undefined)[];
}

/** All shards of one sealed file as one: a block that is damaged is made again from the others. */
export class Shards {
  readonly object: ShardedObject;
  readonly #path: string;
  readonly #members: readonly ShardAt[];
  readonly #code: ErasureCode;

  /**
   * @param path of the file, for people
   * @param members those whose shard is of this object; whose index is no shard's are passed over
   */
  constructor(path: string, object: ShardedObject, members: readonly ShardAt[]) {
    this.#path = path;
    this.object = object;
    this.#members = members.filter(({ index }) => index < object.data + object.parity);
    this.#code = erasureCode(object.data, object.parity);
  }

  get members(): readonly ShardAt[] {
    return this.#members;
  }

  get stripes(): number {
    return stripeCount(this.object);
  }

  get shardBytes(): number {
    return shardBytes(this.object);
  }

  /** Of this object, at a disk. */
  header(index: number): Buffer {
    return shardHeader({ ...this.object, index });
  }

  /** Bytes of the file; fewer where it ends before. @throws HoldfastError StoreDamaged where too many shards are lost */
  async read(from: number, length: number): Promise<Uint8Array> {
    const { size, data, block } = this.object;
    const to = Math.min(size, from + length);
    const result = new Uint8Array(Math.max(0, to - from));
    for (let number = Math.floor(from / (data * block)); number * data * block < to && result.length > 0; number++) {
      const stripe = stripeAt(this.object, number);
      const [begin, end] = [Math.max(from, stripe.from), Math.min(to, stripe.from + stripe.bytes)];
      const at = (index: number) => stripe.from + index * stripe.block;
      const wanted = Array.from({ length: data }, (_, i) => i).filter((i) => at(i) < end && at(i + 1) > begin);
      const pieces = await this.#pieces(stripe, wanted);
      wanted.forEach((index, i) => {
        const [first, last] = [Math.max(begin, at(index)), Math.min(end, at(index + 1))];
        result.set(pieces[i]!.subarray(first - at(index), last - at(index)), first - from);
      });
    }
    return result;
  }

  /** What every disk has of a stripe. */
  async check(number: number): Promise<CheckedStripe> {
    const stripe = stripeAt(this.object, number);
    const blocks: (Uint8Array | undefined)[] = Array(this.object.data + this.object.parity).fill(undefined);
    await Promise.all(
      this.#members.map(async (member) => {
        blocks[member.index] = await this.#block(member, stripe);
      }),
    );
    return { stripe, blocks };
  }

  /** The blocks of a stripe at the wanted places. @throws HoldfastError StoreDamaged where too many are lost */
  rebuild({ stripe, blocks }: CheckedStripe, wanted: readonly number[]): Uint8Array[] {
    try {
      return this.#code.reconstruct(blocks, wanted);
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error;
      const { details } = error;
      throw new HoldfastError(
        "StoreDamaged",
        `${this.#path} is lost from byte ${stripe.from} to ${stripe.from + stripe.bytes}: ${details.left} of ` +
          `${blocks.length} shards are left there, and ${details.needed} are needed. Bring back a disk that has one, or restore a backup`,
        { details: { path: this.#path, from: stripe.from, ...details }, cause: error },
      );
    }
  }

  /** @throws HoldfastError StoreDamaged where a stripe has too few good blocks */
  async checkRecoverable(): Promise<void> {
    for (let number = 0; number < this.stripes; number++) {
      const checked = await this.check(number);
      if (checked.blocks.filter(Boolean).length < this.object.data) this.rebuild(checked, [0]);
    }
  }

  /** Some of a stripe's blocks; the others are read where one of them is damaged alone. */
  async #pieces(stripe: Stripe, wanted: readonly number[]): Promise<Uint8Array[]> {
    const blocks: (Uint8Array | undefined)[] = Array(this.object.data + this.object.parity).fill(undefined);
    const fetch = async (isMeant: (index: number) => boolean) => {
      await Promise.all(
        this.#members.map(async (member) => {
          if (isMeant(member.index)) blocks[member.index] = await this.#block(member, stripe);
        }),
      );
    };
    await fetch((index) => wanted.includes(index));
    const lost = wanted.filter((index) => !blocks[index]);
    if (lost.length > 0) {
      await fetch((index) => !wanted.includes(index));
      this.rebuild({ stripe, blocks }, lost).forEach((block, i) => {
        blocks[lost[i]!] = block;
      });
    }
    return wanted.map((index) => blocks[index]!);
  }

  async #block({ index, disk, file }: ShardAt, stripe: Stripe): Promise<Uint8Array | undefined> {
    try {
      const bytes = await disk.read(file, stripe.at, BLOCK_CHECK_BYTES + stripe.block);
      const block = bytes.subarray(BLOCK_CHECK_BYTES);
      const check = blockCheck(this.header(index), stripe.number, block);
      return block.length === stripe.block && check.equals(bytes.subarray(0, BLOCK_CHECK_BYTES)) ? block : undefined;
    } catch (error) {
      if (isOfProcess(error)) throw error;
      // A disk that cannot be read is a block that is not there; whether it serves at all is judged where it is written.
      return undefined;
    }
  }
}
