import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DEFAULT_SLAB_BYTES, SLAB_FROM_BYTES } from "../../../src/defaults.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import type { ToHost, ToParent } from "../../../src/transport/frames.js";
import { HostArrays } from "../../../src/transport/host-arrays.js";
import { Slab } from "../../../src/transport/slab.js";
import { Incoming, Outgoing } from "../../../src/transport/slab-link.js";
import { ownArrays, pack, unpack } from "../../../src/transport/values.js";

type Call = Extract<ToHost, { t: "call" }>;

const elements = SLAB_FROM_BYTES / 4;
const array = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((n) => new Float32Array(elements + n).fill(n + 0.5)),
  fc.constant(new Uint8Array(SLAB_FROM_BYTES - 1).fill(7)),
  fc.constant(new BigInt64Array(elements).fill(-5n)),
  fc.constant(new Uint8Array(3 * SLAB_FROM_BYTES).fill(9).subarray(5, 5 + SLAB_FROM_BYTES)),
  fc.constant(new DataView(new ArrayBuffer(SLAB_FROM_BYTES + 8), 8)),
  fc.constant(new Uint8Array(SLAB_FROM_BYTES).fill(3).buffer),
);
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    array,
    fc.constantFrom(1, "text", null, new Error("wrapped")),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "dtype"), tie("value")),
    fc.array(fc.tuple(fc.string(), tie("value")), { maxLength: 2 }).map((entries) => new Map(entries)),
    fc.array(tie("value"), { maxLength: 2 }).map((items) => new Set(items)),
  ),
}));

function callOf(seq: number, value: unknown): Call {
  const { value: args, special } = pack([value], "args");
  return {
    ...{
      t: "call",
      actor: 1,
      incarnation: 1,
      seq,
      method: "m",
      expires: Number.POSITIVE_INFINITY,
      snapshot: false,
      again: false,
    },
    args: { value: args, special },
  } as Call;
}

function doneOf(seq: number): ToParent {
  const outcome = { ok: true, value: { value: undefined, special: false } } as const;
  return { t: "done", actor: 1, incarnation: 1, seq, ran: true, outcome, state: undefined };
}

function link(bytes = DEFAULT_SLAB_BYTES) {
  const clock = new VirtualClock();
  const slab = new Slab(clock, bytes);
  return { clock, slab, host: new HostArrays(slab, clock), inside: new Incoming(clock, false) };
}

const opened = (frame: ToHost) => (unpack(ownArrays((frame as Call).args), () => expect.fail()) as unknown[])[0];

describe("large arrays beside their frame", () => {
  it("arrive equal to a structured clone, in memory of the receiver's own, and leave nothing behind", () => {
    fc.assert(
      fc.property(fc.array(anyValue, { minLength: 1, maxLength: 4 }), (values) => {
        const { slab, host, inside } = link();
        values.forEach((value, i) => {
          const frame = structuredClone(host.pack(callOf(i + 1, value)));
          const arrived = opened(inside.unpack(frame));
          deepStrictEqual(
            arrived,
            unpack(structuredClone(pack(value, "x")), () => expect.fail()),
          );
          host.unpack(doneOf(i + 1));
        });
        expect(slab.used).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("go in their frame when the slab is full", () => {
    const { slab, host, inside } = link(0);
    const sent = new Float32Array(elements * 2).fill(2);
    deepStrictEqual(opened(inside.unpack(structuredClone(host.pack(callOf(1, sent))))), sent);
    expect(slab.held).toBe(0);
  });

  it("bring a segment's memory along once, and are named by number from then on", () => {
    const { host, inside } = link();
    for (let seq = 1; seq <= 3; seq++) {
      const frame = host.pack(callOf(seq, new Float32Array(elements).fill(seq)));
      expect(host.bringsMemory).toBe(seq === 1);
      expect(opened(inside.unpack(seq === 1 ? frame : JSON.parse(JSON.stringify(frame))))).toEqual(
        new Float32Array(elements).fill(seq),
      );
      host.unpack(doneOf(seq));
    }
  });

  it("are one array where they were one, however often the message holds it", () => {
    const { host, inside } = link();
    const twice = new Float32Array(elements);
    const [first, second] = opened(inside.unpack(structuredClone(host.pack(callOf(1, [twice, twice]))))) as object[];
    expect(first).toBe(second);
  });

  it.each<[string, ToParent[]]>([
    ["its answer", [doneOf(1)]],
    ["the crash of its actor", [{ t: "crashed", actor: 1, incarnation: 1, seq: 1, left: [] } as unknown as ToParent]],
    [
      "the end of what its crashed actor had left running",
      [
        { t: "crashed", actor: 1, incarnation: 1, seq: 9, left: ["m"] } as unknown as ToParent,
        { t: "settled", actor: 1, incarnation: 1, path: "app/a", dropped: 1 },
      ],
    ],
    ["the stop of its actor", [{ t: "stopped", actor: 1, incarnation: 1 }]],
    ["the failed start of its actor", [{ t: "start-failed", actor: 1, incarnation: 1 } as unknown as ToParent]],
    ["a start that its actor ignored", [{ t: "ignored", actor: 1, incarnation: 1 }]],
  ])("are kept from others until %s", (_, frames) => {
    const { slab, host } = link();
    host.pack(callOf(1, new Float32Array(elements)));
    for (const frame of frames) {
      expect(slab.used).toBe(1);
      host.unpack(frame);
    }
    expect(slab.used).toBe(0);
  });

  it("are kept from others until a host that died has really gone", () => {
    const { slab, host } = link();
    host.pack(callOf(1, new Float32Array(elements)));
    host.pack({
      t: "boot",
      module: "",
      exportName: undefined,
      path: "",
      props: pack(new Uint8Array(1 << 20), "props"),
    });
    expect(slab.used).toBe(2);
    host.gone();
    expect(slab.used).toBe(0);
  });

  it("are told of anew when the frame that told of them could not be sent", () => {
    const { host, inside, slab } = link();
    host.unsend(host.pack(callOf(1, new Float32Array(elements))));
    const frame = host.pack(callOf(1, new Float32Array(elements).fill(1)));
    expect(host.bringsMemory).toBe(true);
    expect(opened(inside.unpack(frame))).toEqual(new Float32Array(elements).fill(1));
    host.unpack(doneOf(1));
    expect(slab.used).toBe(0);
  });

  it("of a thread are free as soon as the parent has copied them out", () => {
    const clock = new VirtualClock();
    const slab = new Slab(clock, DEFAULT_SLAB_BYTES);
    const out = new Outgoing(slab, false);
    const done = doneOf(1) as Extract<ToParent, { t: "done" }>;
    const result = new Float32Array(elements).fill(4);
    const frame = structuredClone(out.pack({ ...done, outcome: { ok: true, value: pack(result, "the result") } }));
    expect(slab.used).toBe(1);
    const back = new Incoming(clock, false).unpack(frame) as typeof done;
    expect(back.outcome).toEqual({ ok: true, value: { value: result, special: "large" } });
    expect(slab.used).toBe(0);
  });

  it("cannot be made up by a sender: a key that begins with NUL is refused", () => {
    const place = { "\u0000holdfast slab": 1, at: 0, bytes: 1 << 16, kind: 1, copy: true };
    expect(() => pack([place, new Uint8Array(1 << 16)], "args")).toThrow("key that begins with NUL");
  });
});
