import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Mailbox, type MailboxLimits } from "../../../src/mailbox/mailbox.js";
import { Message, type Sent } from "../../../src/mailbox/message.js";
import { plainSize } from "../../../src/mailbox/plain.js";
import { Mail, uncounted } from "./mail.js";

interface Tells extends Sent {
  readonly lostOnes: unknown[];
}

function sentAs(method: string): Tells {
  const lostOnes: unknown[] = [];
  return { method, options: {}, tally: uncounted(), lostOnes, lost: ({ args }) => void lostOnes.push(args[0]) };
}

const tellOf = (sent: Sent, first: unknown) => new Message(sent, first, undefined, false, plainSize(first), undefined);

const box = (limits: Partial<MailboxLimits> = {}) =>
  new Mailbox("app/x", { messages: 5, bytes: 10_000, overflow: "refuse", ...limits });

const firsts = (mailbox: Mailbox) => mailbox.clear().map(({ first }) => first);

describe("tells that wait behind one another", () => {
  it("come out as messages of their own, in order", () => {
    const mailbox = box();
    const sent = sentAs("a");
    mailbox.push(tellOf(sent, 1));
    expect(mailbox.join(sent, "two")).toBe(true);
    expect(mailbox.join(sent, 3)).toBe(true);
    expect([mailbox.size, mailbox.bytes]).toEqual([3, 24 + 38 + 24]);
    const all = mailbox.clear();
    expect(all.map(({ args }) => args)).toEqual([[1], ["two"], [3]]);
    expect(new Set(all).size).toBe(3);
    expect(all.every((one) => one.sent === sent && one.line === undefined && !one.settled)).toBe(true);
    expect([mailbox.size, mailbox.bytes, mailbox.empty]).toEqual([0, 0, true]);
  });

  it("stand behind their like alone: not behind another method, an ask, one with a list, or one that has left before", () => {
    const sent = sentAs("a");
    const mailbox = box();
    expect(mailbox.join(sent, 1)).toBe(false);
    mailbox.push(tellOf(sentAs("b"), 1));
    expect(mailbox.join(sent, 1)).toBe(false);
    mailbox.push(new Mail("a"));
    expect(mailbox.join(sent, 1)).toBe(false);
    mailbox.push(new Message(sent, 1, [1, 2], false, 10, undefined));
    expect(mailbox.join(sent, 1)).toBe(false);
    mailbox.clear();
    const back = tellOf(sent, 1);
    back.seq = 7;
    mailbox.handBack([back]);
    expect(mailbox.join(sent, 2)).toBe(false);
  });

  it("are forgotten when they have gone, however long the flood goes on", () => {
    const mailbox = box({ messages: 1000 });
    const sent = sentAs("a");
    mailbox.push(tellOf(sent, 0));
    const all = mailbox.next!;
    expect(mailbox.join(sent, 1)).toBe(true);
    for (let i = 2; i < 100_000; i++) {
      expect(mailbox.join(sent, i)).toBe(true);
      if (mailbox.slide(all) !== i - 2) throw new Error(`${i - 2} is not the next`);
    }
    const { firsts } = all.more as unknown as { firsts: unknown[] };
    expect(firsts.length).toBeLessThan(1000);
    expect([mailbox.size, all.first]).toEqual([2, 99_998]);
  });

  it("find the mailbox full where a message would", () => {
    const sent = sentAs("a");
    const few = box({ messages: 2 });
    few.push(tellOf(sent, 1));
    expect([few.join(sent, 2), few.join(sent, 3)]).toEqual([true, false]);
    const light = box({ bytes: 60 });
    light.push(tellOf(sent, 1));
    expect([light.join(sent, "a long one"), light.join(sent, 2), light.join(sent, 3)]).toEqual([false, true, false]);
  });

  it("let those in who wait outside as they go", () => {
    const sent = sentAs("a");
    const mailbox = box({ messages: 2, overflow: "wait" });
    mailbox.push(tellOf(sent, 1));
    mailbox.join(sent, 2);
    mailbox.push(tellOf(sent, 3));
    expect(mailbox.join(sent, 4)).toBe(false);
    mailbox.push(tellOf(sent, 4));
    expect(mailbox.slide(mailbox.next!)).toBe(1);
    expect(mailbox.next!.more).toBeUndefined();
    expect(firsts(mailbox)).toEqual([2, 3, 4]);
  });

  it("give way to newer ones one by one, each a dead letter", () => {
    const sent = sentAs("a");
    const mailbox = box({ messages: 3, overflow: "drop-oldest" });
    mailbox.push(tellOf(sent, 1));
    mailbox.join(sent, 2);
    mailbox.join(sent, 3);
    for (const next of [4, 5]) {
      expect(mailbox.join(sent, next)).toBe(false);
      mailbox.push(tellOf(sent, next));
    }
    expect(sent.lostOnes).toEqual([1, 2]);
    expect(firsts(mailbox)).toEqual([3, 4, 5]);
  });

  it("keep count and order with all others, whatever happens", () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant("tell" as const), by: fc.nat(2), first: fc.oneof(fc.nat(), fc.string()) }),
      fc.record({ do: fc.constant("ask" as const) }),
      fc.record({ do: fc.constant("take" as const) }),
      fc.record({ do: fc.constant("slide" as const) }),
      fc.record({ do: fc.constant("leave" as const), at: fc.nat(5) }),
      fc.record({ do: fc.constant("back" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const mailbox = box({ messages: 12 });
        const ways = ["a", "b", "c"].map(sentAs);
        let model: { what: unknown; bytes: number; ask?: Message }[] = [];
        const taken: { message: Message; what: unknown; bytes: number }[] = [];
        const was = (message: Message) => (message.ask ? message.method : `${message.method}:${message.first}`);
        for (const [i, action] of steps.entries()) {
          if (action.do === "tell") {
            const sent = ways[action.by]!;
            const { first } = action;
            if (mailbox.size >= 12) expect(mailbox.join(sent, first)).toBe(false);
            else {
              if (!mailbox.join(sent, first)) mailbox.push(tellOf(sent, first));
              model.push({ what: `${sent.method}:${first}`, bytes: plainSize(first) });
            }
          } else if (action.do === "ask" && mailbox.size < 12) {
            const ask = new Mail(`ask ${i}`);
            mailbox.push(ask);
            model.push({ what: ask.method, bytes: ask.bytes, ask });
          } else if (action.do === "take") {
            const message = mailbox.take();
            const first = model.shift();
            expect(message && was(message)).toEqual(first?.what);
            if (message) {
              message.seq = i + 1;
              taken.push({ message, ...first! });
            }
          } else if (action.do === "slide" && mailbox.next?.more) {
            const { method } = mailbox.next;
            expect(`${method}:${mailbox.slide(mailbox.next)}`).toBe(model.shift()!.what);
          } else if (action.do === "leave") {
            const ask = model.filter((one) => one.ask)[action.at]?.ask;
            if (ask) mailbox.remove(ask);
            model = model.filter((one) => !ask || one.ask !== ask);
          } else if (action.do === "back") {
            mailbox.handBack(taken.map(({ message }) => message));
            const back = taken.map(({ message, what, bytes }) => ({
              what,
              bytes,
              ...(message.ask && { ask: message }),
            }));
            model = [...back, ...model];
            taken.length = 0;
          }
          expect(mailbox.size).toBe(model.length);
          expect(mailbox.bytes).toBe(model.reduce((sum, { bytes }) => sum + bytes, 0));
        }
        expect(mailbox.clear().map(was)).toEqual(model.map(({ what }) => what));
      }),
    );
  });
});
