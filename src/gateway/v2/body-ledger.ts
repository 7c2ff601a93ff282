import { HoldfastError } from "../../errors.js";

/** Counts the bytes of all bodies that are held at once. */
export class BodyLedger {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get held(): number {
    return this.#held;
  }

  /** The account of one request: what it takes is given back all together, once. */
  open(): BodyAccount {
    let own = 0;
    return {
      take: (bytes) => {
        if (this.#held + bytes > this.#most) {
          const full = `${this.#held} of ${this.#most} bytes of bodies are held`;
          throw new HoldfastError("TooManyInFlight", `the server has no room for this body now: ${full}`, {
            retryAfterMs: 1000,
          });
        }
        this.#held += bytes;
        own += bytes;
      },
      close: () => {
        this.#held -= own;
        own = 0;
      },
    };
  }
}

export interface BodyAccount {
  /** @throws HoldfastError TooManyInFlight where there is no room; nothing is taken then */
  take(bytes: number): void;
  close(): void;
}
