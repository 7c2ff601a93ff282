import { deepStrictEqual } from "node:assert/strict";
import { describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import type { ToParent } from "../../../src/transport/frames.js";
import { CAPACITY, LARGEST_FRAME, RING_BYTES, RingMemory } from "../../../src/transport/ring.js";
import { RingReceiver } from "../../../src/transport/ring-receiver.js";
import { BELL, RingSender } from "../../../src/transport/ring-sender.js";
import { Mortal, portPair } from "./mortal.js";

/* A thread dies at every step of what it says, or of hearing it; the other end goes by what is there. */

/** Words of a ring's head: see src/transport/ring.ts. */
const WRITTEN = 0;
const READ = 16;

type Part = Extract<ToParent, { t: "part" }>;

/** Small ones, ones of thousands of bytes, and every ninth one that only the port can carry. */
function part(seq: number): Part {
  const value = seq % 9 === 0 ? { seq, holes: new Array(3) } : { seq, text: `${seq} `.repeat((seq * 37) % 700) };
  return { t: "part", actor: 1, incarnation: 1, seq, value: { value, special: false } };
}

/** `by the port at once`, apart from the others' order. */
const hello = { t: "hello", name: "thread 1", thread: 1 } as const;

type Deed = "send" | "hello" | "tell" | "read" | "hear" | "spill";

/** Runs the ring round, full and empty: bursts of what is sent, seldom read. */
function script(seed: number, deeds: number): Deed[] {
  const chance = seededChance(seed);
  let reads = 0.1;
  return Array.from({ length: deeds }, (_, i) => {
    if (i % 40 === 0) reads = chance() < 0.5 ? 0.02 : 0.3;
    const dice = chance();
    if (dice < reads) return "read";
    if (dice < reads + 0.03) return "hear";
    if (dice < reads + 0.1) return "tell";
    if (dice < reads + 0.12) return "hello";
    return dice < reads + 0.13 ? "spill" : "send";
  });
}

/** A line from a thread that may die to one that hears it, and what was heard. */
function line(writerDiesAt?: number, readerDiesAt?: number) {
  const memory = new SharedArrayBuffer(RING_BYTES);
  const { here, there, toHere, toThere } = portPair();
  const writer = new Mortal(writerDiesAt);
  const reader = new Mortal(readerDiesAt);
  const heard: ToParent[] = [];
  const unsent = (_: unknown, error: unknown): void => {
    throw error;
  };
  const sender = new RingSender<ToParent>(memory, writer.speaking(there), unsent);
  const receiver = new RingReceiver<ToParent>(memory, false, {
    port: reader.speaking(here),
    open: (frame) => frame,
    onFrame: (frame) => void heard.push(frame),
  });
  let sent = 0;
  const shown = { frames: 0 };
  const write = (work: () => void) =>
    writer.act(work, (index) => {
      if (index === WRITTEN) shown.frames++;
    });
  const next = () => {
    const message = here.take()?.message;
    if (message !== undefined) receiver.heard(message);
  };
  const deeds: Record<Deed, () => void> = {
    send: () => write(() => sender.push(part(++sent))),
    hello: () => write(() => sender.push(hello)),
    tell: () => write(() => sender.tell()),
    spill: () => write(() => sender.spill()),
    read: () => reader.act(() => void receiver.drain(7)),
    hear: () => {
      reader.act(() => {
        receiver.sleep();
        next();
      });
      // Its bell is heard on the other side.
      if (toThere.splice(0).length > 0) deeds.tell();
    },
  };
  return { memory, writer, reader, heard, receiver, deeds, shown, toHere, toThere, sent: () => sent };
}

/** What a writer leaves that dies between any two bytes of a frame. */
function tear(memory: SharedArrayBuffer): void {
  const { words, bytes } = new RingMemory(memory);
  const free = CAPACITY - ((words[WRITTEN]! - words[READ]!) | 0);
  const at = words[WRITTEN]! & (CAPACITY - 1);
  bytes.fill(0xee, at, at + Math.min(free, LARGEST_FRAME));
}

const DEEDS = 700;

function play(deeds: Deed[], made: ReturnType<typeof line>): void {
  for (const deed of deeds) {
    made.deeds[deed]();
    if (made.writer.dead || made.reader.dead) return;
  }
}

const partsOf = (frames: readonly ToParent[]) => frames.filter((frame): frame is Part => frame.t === "part");

describe("a thread that dies at any step of what it says", () => {
  it.each([1, 2])("leaves whole frames and no gap: all that it had shown is heard, in order (script %i)", (seed) => {
    const deeds = script(seed, DEEDS);
    const alive = line();
    play(deeds, alive);
    // The script fills the ring, runs round it, and is heard for the most part.
    expect(alive.writer.steps).toBeGreaterThan(600);
    expect(new RingMemory(alive.memory).words[WRITTEN]!).toBeGreaterThan(3 * CAPACITY);
    for (let k = 0; k < alive.writer.steps; k++) {
      const made = line(k);
      play(deeds, made);
      expect(made.writer.dead).toBe(true);
      tear(made.memory);
      made.receiver.last();
      const parts = partsOf(made.heard);
      for (const [i, frame] of parts.entries()) deepStrictEqual(frame, part(i + 1), `died at step ${k}`);
      // A marker in the ring stands for one frame or more.
      expect(parts.length, `died at step ${k}`).toBeGreaterThanOrEqual(made.shown.frames);
      expect(parts.length).toBeLessThanOrEqual(made.sent());
      expect(made.toHere, "everything that came by the port was taken").toEqual([]);
    }
  });
});

describe("a thread that dies at any step of hearing", () => {
  it("stops nobody who speaks to it: no error, and no bell but one", () => {
    const deeds = script(3, 900);
    const alive = line();
    play(deeds, alive);
    expect(alive.reader.steps).toBeGreaterThan(100);
    for (let k = 0; k < alive.reader.steps; k++) {
      const made = line(undefined, k);
      play(deeds, made);
      expect(made.reader.dead).toBe(true);
      const heard = partsOf(made.heard);
      for (const [i, frame] of heard.entries()) deepStrictEqual(frame, part(i + 1), `died at step ${k}`);
      made.toHere.length = 0;
      for (let i = 0; i < 300; i++) {
        made.deeds.send();
        made.deeds.tell();
      }
      expect(made.toHere.filter((message) => message === BELL).length).toBeLessThanOrEqual(1);
    }
  });
});
