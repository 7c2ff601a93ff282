import { onAbort } from "../../../actor/on-abort.js";
import type { Clock } from "../../../clock.js";
import { HoldfastError, isHoldfastError } from "../../../errors.js";
import { releaseAll } from "../../../transport/lease.js";
import type { Next, PolicyCall } from "../policy.js";

/** How a flight ended. */
export type Landed = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** What becomes of its outcome. */
export interface FlightOwner {
  readonly clock: Clock;
  /** It is in the air no more: who asks from now on begins another. */
  ended(): void;
  /** What each of those who wait gets, in the order in which they came. */
  landed(outcome: Landed, waiting: number): readonly (Landed | "ask")[];
}

interface Waiting {
  readonly call: PolicyCall;
  settle(outcome: Landed): void;
}

/**
 * One call for all that ask for the same at the same time:
 *
 *   first   ─▶ ask ─────────────▶ value ─┬─▶ first
 *   second  ─▶ waits ────────────────────┼─▶ second     each a copy of its own
 *   third   ─▶ waits ── gives up         │
 *
 * Who gives up leaves the others alone: the call goes on for them, and is cancelled when nobody waits any more. A call that ends
 * since the time of the one it was made for was over is made anew for the one who waits longest.
 */
export class Flight {
  readonly #owner: FlightOwner;
  readonly #next: Next;
  readonly #waiting = new Set<Waiting>();
  readonly #control = new AbortController();
  #deadline = 0;
  #over = false;

  constructor(owner: FlightOwner, next: Next) {
    this.#owner = owner;
    this.#next = next;
  }

  /** Settles once, by the call's own deadline. */
  join(call: PolicyCall): Promise<unknown> {
    const { clock } = this.#owner;
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        call,
        settle: (outcome) => {
          this.#waiting.delete(waiting);
          timer?.cancel();
          forget?.();
          if (outcome.ok) resolve(outcome.value);
          else reject(outcome.error);
        },
      };
      const { signal, deadline, method } = call;
      const leads = this.#waiting.size === 0;
      const forget =
        signal &&
        onAbort(signal, () =>
          this.#leaves(
            waiting,
            new HoldfastError("Cancelled", `${method}: the caller's signal fired`, {
              retryable: true,
              cause: signal.reason,
            }),
          ),
        );
      const timer =
        leads || deadline === Number.POSITIVE_INFINITY
          ? undefined
          : clock.after(deadline - clock.now(), () => this.#isLate(waiting));
      this.#waiting.add(waiting);
      if (leads) this.#begin(call);
    });
  }

  #begin(call: PolicyCall): void {
    this.#deadline = call.deadline;
    this.#next({ ...call, signal: this.#control.signal }).then(
      (value) => this.#lands({ ok: true, value }),
      (error: unknown) => this.#lands({ ok: false, error }),
    );
  }

  #isLate(waiting: Waiting): void {
    const text = `${waiting.call.method}: the answer to an equal call did not come in time`;
    const error = new HoldfastError("Timeout", text, { retryable: true, details: { started: "unknown" } });
    const [outcome] = this.#owner.landed({ ok: false, error }, 1);
    this.#leaves(waiting, outcome !== "ask" && outcome?.ok ? outcome : error);
  }

  #leaves(waiting: Waiting, how: Error | Landed): void {
    waiting.settle(how instanceof Error ? { ok: false, error: how } : how);
    if (this.#waiting.size > 0 || this.#over) return;
    this.#end();
    this.#control.abort(how instanceof Error ? how : new Error("nobody waits for it any more"));
  }

  #lands(outcome: Landed): void {
    // Nobody waits, and another may be in the air.
    if (this.#over) {
      if (outcome.ok) releaseAll(outcome.value);
      return;
    }
    const heir = this.#heir(outcome);
    if (heir) {
      // The one it was made for has no timer of its own.
      const until = Math.max(this.#owner.clock.now(), this.#deadline);
      const late = [...this.#waiting].filter(({ call }) => call.deadline <= until);
      const given = this.#owner.landed(outcome, late.length);
      late.forEach((waiting, i) => {
        const own = given[i]!;
        waiting.settle(own === "ask" ? outcome : own);
      });
      this.#begin(heir.call);
      return;
    }
    this.#end();
    const all = [...this.#waiting];
    const given = this.#owner.landed(outcome, all.length);
    all.forEach((waiting, i) => {
      const own = given[i]!;
      if (own !== "ask") waiting.settle(own);
      else this.#askAlone(waiting);
    });
  }

  #askAlone({ call, settle }: Waiting): void {
    this.#next(call).then(
      (value) => settle({ ok: true, value }),
      (error: unknown) => settle({ ok: false, error }),
    );
  }

  /** For whom it is made again: it ended for want of time, and others have some left. */
  #heir(outcome: Landed): Waiting | undefined {
    if (outcome.ok || !isHoldfastError(outcome.error, "Timeout")) return undefined;
    const now = this.#owner.clock.now();
    // A timer may be early by a part of a millisecond.
    if (now < this.#deadline - 1) return undefined;
    let last: Waiting | undefined;
    for (const waiting of this.#waiting) if (!last || waiting.call.deadline > last.call.deadline) last = waiting;
    return last && last.call.deadline > Math.max(now, this.#deadline) + 1 ? last : undefined;
  }

  #end(): void {
    this.#over = true;
    this.#owner.ended();
  }
}
