import type { ActorSelf } from "../../src/actor/lifecycle.js";
import type { Answer } from "./actors.js";
import type { Method, Plan } from "./plan.js";
import type { SimHost } from "./sim-host.js";

/** One entry of a handler. */
export interface Run {
  readonly call: Call;
  readonly address: string;
  readonly incarnation: number;
  readonly host: SimHost | undefined;
  readonly at: number;
  /** Its promise has settled, heard or not. */
  over: boolean;
  state: "open" | "completed" | "threw" | "lingers" | "struck";
}

/** What the simulation knows of one message, whatever the system says. */
export interface Call {
  readonly id: string;
  readonly sender: string;
  /** path, or path/key of a keyed group. */
  readonly address: string;
  readonly method: Method;
  readonly keyed: boolean;
  readonly ask: boolean;
  readonly idempotent: boolean;
  readonly replayable: boolean;
  readonly plan: Plan;
  readonly sentAt: number;
  readonly deadline: number;
  /** Its place among what this sender sent to this receiver. */
  readonly order: number;
  /** Whether the order of starts is promised: not among the members of a pool. */
  readonly ordered: boolean;
  readonly runs: Run[];
  accepted: boolean | undefined;
  outcome:
    | { ok: true; value: unknown; at: number }
    | { ok: false; code: string; retryable: boolean; at: number }
    | undefined;
  letters: string[];
  parts: number[];
  /** Who asked is gone: it hears no outcome. */
  orphan: boolean;
}

export interface Found {
  readonly law: string;
  readonly what: string;
}

/** Every message, every run of a handler, and what of it breaks a law. */
export class Ledger {
  readonly calls = new Map<string, Call>();
  readonly runs: Run[] = [];
  readonly found: Found[] = [];
  /** The newest incarnation whose handlers ran, by actor. */
  readonly newest = new Map<string, number>();
  /** Order of the latest first start, by sender and receiver. */
  readonly begun = new Map<string, number>();
  /** What was answered by keepers, in the order of the answers, by address. */
  readonly acknowledged = new Map<string, string[]>();
  /** Addresses whose state may rightly be lost: released, idle, parked keys. */
  readonly lossy = new Set<string>();
  /** Blamed for two deaths: never to run again, not even to rebuild a state. */
  readonly dropped = new Set<string>();
  /** Hosts that were struck between their record and their handler: there the record says more than happened. */
  struckAtBegin = 0;
  readonly #orders = new Map<string, number>();

  find(law: string, what: string): void {
    this.found.push({ law, what });
  }

  add(init: Omit<Call, "order" | "runs" | "accepted" | "outcome" | "letters" | "parts" | "orphan">): Call {
    const line = `${init.sender} ${init.address}`;
    const order = (this.#orders.get(line) ?? 0) + 1;
    this.#orders.set(line, order);
    const call: Call = {
      ...init,
      order,
      runs: [],
      accepted: undefined,
      outcome: undefined,
      letters: [],
      parts: [],
      orphan: false,
    };
    this.calls.set(call.id, call);
    return call;
  }

  open(self: ActorSelf, host: SimHost | undefined): Run[] {
    const address = addressOf(self);
    return this.runs.filter(
      (run) =>
        run.state === "open" && run.address === address && run.incarnation === self.incarnation && run.host === host,
    );
  }

  /** The answer's state, judged against everything that was answered before. */
  acknowledge(call: Call, { applied }: Answer): void {
    if (!applied) return;
    this.judgeState(call.address, applied, call);
    const before = this.acknowledged.get(call.address) ?? [];
    before.push(call.id);
    this.acknowledged.set(call.address, before);
  }

  /** @param own the message whose answer shows this state: what was answered before it began must be in it */
  judgeState(address: string, applied: readonly string[], own: Call | undefined): void {
    const seen = new Set(applied);
    if (seen.size !== applied.length) this.find("3 exactly once", `${address} has applied twice: ${applied.join(" ")}`);
    const lastOf = new Map<string, number>();
    for (const id of applied) {
      const call = this.calls.get(id)!;
      if (call.address !== address)
        this.find("3 exactly once", `${address} has applied ${id}, which was for ${call.address}`);
      const { outcome } = call;
      const refused =
        outcome &&
        !outcome.ok &&
        (outcome.retryable || ["HandlerFailed", "Refused", "PoisonedMessage"].includes(outcome.code));
      if (refused && call.ask) {
        this.find(
          "1 one outcome",
          `${address} has applied ${id}, whose caller was told ${outcome.code}${outcome.retryable ? ", retry safe" : ""}`,
        );
      }
      if ((lastOf.get(call.sender) ?? 0) > call.order) {
        this.find("2 order", `${address} has applied ${id} of ${call.sender} after a later one: ${applied.join(" ")}`);
      }
      lastOf.set(call.sender, call.order);
    }
    if (this.lossy.has(address)) return;
    const began = own?.runs.at(-1)?.at ?? Number.POSITIVE_INFINITY;
    const before = (id: string) => (this.calls.get(id)!.outcome?.at ?? Number.POSITIVE_INFINITY) < began;
    const lost = (this.acknowledged.get(address) ?? []).filter(
      (id) => before(id) && !seen.has(id) && !this.dropped.has(id),
    );
    if (lost.length > 0) {
      this.find(
        "3 exactly once",
        `${address} has lost ${lost.join(" ")}, which it had answered; it has ${applied.join(" ")}`,
      );
    }
  }
}

export function addressOf({ path, key }: { path: string; key: string | undefined }): string {
  return key === undefined || path.endsWith(`/${key}`) ? path : `${path}/${key}`;
}
