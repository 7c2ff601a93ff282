import { describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import { DEFAULT_SLAB_BYTES, SLAB_FROM_BYTES } from "../../../src/defaults.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import type { ToHost, ToParent } from "../../../src/transport/frames.js";
import { HostArrays } from "../../../src/transport/host-arrays.js";
import { Slab } from "../../../src/transport/slab.js";
import { Incoming, Outgoing } from "../../../src/transport/slab-link.js";
import { ownArrays, pack } from "../../../src/transport/values.js";
import { Mortal } from "./mortal.js";

/* A host dies at every step of taking large arrays out of the slab, and of giving some back by its own. */

type Call = Extract<ToHost, { t: "call" }>;
type Done = Extract<ToParent, { t: "done" }>;

const LENGTHS = [SLAB_FROM_BYTES, SLAB_FROM_BYTES + 8, 5 * SLAB_FROM_BYTES];

/** Filled with its number: whoever reads another's finds out. */
function arrays(seq: number, chance: () => number): (Float64Array | ArrayBuffer)[] {
  return Array.from({ length: Math.floor(chance() * 3) }, () => {
    const length = LENGTHS[Math.floor(chance() * LENGTHS.length)]! / 8;
    const array = new Float64Array(length).fill(seq);
    return chance() < 0.3 ? array.buffer : array;
  });
}

function expectAll(seq: number, value: unknown): void {
  for (const array of value as (Float64Array | ArrayBuffer)[])
    for (const number of new Float64Array(array instanceof ArrayBuffer ? array : array.slice()))
      if (number !== seq) throw new Error(`array of ${seq} holds ${number}`);
}

/** One host on a slab: what is on its way to it and back, and what it does in one turn. */
function hostOn(slab: Slab, clock: VirtualClock, diesAt?: number) {
  const mortal = new Mortal(diesAt);
  const line = new HostArrays(slab, clock);
  const own = new Slab(clock, DEFAULT_SLAB_BYTES);
  const into = new Incoming(clock, false);
  const out = new Outgoing(own, false);
  const toHost: Call[] = [];
  const toParent: Done[] = [];
  let seq = 0;
  return {
    mortal,
    line,
    toParent,
    send(chance: () => number): void {
      const { value: args, special } = pack(arrays(++seq, chance), "args");
      const head = {
        t: "call",
        actor: 1,
        incarnation: 1,
        seq,
        method: "m",
        expires: 1e9,
        snapshot: false,
        again: false,
      };
      toHost.push(structuredClone(line.pack({ ...head, args: { value: args, special } } as Call)) as Call);
    },
    /** Takes the next call, and answers with arrays of its own. */
    turn(chance: () => number): void {
      mortal.act(() => {
        const frame = toHost.shift();
        if (!frame) return;
        const call = into.unpack(frame);
        expectAll(call.seq, ownArrays(call.args).value);
        const { value, special } = pack(arrays(call.seq, chance), "the result");
        const done = { t: "done", actor: 1, incarnation: 1, seq: call.seq, ran: true, state: undefined };
        toParent.push(structuredClone(out.pack({ ...done, outcome: { ok: true, value: { value, special } } } as Done)));
      });
    },
    hear(): void {
      const frame = toParent.shift();
      if (!frame) return;
      const { outcome, seq: answered } = line.unpack(frame) as Done;
      if (outcome.ok) expectAll(answered, outcome.value.value);
    },
    /** Its thread has gone: what it had said is heard first. */
    end(): void {
      while (toParent.length > 0) this.hear();
      line.gone();
    },
  };
}

function play(seed: number, diesAt?: number) {
  const chance = seededChance(seed);
  const clock = new VirtualClock();
  const slab = new Slab(clock, DEFAULT_SLAB_BYTES);
  const mortal = hostOn(slab, clock, diesAt);
  const other = hostOn(slab, clock);
  for (let i = 0; i < 400 && !mortal.mortal.dead; i++) {
    const dice = chance();
    const who = chance() < 0.6 ? mortal : other;
    if (dice < 0.4) who.send(chance);
    else if (dice < 0.75) who.turn(chance);
    else who.hear();
  }
  return { slab, mortal, other, chance };
}

describe("a host that dies at any step", () => {
  it("leaves no slot behind, and the arrays of the others as they are", () => {
    const { mortal: alive } = play(4);
    expect(alive.mortal.steps).toBeGreaterThan(70);
    let held = 0;
    for (let k = 0; k < alive.mortal.steps; k++) {
      const { slab, mortal, other, chance } = play(4, k);
      expect(mortal.mortal.dead).toBe(true);
      if (slab.used > 0) held++;
      mortal.end();
      // The slots of the dead are given out anew: what the other still has to read must not be among them.
      const next = hostOn(slab, new VirtualClock());
      for (let i = 0; i < 10; i++) next.send(chance);
      for (let i = 0; i < 100; i++) {
        other.turn(chance);
        other.hear();
        next.turn(chance);
        next.hear();
      }
      expect(slab.used, `died at step ${k}`).toBe(0);
    }
    expect(held).toBeGreaterThan(30);
  });
});
