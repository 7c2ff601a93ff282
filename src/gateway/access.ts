import { createHash, timingSafeEqual } from "node:crypto";
import { HoldfastError } from "../errors.js";
import { Attempts } from "./attempts.js";

/** What a connection may do. Admins may call too. */
export type Right = "none" | "call" | "admin";

export interface AccessRules {
  readonly token: string | undefined;
  readonly adminToken: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Decides what a token is worth, and for how long somebody who guesses must wait. */
export class Access {
  readonly #rules: AccessRules;
  readonly #attempts = new Attempts();
  #refused = 0;

  constructor(rules: AccessRules) {
    this.#rules = rules;
  }

  /** What a connection may do that has shown nothing. */
  get open(): Right {
    return this.#rules.token === undefined ? "call" : "none";
  }

  /** Tokens that gave no right so far. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * The right that a token gives.
   * @param address whose failures are counted
   * @throws HoldfastError Unauthorized for a wrong token, with `retryAfterMs` once there were too many
   */
  grant(token: string, wanted: "call" | "admin", address: string): Right {
    const now = this.#rules.now();
    const waitMs = this.#attempts.waitMs(address, now);
    // Even the right token waits: otherwise guessing on would still tell which one it is.
    if (waitMs > 0) {
      this.#refused++;
      throw new HoldfastError(
        "Unauthorized",
        `too many wrong tokens from ${address}: wait ${Math.ceil(waitMs / 1000)} s`,
        {
          retryAfterMs: Math.ceil(waitMs),
        },
      );
    }
    if (same(token, this.#rules.adminToken)) return "admin";
    if (wanted === "call" && (this.#rules.token === undefined || same(token, this.#rules.token))) return "call";
    this.#attempts.failed(address, now);
    this.#refused++;
    throw new HoldfastError(
      "Unauthorized",
      wanted === "admin" ? "the token is not the admin token" : "the token is not this server's token",
    );
  }
}

/** `Bearer x` as x; undefined for none or another scheme. */
export function bearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(header ?? "")?.[1];
}

/** Takes the same time wherever the two differ, and for any length: digests are compared. */
function same(given: string, expected: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
