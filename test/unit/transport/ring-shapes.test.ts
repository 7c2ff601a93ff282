import { afterEach, expect, test } from "vitest";
import { plainDataBytes } from "../../../src/transport/plain-data.js";
import { ValueReader } from "../../../src/transport/ring-values-reader.js";
import { notByRing, ValueWriter } from "../../../src/transport/ring-values-writer.js";

function ends() {
  const bytes = Buffer.from(new ArrayBuffer(65_536));
  const view = new DataView(bytes.buffer);
  const writer = new ValueWriter(bytes, view);
  const reader = new ValueReader(bytes, view);
  const write = (value: unknown) => {
    writer.begin(0, bytes.length);
    writer.plain(value);
  };
  return {
    /** @throws notByRing, and then the frame never was */
    send(value: unknown): unknown {
      try {
        write(value);
      } catch (error) {
        writer.undo();
        throw error;
      }
      writer.keep();
      reader.at = 0;
      return reader.value();
    },
    /** It has been written whole, and is not sent: there was no room. */
    takeBack(value: unknown) {
      write(value);
      writer.undo();
    },
  };
}

const inherited = Object.prototype as { everywhere?: number };

afterEach(() => {
  delete inherited.everywhere;
});

test("objects are told apart by their names and the order of these, whatever came before", () => {
  const { send } = ends();
  const values = [
    { a: 1, b: 2 },
    { b: 2, a: 1 },
    { a: 1 },
    { a: 1, b: 2, c: 3 },
    {},
    { 7: "seven", a: 1 },
    [{ a: 1 }, { a: 2, b: 3 }, { a: 4 }, {}, { a: { a: { b: 1 } } }],
  ];
  for (let i = 0; i < 300; i++) {
    const value = values[(i * i + (i >> 3)) % values.length];
    const got = send(value);
    expect(got).toEqual(value);
    expect(JSON.stringify(got)).toBe(JSON.stringify(value));
  }
});

test("what a frame defined that was not sent is not known, nor what was expected after it", () => {
  const { send, takeBack } = ends();
  const first = { a: 1 };
  expect(send(first)).toEqual(first);
  // Its second object would be looked for first, after one such as the first.
  takeBack([{ a: 2 }, { b: 3 }]);
  takeBack([{ a: 2 }, { b: 3 }, { a: 2 }, { b: 3 }, { c: 4 }]);
  for (const value of [[{ a: 2 }, { b: 3 }], { c: 5 }, [{ a: 2 }, { b: 3 }, { c: 4 }]])
    expect(send(value)).toEqual(value);
});

test("lists of each length come as they were", () => {
  const { send } = ends();
  for (let length = 0; length < 20; length++) {
    const list = Array.from({ length }, (_, i) => (i % 3 === 0 ? i : `${i}`));
    expect(send(list)).toStrictEqual(list);
    expect(send({ list, more: [list.length] })).toStrictEqual({ list, more: [length] });
  }
});

test("an object that takes a name of its own away while it is read goes another way, and nothing half written stays", () => {
  const { send } = ends();
  const fading = () => ({
    get a() {
      delete (this as { b?: number }).b;
      return 1;
    },
    b: 2 as number | undefined,
  });
  expect(send({ a: 1, b: 2 })).toEqual({ a: 1, b: 2 });
  expect(() => send(fading())).toThrow(notByRing);
  expect(send({ a: 3, b: 4 })).toEqual({ a: 3, b: 4 });
});

test("a name that all objects inherit is no part of any", () => {
  const { send } = ends();
  expect(send({ a: 1 })).toEqual({ a: 1 });
  // Known, and expected next: with the inherited name the next one looks like it.
  for (let i = 0; i < 2; i++) expect(send({ a: 1, everywhere: 1 })).toEqual({ a: 1, everywhere: 1 });
  const size = plainDataBytes({ a: 1 });
  inherited.everywhere = 1;
  expect(plainDataBytes({ a: 1 })).toBe(-1);
  expect(() => send({ a: 1 })).toThrow(notByRing);
  expect(() => send([{ a: 1 }])).toThrow(notByRing);
  delete inherited.everywhere;
  expect(plainDataBytes({ a: 1 })).toBe(size);
  expect(send({ a: 2 })).toEqual({ a: 2 });
});
