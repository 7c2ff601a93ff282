import type { ActorSelf } from "../../src/actor/lifecycle.js";
import { HoldfastError } from "../../src/errors.js";
import { type Answer, type Ground, LIMIT_MS } from "./actors.js";
import { Lane } from "./lane.js";
import { addressOf, type Call, type Ledger, type Run } from "./ledger.js";

/** Codes that say: it was executing. */
const RAN = ["ActorDied", "HandlerFailed", "PoisonedMessage", "StreamBroken"];

/**
 * Laws 1 to 3, judged at the two moments that count: a handler begins, an outcome arrives. What a judge finds is noted;
 * the run stops after the step.
 */
export class Judge {
  readonly #ledger: Ledger;
  readonly #now: () => number;
  /** How much later than its time anything may be: late timers, slow lanes, and all the standing still there was. */
  slackMs = 2 * Lane.slowestMs + 10;
  /** Hosts have been blocked: what they had heard of may begin as late as they wake. */
  frozen = false;

  constructor(ledger: Ledger, now: () => number) {
    this.#ledger = ledger;
    this.#now = now;
  }

  /** A key that was let go begins anew: another actor of the same name. */
  starts(self: ActorSelf): void {
    const address = addressOf(self);
    if (self.incarnation === 1) this.#ledger.newest.delete(address);
    for (const run of this.#ledger.runs)
      if (run.state === "open" && run.address === address && !run.host) run.state = "lingers";
  }

  begins(call: Call, self: ActorSelf, { host }: Ground): Run {
    const ledger = this.#ledger;
    const address = addressOf(self);
    const now = this.#now();
    const who = `${call.id} (${call.method}) at ${address}.${self.incarnation}${host ? ` in ${host.name}` : ""}`;
    if (host?.condemned) ledger.find("3 fencing", `${who} begins in a host that the parent has ended`);
    if (host?.halted) ledger.find("the simulation", `${who} begins in a host that has halted`);
    const newest = ledger.newest.get(address) ?? 0;
    if (self.incarnation < newest && !ledger.lossy.has(address))
      ledger.find("3 fencing", `${who} begins while incarnation ${newest} is at work`);
    ledger.newest.set(address, Math.max(newest, self.incarnation));
    const again = call.idempotent || call.replayable || call.method === "again";
    if (call.runs.length > 0 && !again) {
      ledger.find("3 at most once", `${who} begins for the ${call.runs.length + 1}. time`);
    }
    const elsewhere = call.runs.find(
      (run) => run.state === "open" && run.host === host && run.incarnation === self.incarnation,
    );
    if (elsewhere) ledger.find("3 at most once", `${who} begins while it is still executing there`);
    if (call.runs.length === 0) this.#firstBegins(call, who);
    const { outcome } = call;
    if (outcome && !call.replayable && call.ask && (outcome.ok || !again)) {
      if (outcome.ok) ledger.find("1 one outcome", `${who} begins after its answer`);
      else if (outcome.retryable) ledger.find("1 one outcome", `${who} begins after ${outcome.code}, retry safe`);
    }
    if (!this.frozen && now > call.deadline + this.slackMs && !call.replayable) {
      ledger.find("2 deadlines", `${who} begins ${(now - call.deadline).toFixed(1)} ms after its deadline`);
    }
    const run: Run = { call, address, incarnation: self.incarnation, host, at: now, over: false, state: "open" };
    call.runs.push(run);
    ledger.runs.push(run);
    return run;
  }

  #firstBegins(call: Call, who: string): void {
    if (!call.ordered) return;
    const line = `${call.sender} ${call.address}`;
    const last = this.#ledger.begun.get(line) ?? 0;
    if (call.order < last) {
      this.#ledger.find("2 order", `${who}, ${call.order}. of ${call.sender}, begins after the ${last}.`);
    }
    this.#ledger.begun.set(line, Math.max(last, call.order));
  }

  answered(call: Call, value: unknown): void {
    if (!this.#settles(call)) return;
    call.outcome = { ok: true, value, at: this.#now() };
    const completed = call.runs.filter(({ state }) => state === "completed").length;
    if (completed === 0) this.#ledger.find("1 one outcome", `${call.id} is answered and never completed`);
    if (call.method === "flow") return;
    const answer = value as Answer;
    if (answer?.id !== call.id) {
      this.#ledger.find("1 one outcome", `${call.id} has the answer of ${JSON.stringify(value)}`);
      return;
    }
    this.#ledger.acknowledge(call, answer);
  }

  failed(call: Call, error: unknown): void {
    if (!this.#settles(call)) return;
    const { find } = { find: this.#ledger.find.bind(this.#ledger) };
    if (!(error instanceof HoldfastError)) {
      find("1 one outcome", `${call.id} fails with ${String(error)}, which is no HoldfastError`);
      call.outcome = { ok: false, code: String(error), retryable: false, at: this.#now() };
      return;
    }
    const { code, retryable, details } = error;
    call.outcome = { ok: false, code, retryable, at: this.#now() };
    this.judgeCode(call, code, retryable);
    if (code === "PoisonedMessage" && call.runs.length < Number(details.deaths) && this.#ledger.struckAtBegin === 0) {
      find("4 guilt", `${call.id} is poisoned for ${details.deaths} deaths and began ${call.runs.length} times`);
    }
  }

  /** What a code claims, of an ask's error or a tell's dead letter, against what happened. */
  judgeCode(call: Call, code: string, retryable: boolean): void {
    const { find } = { find: this.#ledger.find.bind(this.#ledger) };
    const ran = call.runs.length;
    const again = call.idempotent || call.replayable || call.method === "again";
    if (retryable && ran > 0 && !again) find("1 one outcome", `${call.id} ran and fails with ${code}, retry safe`);
    // A key that is fenced in a living cell may still begin what was delivered: all of it counts as begun.
    if (RAN.includes(code) && ran === 0 && !call.keyed) {
      if (this.#ledger.struckAtBegin > 0) this.#ledger.struckAtBegin--;
      else find("2 the mailbox outlives", `${call.id} never began and fails with ${code}`);
    }
    if (code === "HandlerFailed" && !call.plan.acts.includes("throw")) {
      find("1 one outcome", `${call.id} fails with HandlerFailed and has not thrown`);
    }
    if (code === "Refused" && !call.plan.acts.includes("refuse")) find("1 one outcome", `${call.id} never refused`);
    if (code === "PoisonedMessage" && ran < 2 && this.#ledger.struckAtBegin === 0) {
      find("4 guilt", `${call.id} is poisoned and began ${ran} times`);
    }
  }

  #settles(call: Call): boolean {
    const now = this.#now();
    if (call.outcome) {
      this.#ledger.find("1 one outcome", `${call.id} settles twice`);
      return false;
    }
    if (now > call.deadline + this.slackMs) {
      this.#ledger.find(
        "1 one outcome",
        `${call.id} settles ${(now - call.deadline).toFixed(1)} ms after its deadline`,
      );
    }
    return true;
  }

  /** After each step: nothing waits past its deadline, nothing executes past its limit. */
  afterStep(): void {
    const now = this.#now();
    for (const call of this.#ledger.calls.values()) {
      if (call.ask && !call.outcome && !call.orphan && now > call.deadline + this.slackMs) {
        this.#ledger.find("1 one outcome", `${call.id} hangs past its deadline`);
      }
    }
    for (const run of this.#ledger.runs) {
      if (
        run.state === "open" &&
        (run.host || !run.call.keyed) &&
        !run.host?.frozen &&
        now > run.at + LIMIT_MS + 2500 + this.slackMs &&
        !run.host?.condemned &&
        !run.host?.asked.has("fence")
      ) {
        run.state = "struck";
        this.#ledger.find(
          "7 busy is not hung",
          `${run.call.id} executes ${(now - run.at).toFixed(0)} ms after it began, limit ${LIMIT_MS}`,
        );
      }
    }
  }
}
