import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isHoldfastError } from "../../../src/errors.js";
import { Mailbox, type Overflow } from "../../../src/mailbox/mailbox.js";
import { Message } from "../../../src/mailbox/message.js";
import { RANK_PATIENCE, rankAtTurn } from "../../../src/mailbox/ranked-mail.js";
import { type Priority, rankOf } from "../../../src/protocol/priority.js";
import { uncounted } from "./mail.js";

describe("messages of different priority in one mailbox", () => {
  it("start in the order of their priority, and within one in the order of their coming", () => {
    const mailbox = make();
    for (const [name, priority] of [
      ["l1", "low"],
      ["n1", undefined],
      ["h1", "high"],
      ["n2", "normal"],
      ["l2", 2],
      ["h2", 0],
      ["x1", 9],
    ] as const) {
      mailbox.push(mail(name, priority).message);
    }
    expect(taken(mailbox)).toEqual(["h1", "h2", "n1", "n2", "l1", "l2", "x1"]);
    expect([mailbox.size, mailbox.bytes, mailbox.empty]).toEqual([0, 0, true]);
  });

  it("let one of lower priority start when so many have gone before it: none starves", () => {
    const mailbox = make();
    for (let i = 0; i < 100; i++) mailbox.push(mail(`h${i}`, "high").message);
    mailbox.push(mail("n").message);
    mailbox.push(mail("l", "low").message);
    const order = taken(mailbox);
    expect(order.indexOf("n")).toBe(RANK_PATIENCE);
    expect(order.indexOf("l")).toBe(RANK_PATIENCE + 1);
    expect(order.filter((name) => name.startsWith("h"))).toEqual(Array.from({ length: 100 }, (_, i) => `h${i}`));
  });

  it("a rank that waits has at least its part of the turns, whatever is above it", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 3, maxLength: 10 }), (has) => {
        const waiting = has.map((there) => (there ? 1 : 0));
        const passed = has.map(() => 0);
        const seen = has.map(() => 0);
        const turns = 40 * RANK_PATIENCE;
        for (let i = 0; i < turns; i++) {
          const rank = rankAtTurn(waiting, passed);
          if (rank < 0) break;
          seen[rank]!++;
          passed[rank] = 0;
          for (let lower = rank + 1; lower < has.length; lower++) if (has[lower]) passed[lower]!++;
        }
        has.forEach((there, rank) => {
          if (there) expect(seen[rank]).toBeGreaterThanOrEqual(Math.floor(turns / (RANK_PATIENCE + has.length)) - 1);
          else expect(seen[rank]).toBe(0);
        });
      }),
    );
  });

  it("takes the place of the newest of the lowest where the mailbox is full, whose caller hears Overloaded", () => {
    const mailbox = make({ messages: 4 });
    const mails = [mail("n1"), mail("l1", "low"), mail("l2", "low"), mail("n2")];
    for (const { message } of mails) mailbox.push(message);
    mailbox.push(mail("h1", "high").message);
    expect(mails.map(({ error }) => codeOf(error()))).toEqual([undefined, undefined, "Overloaded", undefined]);
    expect(mails[2]!.error()).toMatchObject({ retryable: true });
    mailbox.push(mail("n3").message);
    expect(codeOf(mails[1]!.error())).toBe("Overloaded");
    expect(() => mailbox.push(mail("n4").message)).toThrow(expect.objectContaining({ code: "MailboxFull" }));
    expect(() => mailbox.push(mail("l3", "low").message)).toThrow(expect.objectContaining({ code: "MailboxFull" }));
    mailbox.push(mail("h2", "high").message);
    expect(taken(mailbox)).toEqual(["h1", "h2", "n1", "n2"]);
  });

  it("displaces nobody for what would not fit even so", () => {
    const mailbox = make({ bytes: 100 });
    const kept = mail("n", undefined, 60);
    mailbox.push(kept.message);
    const low = mail("l", "low", 30);
    mailbox.push(low.message);
    expect(() => mailbox.push(mail("h", "normal", 50).message)).toThrow(
      expect.objectContaining({ code: "MailboxFull" }),
    );
    expect(low.error()).toBeUndefined();
    mailbox.push(mail("h", "high", 90).message);
    expect([kept.error(), low.error()].map(codeOf)).toEqual(["Overloaded", "Overloaded"]);
  });

  it("lets a displaced one wait outside where others may, before those that came after it", () => {
    const mailbox = make({ messages: 2, overflow: "wait" });
    const low = [mail("l1", "low"), mail("l2", "low"), mail("l3", "low")];
    for (const { message } of low) mailbox.push(message);
    mailbox.push(mail("h1", "high").message);
    expect(low.map(({ error }) => error())).toEqual([undefined, undefined, undefined]);
    expect(taken(mailbox)).toEqual(["h1", "l1", "l2", "l3"]);
  });

  it("drops the oldest of the lowest first, and none above itself", () => {
    const mailbox = make({ messages: 2, overflow: "drop-oldest" });
    const high = mail("h1", "high");
    const low = mail("l1", "low");
    mailbox.push(high.message);
    mailbox.push(low.message);
    mailbox.push(mail("n1").message);
    expect(codeOf(low.error())).toBe("Dropped");
    mailbox.push(mail("h2", "high").message);
    expect(() => mailbox.push(mail("l2", "low").message)).toThrow(expect.objectContaining({ code: "MailboxFull" }));
    expect(high.error()).toBeUndefined();
    expect(taken(mailbox)).toEqual(["h1", "h2"]);
  });

  it("keeps each message once, in the order of its rank, whatever is pushed, taken, given up and handed back", () => {
    const act = fc.oneof(
      fc.record({
        act: fc.constant("push" as const),
        priority: fc.constantFrom<Priority[]>("high", "normal", "low", 7),
      }),
      fc.record({ act: fc.constantFrom("take" as const, "back" as const, "remove" as const) }),
    );
    fc.assert(
      fc.property(
        fc.array(act, { maxLength: 120 }),
        fc.constantFrom<Overflow[]>("refuse", "wait"),
        (acts, overflow) => {
          const mailbox = make({ messages: 8, overflow });
          const out: Message[] = [];
          const there: Message[] = [];
          let made = 0;
          for (const one of acts) {
            if (one.act === "push") {
              const { message } = mail(String(made++).padStart(3, "0"), one.priority);
              try {
                mailbox.push(message);
                there.push(message);
              } catch (error) {
                expect(codeOf(error)).toBe("MailboxFull");
              }
            } else if (one.act === "take") {
              const message = mailbox.take();
              if (message) out.push(message);
            } else if (one.act === "back" && out.length > 0) {
              mailbox.handBack([out.pop()!]);
            } else if (one.act === "remove") {
              const message = there.find((some) => some.line !== undefined && !out.includes(some));
              if (message) {
                mailbox.remove(message);
                message.fail(new Error("given up"));
              }
            }
          }
          const waits = there.filter((message) => !message.settled && !out.includes(message));
          expect(mailbox.size).toBe(waits.length);
          const rest: Message[] = [];
          for (let message = mailbox.take(); message; message = mailbox.take()) rest.push(message);
          expect(rest.map(({ method }) => method).sort()).toEqual(waits.map(({ method }) => method).sort());
          for (const rank of [0, 1, 2, 7]) {
            const of = rest.filter((message) => message.rank === rank).map(({ method }) => method);
            expect(of).toEqual(of.toSorted());
          }
        },
      ),
    );
  });
});

function make({ messages = 1000, bytes = 1e6, overflow = "refuse" as Overflow } = {}): Mailbox {
  return new Mailbox("app/x", { messages, bytes, overflow });
}

function mail(method: string, priority?: Priority, bytes = 10): { message: Message; error: () => unknown } {
  let failed: unknown;
  const answer = {
    deadline: Number.POSITIVE_INFINITY,
    since: undefined,
    count() {},
    resolve() {},
    reject(error: Error) {
      failed = error;
    },
  };
  const sent = { method, options: {}, rank: rankOf(priority), tally: uncounted(), lost() {} };
  return { message: new Message(sent, undefined, [], false, bytes, answer), error: () => failed };
}

function taken(mailbox: Mailbox): string[] {
  const names: string[] = [];
  for (let message = mailbox.take(); message; message = mailbox.take()) names.push(message.method);
  return names;
}

function codeOf(error: unknown): string | undefined {
  return isHoldfastError(error) ? error.code : error === undefined ? undefined : String(error);
}
