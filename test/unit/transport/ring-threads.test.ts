import { deepStrictEqual } from "node:assert/strict";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import type { ToHost, ToParent } from "../../../src/transport/frames.js";
import { RING_BYTES } from "../../../src/transport/ring.js";
import { RingLink } from "../../../src/transport/ring-link.js";

const peer = new URL("../../actors/ring-peer.mjs", import.meta.url);
const open: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

/** A line to a real thread. */
function line(
  does: "echo" | "flood",
  cores: number,
  seed: number,
  onFrame: (frame: ToParent) => void,
  stop?: { stands: Int32Array; stopsAt: number },
) {
  const { port1, port2 } = new MessageChannel();
  const rings = { toHost: new SharedArrayBuffer(RING_BYTES), toParent: new SharedArrayBuffer(RING_BYTES) };
  const worker = new Worker(peer, {
    workerData: { port: port2, rings, cores, does, seed, ...stop },
    transferList: [port2],
  });
  const link = new RingLink<ToHost, ToParent>(
    "parent",
    rings,
    { cores, later: (turn) => void setImmediate(turn), after: (ms, tick) => void setTimeout(tick, ms) },
    {
      port: { post: (message) => port1.postMessage(message), take: () => receiveMessageOnPort(port1) },
      open: (frame) => frame,
      unsent(_, error) {
        throw error;
      },
      onFrame,
    },
  );
  port1.on("message", (message) => link.heard(message));
  open.push(async () => {
    link.close();
    port1.close();
    await worker.terminate();
  });
  return { link, worker };
}

/** Nothing, numbers, texts, objects, bytes up to past a frame's size, and what only the port can carry. */
function anything(chance: () => number): unknown[] {
  const kind = chance();
  const size = Math.floor(chance() * chance() * 20_000);
  if (kind < 0.3) return [];
  if (kind < 0.5) return [size, -0];
  if (kind < 0.65) return ["ä".repeat(size % 500), size];
  if (kind < 0.8) return [{ size, list: Array.from({ length: size % 20 }, (_, i) => ({ i, name: `n${i}` })) }];
  if (kind < 0.97) return [new Uint8Array(size).fill(size)];
  const twice = { size };
  return [twice, twice];
}

describe("a line between two threads", () => {
  it.each([
    ["that look for frames", 2],
    ["that share a core: one stands still, one dozes", 1],
  ])(
    "%s loses, doubles, changes and reorders nothing, also when one stands still",
    async (_, cores) => {
      const COUNT = 12_000;
      const chance = seededChance(17);
      const sent: unknown[][] = [];
      let answered = 0;
      let finished = () => {};
      const all = new Promise<void>((resolve) => {
        finished = resolve;
      });
      const { link } = line("echo", cores, 5, (frame) => {
        if (frame.t !== "done" || !frame.outcome.ok) throw new Error(`unexpected: ${frame.t}`);
        answered++;
        expect(frame.seq).toBe(answered);
        deepStrictEqual(frame.outcome.value.value, sent[answered - 1]);
        sent[answered - 1] = [];
        if (answered === COUNT) finished();
      });
      // Far more than the ring holds, in bursts: it runs full, and goes on.
      while (sent.length < COUNT) {
        const burst = Math.min(COUNT - sent.length, Math.ceil(chance() * 400));
        for (let i = 0; i < burst; i++) {
          const value = anything(chance);
          sent.push(value);
          const args = { value, special: false };
          const call = {
            t: "call",
            actor: 1,
            incarnation: 1,
            seq: sent.length,
            method: `m${sent.length % 7}`,
          } as const;
          link.send({ ...call, args, expires: Number.POSITIVE_INFINITY, snapshot: false, again: false });
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      await all;
      expect(answered).toBe(COUNT);
    },
    60_000,
  );

  /** Parts as test/actors/ring-peer.mjs numbers them; every tenth goes by the port. */
  function parts() {
    let last = 0;
    const hear = (frame: ToParent) => {
      if (frame.t !== "part") throw new Error(`unexpected: ${frame.t}`);
      last++;
      expect(frame.seq).toBe(last);
      const text = `${last} `.repeat(last % 300);
      const expected = last % 10 === 0 ? { text, port: new Array(3) } : { text };
      deepStrictEqual(frame.value.value, expected);
    };
    return { hear, last: () => last };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it("to a thread that is killed in the middle of its work ends with a whole frame and no gap", async () => {
    const chance = seededChance(3);
    let heard = 0;
    for (let round = 0; round < 10; round++) {
      const { hear, last } = parts();
      const { link, worker } = line("flood", 2, round, hear);
      while (last() === 0) await turn();
      const until = last() + Math.floor(chance() * 1500);
      while (last() < until) await turn();
      await worker.terminate();
      link.last();
      heard += last();
    }
    expect(heard).toBeGreaterThan(10);
  }, 60_000);

  it.each([1, 2])(
    "to a thread that stops for good before a step of its own ends likewise (%i cores)",
    async (cores) => {
      const chance = seededChance(9);
      for (let round = 0; round < 16; round++) {
        const stands = new Int32Array(new SharedArrayBuffer(4));
        const { hear, last } = parts();
        const stopsAt = round < 4 ? round : Math.floor(chance() ** 2 * 1500);
        const { link, worker } = line("flood", cores, round, hear, { stands, stopsAt });
        while (Atomics.load(stands, 0) === 0) await turn();
        await worker.terminate();
        link.last();
        // A tenth go by the port; of three steps at most one shows nothing.
        if (stopsAt > 100) expect(last()).toBeGreaterThan(stopsAt / 10);
      }
    },
    60_000,
  );
});
