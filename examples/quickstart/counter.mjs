import { Actor } from "holdfast";

// An actor is a class; its public methods are its protocol. It never knows where it runs.
export class Counter extends Actor {
  #total = 0;

  add(n) {
    this.#total += n;
    return this.#total;
  }

  crash() {
    setTimeout(() => {
      throw new Error("a bug in a timer");
    });
    return new Promise(() => {});
  }

  // With these two a crash loses nothing: the state after the last answered message is restored.
  snapshot() {
    return this.#total;
  }

  restore(total) {
    this.#total = total;
  }
}
