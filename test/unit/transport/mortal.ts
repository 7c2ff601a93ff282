import type { LinkPort } from "../../../src/transport/link.js";

/** Thrown in place of the step at which a thread dies. */
class Died extends Error {}

const acts = ["store", "add", "sub", "exchange"] as const;

/**
 * One end of a line whose thread dies at a step. A step is all by which others can see what it does: a store to a shared
 * word, a message by the port. (Of its other stores to shared memory nobody knows until one of those.)
 */
export class Mortal {
  /** Steps that it has done. */
  steps = 0;
  readonly #diesAt: number;
  #dead = false;

  constructor(diesAt = Number.POSITIVE_INFINITY) {
    this.#diesAt = diesAt;
  }

  get dead(): boolean {
    return this.#dead;
  }

  /** Lets it act until it dies. @param seen told of every word that it stores to, by its index and the value */
  act(work: () => void, seen: (index: number, value: number) => void = () => {}): void {
    if (this.#dead) return;
    const before = acts.map((name) => Atomics[name]);
    for (const [i, name] of acts.entries()) {
      const real = before[i] as (words: Int32Array, index: number, value: number) => number;
      (Atomics as unknown as Record<string, typeof real>)[name] = (words, index, value) => {
        this.#step();
        if (name === "store") seen(index, value);
        return real(words, index, value);
      };
    }
    try {
      work();
    } catch (error) {
      if (!(error instanceof Died)) throw error;
      this.#dead = true;
    } finally {
      for (const [i, name] of acts.entries()) (Atomics as unknown as Record<string, unknown>)[name] = before[i];
    }
  }

  /** The port through which it speaks. */
  speaking(port: LinkPort): LinkPort {
    return {
      post: (message) => {
        this.#step();
        port.post(message);
      },
      take: () => port.take(),
    };
  }

  #step(): void {
    if (this.#dead || this.steps === this.#diesAt) throw new Died();
    this.steps++;
  }
}

/** Both ends' messages, in order; cloned as by a port. */
export function portPair(): { here: LinkPort; there: LinkPort; toHere: unknown[]; toThere: unknown[] } {
  const toHere: unknown[] = [];
  const toThere: unknown[] = [];
  const end = (out: unknown[], into: unknown[]): LinkPort => ({
    post: (message) => void out.push(structuredClone(message)),
    take: () => (into.length > 0 ? { message: into.shift() } : undefined),
  });
  return { here: end(toThere, toHere), there: end(toHere, toThere), toHere, toThere };
}
