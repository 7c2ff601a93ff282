import type { InnerCallOptions } from "../../system/sent.js";
import type { Member } from "../pools/member.js";
import { checkCall, checkSignal, type FanOut } from "./fan-out.js";
import { FanOutTarget } from "./fan-out-target.js";
import { ParityRound } from "./parity-round.js";

/**
 * Asks of a method that is declared linear go out in groups, each ask to another member, with one parity ask beside them:
 *
 *   ask 1 ─▶ member 2 ┐
 *   ask 2 ─▶ member 3 ├─ a group: full, or `wait` after its first
 *   parity ─▶ member 1 ┘            the next one begins with member 3
 *
 * What is not declared goes to one member, as in any pool.
 */
export class ParityTarget extends FanOutTarget {
  readonly #methods: ReadonlySet<string>;
  readonly #waitMs: number;
  /** Of each method the group that takes asks: a closed one is held by its callers alone. */
  readonly #open = new Map<string, ParityRound>();
  /** Whose turn it is to be first: the parity ask is not always the same member's. */
  #turn = 0;

  constructor(group: FanOut, methods: readonly string[], waitMs: number) {
    super(group);
    this.#methods = new Set(methods);
    this.#waitMs = waitMs;
  }

  protected async answer(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { members, single } = this.group;
    if (!this.#methods.has(method)) return single.ask(method, args, options);
    checkCall(this.group, method, options);
    checkSignal(method, options);
    const open = this.#open.get(method);
    if (open) return open.ask(args, options);
    // Two that are down in one group could not be made good, though others serve.
    const up = members.filter((member) => member.up);
    const there = up.length > 0 ? up : members;
    if (there.length < 2) return single.ask(method, args, options);
    return this.#begin(method, there).ask(args, options);
  }

  #begin(method: string, members: readonly Member[]): ParityRound {
    const from = this.#turn++ % members.length;
    const inTurn = [...members.slice(from), ...members.slice(0, from)];
    const round = new ParityRound(this.group, method, inTurn, this.#waitMs, () => this.#open.delete(method));
    this.#open.set(method, round);
    return round;
  }
}
