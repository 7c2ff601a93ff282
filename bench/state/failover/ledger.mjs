import { Actor } from "../../../dist/index.js";

/** Ten thousand accounts: some 200 kB of state. */
export class Ledger extends Actor {
  #accounts = new Map();
  #sum = 0;

  start() {
    if (this.#accounts.size > 0) return;
    for (let i = 0; i < 10_000; i++) this.#accounts.set(`account ${i}`, 0);
  }

  /** Pays one in. @returns the sum of all, and which incarnation says so */
  payIn(account) {
    const name = `account ${account}`;
    this.#accounts.set(name, this.#accounts.get(name) + 1);
    return { sum: ++this.#sum, incarnation: this.self.incarnation };
  }

  snapshot() {
    return { accounts: this.#accounts, sum: this.#sum };
  }

  restore({ accounts, sum }) {
    this.#accounts = accounts;
    this.#sum = sum;
  }
}
