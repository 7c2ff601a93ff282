import { expect, it } from "vitest";
import { LetterStore } from "../../../src/system/letters/letter-store.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";

const written = {
  path: "app/a",
  to: "app/a",
  key: undefined,
  sender: "app",
  method: "m",
  ask: false,
  reason: "MailboxFull",
  incarnation: 1,
  shape: "[]",
};
const mail = (args: unknown[], bytes = 100, more = {}) => ({
  args,
  special: false as const,
  bytes,
  deaths: 0,
  charges: [],
  ...more,
});

it("keeps the newest, whatever comes, and numbers them for good", () => {
  const store = new LetterStore(new VirtualClock(), { keep: 3, payloadMb: 1 });
  for (let i = 0; i < 200_000; i++) store.add(written, mail([i]));
  expect(store.size).toBe(3);
  expect(store.payloadBytes).toBe(300);
  expect([...store.entries()].map(({ letter, mail }) => [letter.id, mail.args])).toEqual([
    [199_998, [199_997]],
    [199_999, [199_998]],
    [200_000, [199_999]],
  ]);
});

it("keeps arguments up to its bound in bytes, the newest, and the letters without them", () => {
  const store = new LetterStore(new VirtualClock(), { keep: 100, payloadMb: 1 });
  for (let i = 0; i < 5; i++) store.add(written, mail([i], 300_000));
  expect(store.size).toBe(5);
  expect(store.payloadBytes).toBe(900_000);
  expect([...store.entries()].map(({ mail }) => mail.args)).toEqual([undefined, undefined, [2], [3], [4]]);
  store.add(written, mail([5], 2_000_000));
  expect(store.get(6)?.mail).toMatchObject({ args: undefined, why: expect.stringContaining("larger than") });
  expect(store.payloadBytes).toBe(900_000);
  for (const id of [4, 5, 6]) expect(store.remove(id)).toBe(true);
  expect(store.remove(6)).toBe(false);
  expect(store.payloadBytes).toBe(300_000);
});

it("copies arguments, since their sender may use them again, and no more in a second than it keeps", async () => {
  const clock = new VirtualClock();
  const store = new LetterStore(clock, { keep: 2 });
  const pixels = new Float32Array([1, 2]);
  store.add(written, mail([pixels]));
  pixels.fill(9);
  expect(store.get(1)?.mail.args).toEqual([new Float32Array([1, 2])]);
  store.add(written, mail([{ n: 2 }]));
  store.add(written, mail([{ n: 3 }]));
  expect(store.get(3)?.mail).toMatchObject({ args: undefined, why: expect.stringContaining("too many letters") });
  store.add(written, mail(["plain text is nobody's to change"]));
  expect(store.get(4)?.mail.args).toHaveLength(1);
  await clock.advance(1000);
  store.add(written, mail([{ n: 5 }]));
  expect(store.get(5)?.mail.args).toEqual([{ n: 5 }]);
});

it("says so where arguments cannot be copied any more, and fails nobody", () => {
  const store = new LetterStore(new VirtualClock());
  const pixels = new Float32Array(4);
  structuredClone(pixels, { transfer: [pixels.buffer] });
  expect(store.add(written, mail([pixels]))).toMatchObject({ id: 1 });
  expect(store.get(1)?.mail).toMatchObject({ args: undefined, why: "its arguments were given away" });
  expect(store.payloadBytes).toBe(0);
});

it("keeps nothing where it is told to, and says so", () => {
  const none = new LetterStore(new VirtualClock(), { keep: 0 });
  expect(none.add(written, mail([1])).id).toBe(1);
  expect([none.size, none.payloadBytes]).toEqual([0, 0]);
  const shapes = new LetterStore(new VirtualClock(), { payloadMb: 0 });
  shapes.add(written, mail([1]));
  expect(shapes.get(1)?.mail).toMatchObject({ args: undefined, why: "no arguments are kept (deadLetters.payloadMb)" });
});

it("writes a retry that killed once more under the same number, with what it has held", () => {
  const store = new LetterStore(new VirtualClock());
  store.add({ ...written, reason: "poison" }, mail(["x"], 100, { deaths: 2 }));
  const again = store.add({ ...written, reason: "poison", incarnation: 5 }, mail(["y"], 100, { deaths: 3, letter: 1 }));
  expect(again).toMatchObject({ id: 1, incarnation: 5 });
  expect(store.size).toBe(1);
  expect(store.get(1)?.mail).toMatchObject({ args: ["x"], deaths: 3 });
  store.remove(1);
  expect(store.add(written, mail(["z"], 100, { deaths: 4, letter: 1 })).id).toBe(2);
});
