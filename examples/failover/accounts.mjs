import { Actor } from "holdfast";

/** The data service: money that is paid in and moved around. */
export class Accounts extends Actor {
  #balances = new Map();

  payIn(account, amount) {
    const balance = (this.#balances.get(account) ?? 0) + amount;
    this.#balances.set(account, balance);
    return balance;
  }

  /** Two changes, or none: no caller ever sees one of them alone. */
  move(from, to, amount) {
    this.payIn(from, -amount);
    return this.payIn(to, amount);
  }

  sum() {
    return [...this.#balances.values()].reduce((sum, balance) => sum + balance, 0);
  }

  // What the replica follows: the state after each answered message.
  snapshot() {
    return this.#balances;
  }

  restore(balances) {
    this.#balances = balances;
  }
}
