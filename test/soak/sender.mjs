import { deeds } from "./worker.mjs";

/** Asks that a sender has unanswered at once. */
const IN_FLIGHT = 40;
/** In ten thousand messages: how many do what, and how many are tells. */
const RARE = { wait: 1000, throw: 5, exitOnce: 3, throwLaterOnce: 2, exitAlways: 0.5 };
const TELLS = 2000;

/** Outcome of a message: what its caller knows. */
const OPEN = 0;
const OK = 1;
const FAILED = 2;
const NOT_RUN = 3;
const TOLD = 4;
const REFUSED = 5;

/** One who sends to one target, and remembers what became of each message. Ids are its own, from `first` on. */
export class Sender {
  settled = 0;
  codes = {};
  answered = { count: 0, sum: 0 };
  name;
  #to;
  #outcome;
  #again;
  #failures = [];
  #open = 0;
  #wake = () => {};

  constructor(to) {
    this.#to = to;
    this.name = to.name;
    this.#outcome = new Uint8Array(to.messages);
    this.#again = new Uint8Array(to.messages);
  }

  /** Sends all of its messages; done when the last ask is settled. @param {() => void} sent */
  async send(sent) {
    const { messages, ref, chance, keeper } = this.#to;
    const patient = ref.with({ timeout: "10m" });
    for (let n = 0; n < messages; n++) {
      const deed = this.#deed();
      const again = chance() < 0.5;
      this.#again[n] = again ? 1 : 0;
      const method = keeper ? "add" : again ? "again" : "once";
      const args = [this.#to.first + n, this.#to.number, n, deeds.indexOf(deed)];
      sent();
      if (!keeper && chance() * 10_000 < TELLS) this.#tell(patient, method, n, args);
      else this.#ask(patient, method, n, args, deed);
      while (this.#open >= IN_FLIGHT) await this.#turn();
      // Tells alone would fill the mailbox in one turn.
      if (n % 256 === 255) await new Promise(setImmediate);
    }
    while (this.#open > 0) await this.#turn();
  }

  #turn() {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #deed() {
    let dice = this.#to.chance() * 10_000;
    for (const [deed, often] of Object.entries(RARE)) {
      const fatal = deed !== "wait" && deed !== "throw";
      if (fatal && !this.#to.walls) continue;
      // Its effect is to be known: what kills always is taken from its state.
      dice -= often;
      if (dice < 0) return deed;
    }
    return "nothing";
  }

  #tell(ref, method, n, args) {
    this.#outcome[n] = ref.tell[method](...args) ? TOLD : REFUSED;
    this.settled++;
  }

  #ask(ref, method, n, args, deed) {
    this.#open++;
    ref.ask[method](...args).then(
      (id) => {
        this.#settle(n, OK);
        this.answered.count++;
        this.answered.sum += id;
        if (id !== args[0]) this.#failures.push(`${this.name}: ${args[0]} was answered with ${id}`);
        if (deed === "throw" || deed === "exitAlways")
          this.#failures.push(`${this.name}: ${id} (${deed}) was answered`);
      },
      (error) => {
        this.codes[error.code] = (this.codes[error.code] ?? 0) + 1;
        this.#settle(n, error.retryable ? NOT_RUN : FAILED);
        const expected = this.#expects(error, method, deed);
        if (!expected) this.#failures.push(`${this.name}: ${method} ${args[0]} (${deed}) failed: ${error}`);
      },
    );
  }

  #settle(n, outcome) {
    if (this.#outcome[n] !== OPEN) this.#failures.push(`${this.name}: ${n} was settled twice`);
    this.#outcome[n] = outcome;
    this.settled++;
    this.#open--;
    this.#wake();
  }

  /** Guilt is exact: only what always kills is poison, and only what may run once is lost at a death. */
  #expects(error, method, deed) {
    switch (error.code) {
      case "HandlerFailed":
        return deed === "throw";
      case "PoisonedMessage":
        return deed === "exitAlways" && method !== "once";
      case "ActorDied":
        return method === "once";
      default:
        return error.retryable;
    }
  }

  /** @param {Uint8Array} tally how often each id was run */
  judge(tally) {
    const failures = [...this.#failures];
    const { first, messages, keeper } = this.#to;
    for (let n = 0; n < messages; n++) {
      const runs = tally[first + n];
      const outcome = this.#outcome[n];
      const fail = (what) => failures.push(`${this.name}: ${first + n} ${what}`);
      if (outcome === OPEN) fail("was never settled");
      if (outcome === OK && runs === 0) fail("was answered and never run");
      if ((outcome === NOT_RUN || outcome === REFUSED) && runs > 0)
        fail(`was safe to retry, and had run ${runs} times`);
      if (!keeper && this.#again[n] === 0 && runs > 1) fail(`was to run once at most, and ran ${runs} times`);
    }
    return failures;
  }

  /** Tells that were accepted and never run. @param {Uint8Array} tally */
  unseenTells(tally) {
    let unseen = 0;
    for (let n = 0; n < this.#to.messages; n++)
      if (this.#outcome[n] === TOLD && tally[this.#to.first + n] === 0) unseen++;
    return unseen;
  }
}
