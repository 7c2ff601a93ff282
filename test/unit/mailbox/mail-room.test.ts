import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIGHT_MAIL_BYTES } from "../../../src/defaults.js";
import { MailRoom } from "../../../src/mailbox/mail-room.js";
import { Mailbox, type MailboxLimits } from "../../../src/mailbox/mailbox.js";
import { Mail } from "./mail.js";

const MB = 1024 * 1024;

const box = (room: MailRoom, limits: Partial<MailboxLimits> = {}) =>
  new Mailbox("app/x", { messages: 10_000, bytes: 64 * MB, overflow: "refuse", ...limits }, room);

/** @returns whether it was taken */
function push(mailbox: Mailbox, bytes: number): boolean {
  try {
    mailbox.push(new Mail("m", { bytes }));
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: "MailboxFull", retryable: true });
    return false;
  }
}

describe("the mailboxes of one system", () => {
  it("refuse by name what could never fit, instead of asking to try again", () => {
    const room = new MailRoom(8 * MB);
    const never = () => box(room).push(new Mail("m", { bytes: 9 * MB }));
    expect(never).toThrow(/can never fit the mailbox of app\/x \(8388608 bytes\): raise the system's memory\.mailMb/);
  });

  it("each have all the room while the others are light", () => {
    const room = new MailRoom(8 * MB);
    const [one, other] = [box(room), box(room)];
    push(other, MB / 2);
    for (let i = 0; i < 8; i++) expect(push(one, MB)).toBe(true);
    expect(push(one, MB)).toBe(false);
    expect(() => one.push(new Mail("m", { bytes: MB }))).toThrow(/its share of memory\.mailMb, 8388608/);
  });

  it("take from a flood: who comes later has its share all the same, and a light one is never refused", () => {
    const room = new MailRoom(8 * MB);
    const [flood, late, light] = [box(room), box(room), box(room)];
    while (push(flood, MB));
    for (let i = 0; i < 4; i++) expect(push(late, MB)).toBe(true);
    expect(push(late, MB)).toBe(false);
    for (let i = 0; i < 1024; i++) expect(push(light, 1024)).toBe(true);
    flood.take();
    expect(push(flood, MB)).toBe(false);
    late.clear();
    expect(push(flood, MB)).toBe(true);
  });

  it("drop the oldest of their own for their share, and let wait outside only within it", () => {
    const room = new MailRoom(4 * MB);
    const flood = box(room);
    while (push(flood, MB));
    const dropping = box(room, { overflow: "drop-oldest" });
    for (let i = 0; i < 6; i++) expect(push(dropping, MB)).toBe(true);
    expect(dropping.bytes).toBe(2 * MB);
    const waiting = box(room, { overflow: "wait", messages: 1 });
    expect(push(waiting, MB)).toBe(true);
    expect(push(waiting, MB)).toBe(false);
  });

  it("hold no more than twice the total, the light ones apart, whatever comes and goes", () => {
    const step = fc.record({
      who: fc.nat(11),
      bytes: fc.integer({ min: 1, max: MB }),
      takes: fc.constantFrom(true, false, false, false),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 60, maxLength: 200 }), (steps) => {
        const room = new MailRoom(10 * MB);
        const boxes = Array.from({ length: 12 }, () => box(room));
        for (const { who, bytes, takes } of steps) {
          if (takes) boxes[who]!.take();
          else push(boxes[who]!, bytes);
          const heavy = boxes.map((one) => one.bytes).filter((held) => held > LIGHT_MAIL_BYTES);
          expect(heavy.reduce((sum, held) => sum + held, 0)).toBeLessThanOrEqual(20 * MB);
        }
      }),
    );
  });
});
