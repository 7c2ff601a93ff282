import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf } from "../../../../src/serving/policies/cache/canonical.js";
import { copyOf, keptValue } from "../../../../src/serving/policies/cache/kept-value.js";
import { newLease } from "../../../../src/transport/lease.js";

const tensor = (dtype: string, shape: number[], data: ArrayBufferView) => ({ dtype, shape, data });

describe("calls are equal", () => {
  it("where their arguments say the same, in whatever order their fields came", () => {
    expect(digestOf([{ a: 1, b: [2, "x"] }])).toBe(digestOf([{ b: [2, "x"], a: 1 }]));
    expect(digestOf([new Map([["a", [1]]])])).toBe(digestOf([new Map([["a", [1]]])]));
    expect(digestOf([Object.assign(Object.create(null), { a: 1 })])).toBe(digestOf([{ a: 1 }]));
  });

  it("where tensors have the same bytes, wherever in memory they lie", () => {
    const all = new Float32Array([9, 1, 2, 3]);
    const shared = new Float32Array(new SharedArrayBuffer(12));
    shared.set([1, 2, 3]);
    const digests = [new Float32Array([1, 2, 3]), all.subarray(1), shared].map((data) =>
      digestOf([tensor("float32", [3], data)]),
    );
    const lease = newLease(undefined, "float32", [3]);
    lease.data.set([1, 2, 3] as never);
    expect(new Set([...digests, digestOf([lease])]).size).toBe(1);
  });

  it("and no two that say something else", () => {
    const different: unknown[][] = [
      [],
      [undefined],
      [null],
      [false],
      [0],
      [-0],
      [Number.NaN],
      [0n],
      ["0"],
      [""],
      ["", ""],
      ["a", "b"],
      ["ab"],
      ["\ud800"],
      ["\udc00"],
      ["\ufffd"],
      ['"\\ud800"'],
      [[]],
      [[[]]],
      [{}],
      [{ a: undefined }],
      [{ a: 1 }],
      [{ a: "1" }],
      [{ "a;": 1 }],
      [[1, 2], 3],
      [[1], 2, 3],
      [1, 2, 3],
      [new Date(0)],
      [new Map()],
      [new Set()],
      [new Map([[1, 2]])],
      [new Map([[1, [2]]])],
      [new Set([1, 2])],
      [new Uint8Array(4)],
      [new Int8Array(4)],
      [new Uint8ClampedArray(4)],
      [new Float32Array(1)],
      [new Int32Array(1)],
      [new ArrayBuffer(4)],
      [new DataView(new ArrayBuffer(4))],
      [tensor("float16", [2], new Uint16Array(2))],
      [tensor("uint16", [2], new Uint16Array(2))],
      [tensor("uint16", [1, 2], new Uint16Array(2))],
    ];
    const digests = different.map((args) => digestOf(args));
    expect(digests).not.toContain(undefined);
    expect(new Set(digests).size).toBe(different.length);
  });

  it("exactly where their JSON is, for plain data", () => {
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === "object" && value !== null
          ? Object.entries(value)
              .sort(([a], [b]) => (a < b ? -1 : 1))
              .map(([name, item]) => [name, "=", sorted(item)])
              .concat([["{}"]])
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
        fc.pre(!hasMinusZero([one, other]));
        const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
        expect(digestOf([one]) === digestOf([other])).toBe(same);
        expect(digestOf([structuredClone(one)])).toBe(digestOf([one]));
      }),
    );
  });

  it("to none where they cannot be compared", () => {
    const loop: unknown[] = [];
    loop.push(loop);
    const throwing = {
      get a(): never {
        throw new Error("no");
      },
    };
    for (const value of [
      () => 1,
      Symbol("a"),
      loop,
      throwing,
      new Proxy({}, {}),
      new (class A {})(),
      Promise.resolve(),
    ]) {
      expect(digestOf([value])).toBeUndefined();
    }
    const lent = newLease(undefined, "float32", [1]);
    lent.lend("ask");
    expect(digestOf([lent])).toBeUndefined();
  });
});

function hasMinusZero(value: unknown): boolean {
  if (Object.is(value, -0)) return true;
  return typeof value === "object" && value !== null && Object.values(value).some(hasMinusZero);
}

describe("an answer that is kept", () => {
  const answer = () => ({
    text: "né",
    list: [1, [2]],
    bytes: new Uint8Array([1, 2, 3]),
    scores: new Float64Array([0.5]),
    when: new Date(5),
    map: new Map<unknown, unknown>([["a", { b: 1 }]]),
    set: new Set([1]),
    raw: new ArrayBuffer(3),
    nothing: null,
    missing: undefined,
    big: 5n,
  });

  it("is equal to what was answered, and shares nothing with it", () => {
    const given = answer();
    const kept = keptValue(given)!;
    given.bytes[0] = 9;
    (given.list[1] as number[])[0] = 9;
    (given.map.get("a") as { b: number }).b = 9;
    new Uint8Array(given.raw)[0] = 9;
    given.when.setTime(9);
    expect(copyOf(kept)).toEqual(answer());
    const first = copyOf(kept) as ReturnType<typeof answer>;
    first.bytes[0] = 7;
    first.set.add(7);
    first.scores[0] = 7;
    expect(copyOf(kept)).toEqual(answer());
  });

  it("holds no more of a large buffer than what it shows", () => {
    const all = new Float32Array(1_000_000);
    const kept = keptValue(all.subarray(5, 7))!;
    expect((kept.value as Float32Array).buffer.byteLength).toBe(8);
    expect(kept.bytes).toBeLessThan(1000);
  });

  it("counts at least its bytes and its text", () => {
    expect(keptValue(new Uint8Array(5000))!.bytes).toBeGreaterThanOrEqual(5000);
    expect(keptValue("x".repeat(5000))!.bytes).toBeGreaterThanOrEqual(5000);
    expect(keptValue(Array.from({ length: 1000 }, (_, i) => i))!.bytes).toBeGreaterThanOrEqual(8000);
  });

  it("may be a tensor that is released by each who gets it", () => {
    const lease = newLease(undefined, "int32", [2]);
    lease.data.set([1, 2] as never);
    const kept = keptValue(lease)!;
    lease.release();
    for (let times = 0; times < 2; times++) {
      const copy = copyOf(kept) as typeof lease;
      expect([...copy.data]).toEqual([1, 2]);
      copy.release();
    }
  });

  it("keeps a field named __proto__ a field", () => {
    const given = JSON.parse('{"__proto__":{"a":1}}');
    const copy = copyOf(keptValue(given)!) as object;
    expect(Object.keys(copy)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
  });

  it("is none where it cannot be given to several", () => {
    const loop: Record<string, unknown> = {};
    loop.own = loop;
    async function* stream() {
      yield 1;
    }
    for (const value of [
      () => 1,
      Symbol("a"),
      loop,
      stream(),
      new (class A {})(),
      new SharedArrayBuffer(1),
      new Error("a"),
    ]) {
      expect(keptValue(value)).toBeUndefined();
    }
  });
});
