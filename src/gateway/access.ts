import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { HoldfastError } from "../errors.js";
import { addressOf } from "./address.js";
import { Attempts } from "./attempts.js";

/** What a connection may do. Admins may call too. */
export type Right = "none" | "call" | "admin";

/** What a token has given. */
export interface Grant {
  readonly right: Right;
  /** Of an admin's token, for the audit log. */
  readonly name?: string;
}

/** What a token was shown for, as the audit log writes it. */
export interface Wanted {
  readonly act: string;
  readonly on?: string | undefined;
}

export interface AccessRules {
  readonly token: string | undefined;
  readonly adminToken: string;
  /** Further admin tokens, by name. */
  readonly adminTokens?: Readonly<Record<string, string>>;
  /** Proxies, by address: who they say they speak for is believed. */
  readonly trustProxies?: readonly string[];
  /** A wrong token was shown; not told of those that came too soon after too many. */
  readonly onWrong?: (address: string, wanted: "call" | "admin", ask: Wanted) => void;
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

  /** Who sends a request: what its proxies say, where they are trusted. */
  addressOf(request: IncomingMessage): string {
    return addressOf(request, this.#rules.trustProxies ?? []);
  }

  /** The right that a token gives. See identify(). */
  grant(token: string, wanted: "call" | "admin", address: string): Right {
    return this.identify(token, wanted, address).right;
  }

  /**
   * The right that a token gives, and whose it is.
   * @param address whose failures are counted
   * @param ask what it is shown for
   * @throws HoldfastError Unauthorized for a wrong token, with `retryAfterMs` once there were too many
   */
  identify(token: string, wanted: "call" | "admin", address: string, ask: Wanted = { act: "login" }): Grant {
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
    const name = this.#adminNamed(token);
    if (name !== undefined) return { right: "admin", name };
    if (wanted === "call" && (this.#rules.token === undefined || same(token, this.#rules.token))) {
      return { right: "call" };
    }
    this.#attempts.failed(address, now);
    this.#refused++;
    this.#rules.onWrong?.(address, wanted, ask);
    throw new HoldfastError(
      "Unauthorized",
      wanted === "admin" ? "the token is not the admin token" : "the token is not this server's token",
    );
  }

  /** All are compared, whichever it is: how long it takes tells nobody which. */
  #adminNamed(token: string): string | undefined {
    let name = same(token, this.#rules.adminToken) ? "admin" : undefined;
    for (const [known, expected] of Object.entries(this.#rules.adminTokens ?? {})) {
      if (same(token, expected)) name = known;
    }
    return name;
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
