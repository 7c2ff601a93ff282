import { Actor } from "../../../dist/index.js";

/** Work of two kinds: one keeps its core busy, the other waits, as for a device. Both answer with the job's id. */
export class Job extends Actor {
  burn({ id, turns }) {
    spin(turns);
    return id;
  }

  wait({ id, ms }) {
    return new Promise((resolve) => setTimeout(resolve, ms, id));
  }

  /** How many turns take a millisecond here. */
  pace() {
    spin(2e6);
    const began = performance.now();
    spin(2e7);
    return 2e7 / (performance.now() - began);
  }
}

function spin(turns) {
  let sum = 0;
  for (let i = 0; i < turns; i++) sum = (sum * 31 + i) | 0;
  return sum;
}
