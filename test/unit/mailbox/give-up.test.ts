import { describe, expect, it } from "vitest";
import type { Outcome } from "../../../src/mailbox/message.js";
import { type Holder, MessageList } from "../../../src/mailbox/message-list.js";
import { Mail } from "./mail.js";

/** A message whose host has answered, while this thread was too busy to look. */
function answered() {
  const outcomes: Outcome[] = [];
  const cancelled: unknown[] = [];
  const mail = new Mail("m", { onSettled: (outcome) => outcomes.push(outcome) });
  const holder: Holder = {
    remove() {},
    hear: () => void mail.succeed("the answer"),
    begun: () => true,
    cancel: (message) => cancelled.push(message),
  };
  new MessageList(holder).append(mail, "delivered");
  return { mail, outcomes, cancelled };
}

describe("a message whose answer is there unheard", () => {
  it("is no Timeout: what its host has said is taken up first", () => {
    const { mail, outcomes, cancelled } = answered();
    mail.giveUp("Timeout", "no answer within 5 ms");
    expect([outcomes, cancelled]).toEqual([[{ ok: true, value: "the answer" }], []]);
  });

  it("is Cancelled when its caller wants it no more", () => {
    const { mail, outcomes, cancelled } = answered();
    mail.giveUp("Cancelled", "the caller gave up");
    expect(outcomes).toMatchObject([{ ok: false, error: { code: "Cancelled" } }]);
    expect(cancelled).toEqual([mail]);
  });
});
