import { receiveMessageOnPort, workerData } from "node:worker_threads";
import { quietLoop } from "../../dist/host/open-rings.js";
import { RingLink } from "../../dist/transport/ring-link.js";

/*
 * The other end of a line, in a thread of its own: "echo" answers calls with their arguments, and stands still now and
 * then; "flood" sends numbered parts for as long as it lives. With `stands` it stops for good before the step `stopsAt`: a
 * store to a shared word, or a message by the port; and says so there.
 */
const { port, rings, cores, does, seed, stands, stopsAt } = workerData;

let state = seed;
const chance = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const still = new Int32Array(new SharedArrayBuffer(4));

let steps = 0;
const { store } = Atomics;
function step() {
  if (!stands || steps++ < stopsAt) return;
  store(stands, 0, 1);
  Atomics.wait(still, 0, 0);
}
for (const name of ["store", "add", "exchange"]) {
  const real = Atomics[name];
  Atomics[name] = (...args) => {
    step();
    return real(...args);
  };
}

port.on("message", (message) => link.heard(message));
const link = new RingLink(
  "host",
  rings,
  { ...quietLoop(), cores },
  {
    port: {
      post(message) {
        step();
        port.postMessage(message);
      },
      take: () => receiveMessageOnPort(port),
    },
    open: (frame) => frame,
    unsent(_, error) {
      throw error;
    },
    onFrame({ t, actor, incarnation, seq, args }) {
      if (t !== "call") return;
      if (chance() < 0.002) Atomics.wait(still, 0, 0, chance() * 3);
      const outcome = { ok: true, value: args };
      link.send({ t: "done", actor, incarnation, seq, ran: true, outcome, state: undefined });
      if (chance() < 0.1) link.flush(chance() < 0.5);
    },
  },
);

/** What part number `seq` holds; every tenth goes by the port. */
function content(seq) {
  const text = `${seq} `.repeat(seq % 300);
  return seq % 10 === 0 ? { text, port: new Array(3) } : { text };
}

if (does === "flood") {
  let seq = 0;
  const flood = () => {
    for (let i = 0; i < 50; i++) {
      seq++;
      link.send({ t: "part", actor: 1, incarnation: 1, seq, value: { value: content(seq), special: false } });
    }
    link.flush();
    setTimeout(flood, 1);
  };
  flood();
}
