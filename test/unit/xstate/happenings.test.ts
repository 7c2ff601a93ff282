import { expect, it } from "vitest";
import type { AnyActorRef } from "xstate";
import { HoldfastError } from "../../../src/errors.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import {
  type Happening,
  Happenings,
  type HappeningsBatch,
  isBatch,
  MOST_HAPPENINGS,
} from "../../../src/xstate/happenings.js";

interface Sent {
  readonly batch: HappeningsBatch;
  answer(): void;
  refuse(code: "MailboxFull" | "InvalidValue"): void;
}

function stage() {
  const clock = new VirtualClock();
  const sent: Sent[] = [];
  const failures: HoldfastError[] = [];
  const happenings = new Happenings({
    name: "me",
    ask: (batch) =>
      new Promise<void>((resolve, reject) => {
        sent.push({ batch, answer: resolve, refuse: (code) => reject(new HoldfastError(code, code)) });
      }),
    after: (ms, callback) => clock.after(ms, callback),
    fail: (error) => failures.push(error),
  });
  return { clock, sent, happenings, failures };
}

const timer = (number: number): Happening => ({ kind: "timer", timer: number });
const target = {} as AnyActorRef;
const event: Happening = {
  kind: "event",
  from: undefined,
  to: [],
  began: 0,
  event: { type: "done" },
  live: { source: undefined, target },
};

it("one message is under way at a time, and the next brings all that waits, in its order", async () => {
  const { clock, sent, happenings } = stage();
  for (const number of [1, 2, 3]) happenings.add(timer(number));
  expect(sent.map(({ batch }) => batch.happenings)).toEqual([[timer(1)]]);
  sent[0]!.answer();
  await clock.advance(0);
  expect(sent[1]!.batch.happenings).toEqual([timer(2), timer(3)]);
  expect(sent).toHaveLength(2);
});

it("one that is refused is sent again, later each time, and nothing overtakes it", async () => {
  const { clock, sent, happenings } = stage();
  happenings.add(timer(1));
  sent[0]!.refuse("MailboxFull");
  await clock.advance(0);
  await clock.advance(19);
  happenings.add(timer(2));
  expect(sent).toHaveLength(1);
  await clock.advance(1);
  sent[1]!.refuse("MailboxFull");
  await clock.advance(0);
  await clock.advance(39);
  expect(sent).toHaveLength(2);
  await clock.advance(1);
  expect(sent[2]!.batch).toEqual(sent[0]!.batch);
  for (let pause = 0; pause < 20; pause++) {
    sent.at(-1)!.refuse("MailboxFull");
    await clock.advance(0);
    await clock.advance(5000);
  }
  expect(sent).toHaveLength(23);
  sent.at(-1)!.answer();
  await clock.advance(0);
  expect(sent.at(-1)!.batch.happenings).toEqual([timer(2)]);
});

it("what comes back is what was seen, once; and what another saw is what it sent", () => {
  const { sent, happenings } = stage();
  happenings.add(event);
  const { batch } = sent[0]!;
  expect(batch.happenings).toEqual([{ kind: "event", from: undefined, to: [], began: 0, event: { type: "done" } }]);
  expect(happenings.open(batch)[0]).toBe(event);
  expect(happenings.open(batch)).toEqual([]);
  expect(happenings.open({ ...batch, seenBy: "my predecessor" })).toEqual(batch.happenings);
});

it("what cannot be sent is known to who saw it alone", async () => {
  const { clock, sent, happenings } = stage();
  happenings.add(event);
  sent[0]!.refuse("InvalidValue");
  await clock.advance(0);
  expect(sent[1]!.batch.happenings).toBeUndefined();
  expect(happenings.open(sent[1]!.batch)).toEqual([event]);
  expect(happenings.open({ ...sent[1]!.batch, seenBy: "my successor" })).toEqual([]);
});

it("after its end nothing is sent any more", async () => {
  const { clock, sent, happenings } = stage();
  happenings.add(timer(1));
  happenings.add(timer(2));
  happenings.end();
  sent[0]!.refuse("MailboxFull");
  await clock.advance(60_000);
  happenings.add(timer(3));
  expect(sent).toHaveLength(1);
});

it("what invoked actors send faster than it is taken breaks the machine, once, and does not fill the memory", () => {
  const { happenings, failures } = stage();
  for (let i = 0; i < MOST_HAPPENINGS + 1; i++) happenings.add(event);
  expect(failures).toEqual([]);
  for (let i = 0; i < 10; i++) happenings.add(event);
  expect(failures).toMatchObject([{ code: "MailboxFull" }]);
});

it.each([
  undefined,
  null,
  7,
  [],
  {},
  { seenBy: "x", number: 1, happenings: [null] },
  { seenBy: "x", number: 1, happenings: [{ kind: "timer" }] },
  { seenBy: "x", number: 1, happenings: [{ kind: "event", to: [], event: "text" }] },
])("%j is no batch", (batch) => {
  expect(isBatch(batch)).toBe(false);
});
