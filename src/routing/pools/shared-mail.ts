import { POOL_MEMBER_WINDOW } from "../../defaults.js";
import type { MailRoom } from "../../mailbox/mail-room.js";
import { Mailbox, type MailboxLimits } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import { hasNoKeys } from "../../system/not-an-actor.js";
import type { Admission } from "../admission/admission.js";
import type { Member } from "./member.js";
import type { PoolMail } from "./pool-mail.js";

/** One mailbox for all: a message waits for the first member that has room. What is sent in order begins in order. */
export class SharedMail implements PoolMail {
  readonly shared: SharedMailbox;
  readonly window = POOL_MEMBER_WINDOW;
  readonly #path: string;
  /** Members that have room, the one that was freed last at the end: its caches are warm, and others can idle out. */
  readonly #free: Member[] = [];

  constructor(path: string, limits: MailboxLimits, room: MailRoom) {
    this.#path = path;
    this.shared = new SharedMailbox(path, limits, room, () => this.#pump());
  }

  get gate(): Admission | undefined {
    return this.shared.gate;
  }

  set gate(gate: Admission | undefined) {
    this.shared.gate = gate;
  }

  get held(): Mailbox {
    return this.shared;
  }

  get waiting(): number {
    return this.shared.size;
  }

  get capacity(): number {
    return this.shared.limits.messages;
  }

  get stuck(): boolean {
    return !this.shared.empty;
  }

  push(message: Message, key: string | undefined): void {
    if (key !== undefined) throw hasNoKeys(this.#path, key);
    const { shared } = this;
    if (shared.gate !== undefined && (this.#free.length === 0 || !shared.empty)) shared.gate.judge(message, shared);
    shared.push(message);
    this.#pump();
  }

  clear(): Message[] {
    return this.shared.clear();
  }

  starts(): void {}

  up(member: Member): void {
    this.freed(member);
  }

  freed(member: Member): void {
    if (member.inLine || !member.free) return;
    member.inLine = true;
    this.#free.push(member);
  }

  failed(): void {}

  down(): void {}

  ended(): void {}

  paused(member: Member): void {
    if (member.inLine) this.#isBusy(member);
  }

  resumed(member: Member): void {
    this.freed(member);
    this.#pump();
  }

  leaves(): void {}

  out(): void {}

  gone(): void {}

  #pump(): void {
    const free = this.#free;
    for (let i = free.length - 1; i >= 0 && !this.shared.empty; i--) {
      const member = free[i];
      // A listener that heard of a message lost on the way has sent another, and taken some of them.
      if (!member) continue;
      member.pump();
      if (!member.free) this.#isBusy(member);
    }
  }

  #isBusy(member: Member): void {
    const at = this.#free.lastIndexOf(member);
    member.inLine = false;
    if (at < 0) return;
    const last = this.#free.pop()!;
    if (last !== member) this.#free[at] = last;
  }
}

/** What a dying or stopped member hands back is offered to the others at once: they may be idle. */
class SharedMailbox extends Mailbox {
  gate: Admission | undefined = undefined;
  readonly #onHandedBack: () => void;

  constructor(owner: string, limits: MailboxLimits, room: MailRoom, onHandedBack: () => void) {
    super(owner, limits, room);
    this.#onHandedBack = onHandedBack;
  }

  override handBack(messages: readonly Message[]): void {
    super.handBack(messages);
    if (messages.length > 0) this.#onHandedBack();
  }

  /** A busy member tries no suspect: when that is given up, what waited behind it can go on. */
  override remove(message: Message): void {
    super.remove(message);
    if (message.suspect) queueMicrotask(this.#onHandedBack);
  }
}
