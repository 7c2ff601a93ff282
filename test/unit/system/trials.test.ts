import { expect, it } from "vitest";
import { firstAt } from "../../../src/host/actor-number.js";
import { ActorTable } from "../../../src/host/actor-table.js";
import { Mailbox } from "../../../src/mailbox/mailbox.js";
import type { CellMember } from "../../../src/system/cell/cell-member.js";
import { Trials } from "../../../src/system/cell/trials.js";
import { Mail } from "../mailbox/mail.js";

/** Members of one cell, each with mail of its own; what is handed over is listed. */
function cell(apart = false) {
  const members = new ActorTable<CellMember>();
  const handed: string[] = [];
  const trials = new Trials({}, members, apart, () => {});
  const member = (entry: number, executing = 0, changing = false) => {
    const mailbox = new Mailbox(`${entry}`, { messages: 10, bytes: 1e6, overflow: "refuse" });
    const one = {
      id: firstAt(entry),
      executing,
      changing,
      get holdsSuspect() {
        return mailbox.next?.suspect === true;
      },
      pump() {
        for (let next = mailbox.next; next && trials.admits(one, next); next = mailbox.next) {
          mailbox.take();
          next.place = "delivered";
          handed.push(next.method);
        }
      },
    } as CellMember;
    members.add(one);
    const send = (method: string, suspect = false) => {
      const message = new Mail(method);
      message.suspect = suspect;
      mailbox.push(message);
      one.pump();
      return message;
    };
    return { send };
  };
  return { member, handed };
}

it("who waits behind a suspect that waits for others goes on when it is given up", async () => {
  const { member, handed } = cell();
  member(0, 0, true);
  const suspects = [member(1).send("first", true), member(2).send("second", true)];
  member(3).send("bystander");
  expect(handed).toEqual([]);
  suspects[0]!.giveUp("Cancelled", "the caller left");
  await Promise.resolve();
  // The other is still there, and comes before it.
  expect(handed).toEqual([]);
  suspects[1]!.giveUp("Timeout", "too late");
  await Promise.resolve();
  expect(handed).toEqual(["bystander"]);
});

it.each([false, true])(
  "so does what stands behind it in the same mailbox (members that die apart: %s)",
  async (apart) => {
    const { member, handed } = cell(apart);
    const busy = member(0, 1);
    const suspect = busy.send("suspect", true);
    busy.send("behind it");
    expect(handed).toEqual([]);
    suspect.giveUp("Cancelled", "the caller left");
    await Promise.resolve();
    expect(handed).toEqual(["behind it"]);
  },
);
