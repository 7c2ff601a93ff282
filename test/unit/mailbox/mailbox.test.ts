import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mailbox, type MailboxLimits } from "../../../src/mailbox/mailbox.js";
import type { Message, Outcome } from "../../../src/mailbox/message.js";
import { MessageList } from "../../../src/mailbox/message-list.js";
import { Mail } from "./mail.js";

interface Heard {
  readonly message: Message;
  readonly outcomes: Outcome[];
}

function mail(name: string, bytes = 10): Heard {
  const outcomes: Outcome[] = [];
  const message = new Mail(name, { bytes, onSettled: (outcome) => outcomes.push(outcome) });
  return { message, outcomes };
}

const box = (limits: Partial<MailboxLimits> = {}) =>
  new Mailbox("app/x", { messages: 3, bytes: 1000, overflow: "refuse", ...limits });

function names(mailbox: Mailbox): string[] {
  return mailbox.clear().map(({ method }) => method);
}

describe("a mailbox", () => {
  it("gives messages back in the order they came", () => {
    const mailbox = box();
    for (const name of ["a", "b", "c"]) mailbox.push(mail(name).message);
    expect([mailbox.size, mailbox.bytes]).toEqual([3, 30]);
    expect(names(mailbox)).toEqual(["a", "b", "c"]);
    expect([mailbox.size, mailbox.bytes]).toEqual([0, 0]);
  });

  it("lets a message leave from the middle, and counts right afterwards", () => {
    const mailbox = box();
    const [a, b, c] = ["a", "b", "c"].map((name) => mail(name).message);
    for (const message of [a!, b!, c!]) mailbox.push(message);
    mailbox.remove(b!);
    mailbox.remove(b!);
    expect([mailbox.size, mailbox.bytes, b!.line]).toEqual([2, 20, undefined]);
    expect(names(mailbox)).toEqual(["a", "c"]);
  });

  it("takes messages back at the front, in order, past its bound", () => {
    const mailbox = box();
    const back = ["a", "b"].map((name) => mail(name).message);
    for (const name of ["c", "d", "e"]) mailbox.push(mail(name).message);
    mailbox.handBack(back);
    expect(mailbox.size).toBe(5);
    expect(() => mailbox.push(mail("f").message)).toThrow(/is full: 5 messages/);
    expect(names(mailbox)).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("refuses what could never fit, whatever its policy", () => {
    for (const overflow of ["refuse", "drop-oldest", "wait"] as const) {
      expect(() => box({ overflow }).push(mail("big", 1001).message)).toThrow(/can never fit.*raise mailbox\.bytes/);
    }
  });

  it("drops as many of the oldest as a big message needs", () => {
    const mailbox = box({ overflow: "drop-oldest" });
    const [a, b, c] = [mail("a", 400), mail("b", 400), mail("c", 100)];
    for (const { message } of [a, b, c]) mailbox.push(message);
    mailbox.push(mail("big", 800).message);
    expect([a, b, c].map(({ outcomes }) => outcomes.length)).toEqual([1, 1, 0]);
    expect(a.outcomes[0]).toMatchObject({ ok: false, error: { code: "Dropped", retryable: true } });
    expect(names(mailbox)).toEqual(["c", "big"]);
  });

  it("does not drop what waits to be replayed", () => {
    const mailbox = box({ overflow: "drop-oldest" });
    const replay = mail("replay");
    replay.message.replay = true;
    mailbox.handBack([replay.message]);
    const [b, c] = [mail("b"), mail("c")];
    for (const { message } of [b, c]) mailbox.push(message);
    mailbox.push(mail("d").message);
    expect(replay.outcomes).toEqual([]);
    expect(b.outcomes).toHaveLength(1);
    expect(names(mailbox)).toEqual(["replay", "c", "d"]);
  });

  it("refuses when all that it holds waits to be replayed", () => {
    const mailbox = box({ overflow: "drop-oldest" });
    const replays = ["a", "b", "c"].map((name) => mail(name).message);
    for (const message of replays) message.replay = true;
    mailbox.handBack(replays);
    expect(() => mailbox.push(mail("new").message)).toThrow(/is full/);
    expect(names(mailbox)).toEqual(["a", "b", "c"]);
  });

  it("lets those outside in as room is made, in order", () => {
    const mailbox = box({ overflow: "wait" });
    const all = ["a", "b", "c", "d", "e"].map((name) => mail(name).message);
    for (const message of all) mailbox.push(message);
    mailbox.remove(all[3]!);
    expect(mailbox.size).toBe(4);
    expect(mailbox.take()!.method).toBe("a");
    expect(names(mailbox)).toEqual(["b", "c", "e"]);
  });

  it("lets no more bytes wait outside than it holds inside", () => {
    const mailbox = box({ messages: 1000, bytes: 1000, overflow: "wait" });
    const refused: number[] = [];
    for (let i = 0; i < 30; i++) {
      try {
        mailbox.push(mail(`m${i}`, 100).message);
      } catch (error) {
        expect(error).toMatchObject({ code: "MailboxFull" });
        refused.push(i);
      }
    }
    expect([mailbox.size, mailbox.bytes, refused.length, refused[0]]).toEqual([20, 2000, 10, 20]);
    mailbox.take();
    mailbox.push(mail("room", 100).message);
    expect(mailbox.bytes).toBe(2000);
  });

  it("lets no light message overtake a heavy one that waits outside for room", () => {
    const mailbox = box({ messages: 4, overflow: "wait" });
    const all = [600, 600, 0].map((bytes, i) => mail(`m${i}`, bytes).message);
    for (const message of all) mailbox.push(message);
    expect(mailbox.clear()).toEqual(all);
  });

  it("keeps count and order through any sequence of operations", () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("push" as const), bytes: fc.integer({ min: 0, max: 400 }) }),
      fc.record({ do: fc.constant("take" as const) }),
      fc.record({ do: fc.constant("leave" as const), at: fc.nat(20) }),
      fc.record({ do: fc.constant("back" as const) }),
    );
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom("refuse", "wait") as fc.Arbitrary<"refuse">,
        (steps, overflow) => {
          const mailbox = box({ messages: 4, overflow });
          let model: Message[] = [];
          let taken: Message[] = [];
          for (const [i, action] of steps.entries()) {
            if (action.do === "push") {
              const { message } = mail(`m${i}`, action.bytes);
              try {
                mailbox.push(message);
                model.push(message);
              } catch {
                expect(mailbox.size).toBeGreaterThanOrEqual(0);
              }
            } else if (action.do === "take") {
              const message = mailbox.take();
              expect(message).toBe(model[0]);
              model = model.slice(1);
              if (message) taken.push(message);
            } else if (action.do === "leave") {
              const message = model[action.at];
              if (!message) continue;
              mailbox.remove(message);
              model = model.filter((other) => other !== message);
            } else {
              mailbox.handBack(taken);
              model = [...taken, ...model];
              taken = [];
            }
            expect(mailbox.size).toBe(model.length);
            expect(mailbox.bytes).toBe(model.reduce((sum, { bytes }) => sum + bytes, 0));
          }
          expect(mailbox.clear()).toEqual(model);
        },
      ),
    );
  });
});

describe("a message", () => {
  it("settles once", () => {
    const { message, outcomes } = mail("m");
    expect(message.settle({ ok: true, value: 1 })).toBe(true);
    expect(message.settle({ ok: true, value: 2 })).toBe(false);
    expect(message.fail(new Error("x"))).toBe(false);
    expect(outcomes).toEqual([{ ok: true, value: 1 }]);
  });

  it("leaves the queue when it is given up, and says that it had not started", () => {
    const mailbox = box();
    const { message, outcomes } = mail("m");
    mailbox.push(message);
    message.giveUp("Timeout", "no answer within 5 ms");
    expect(mailbox.size).toBe(0);
    expect(outcomes[0]).toMatchObject({
      error: { code: "Timeout", message: "m: no answer within 5 ms (it had not started)", retryable: true },
    });
  });

  it("tells its host when it is given up while delivered, once", () => {
    const { message, outcomes } = mail("m");
    let told = 0;
    const host = { hear() {}, begun: () => true, cancel: () => told++, remove() {} };
    new MessageList(host).append(message, "delivered");
    message.giveUp("Cancelled", "why");
    message.giveUp("Timeout", "why");
    expect(told).toBe(1);
    expect(outcomes).toMatchObject([{ error: { code: "Cancelled", retryable: false, details: { started: true } } }]);
  });
});
