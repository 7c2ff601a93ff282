import { POOL_MEMBER_WINDOW } from "../../defaults.js";
import { HoldfastError, messageOf, toError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { Mailbox, type MailboxLimits } from "../../mailbox/mailbox.js";
import type { Message } from "../../mailbox/message.js";
import type { SystemContext } from "../../system/context.js";
import { hasNoKeys } from "../../system/not-an-actor.js";
import type { Ejected } from "../../system/tree.js";
import type { Admission } from "../admission/admission.js";
import type { EjectionLimits } from "../ejection/outliers.js";
import type { Routed } from "../picks/pick.js";
import type { PushRoute } from "../picks/route.js";
import type { Member } from "../pools/member.js";
import type { PoolMail } from "../pools/pool-mail.js";
import { KeyTenures } from "./key-tenures.js";
import { Roster } from "./roster.js";
import type { Seat } from "./seat.js";

export interface RouterOptions {
  readonly context: SystemContext;
  /** The pool's. */
  readonly path: string;
  readonly route: PushRoute;
  /** Of each member's mailbox, and of what is held while no member is up. */
  readonly limits: MailboxLimits;
  /** By place; who has none has 1. */
  readonly weights: readonly number[];
  readonly slowStartMs: number;
  readonly eject: EjectionLimits | undefined;
}

/** What a pick is shown of a message; one for all, since nobody keeps it. */
interface Shown extends Routed {
  method: string;
  key: string | undefined;
  bytes: number;
}

/**
 * Gives each message to a member when it is sent, by a pick; each member has a mailbox of its own.
 *
 *   accept ─▶ pick ─▶ member's mailbox ─▶ …
 *     │                  └─ it crashes, leaves or is ejected: what had not started is picked for again at once, in order
 *     └─ nobody is up: held, bounded as one mailbox, until the first is
 *
 * With keys a member that is down keeps what is its own: it waits there, and moves when the member is given up.
 */
export class Router implements PoolMail {
  readonly shared = undefined;
  gate: Admission | undefined = undefined;
  /** What has not left for a host can still go to another member. */
  readonly window = POOL_MEMBER_WINDOW;
  readonly #options: RouterOptions;
  readonly #roster: Roster;
  /** What waits while nobody is up, and what comes after it with its key. */
  readonly held: Mailbox;
  readonly #tenures: KeyTenures | undefined;
  readonly #shown: Shown = { method: "", key: undefined, bytes: 0 };
  /** Messages are being placed. */
  #busy = false;

  constructor(options: RouterOptions) {
    const { context, path, limits, route } = options;
    this.#options = options;
    this.held = new Mailbox(path, limits, context.mailRoom);
    this.#roster = new Roster(context, options, (seat) => this.#takeBack(seat.member));
    this.#tenures = route.keyed ? new KeyTenures(() => this.#settle()) : undefined;
  }

  get waiting(): number {
    let sum = this.held.size;
    for (const { member } of this.#roster.all) sum += member.waiting;
    return sum;
  }

  /** Whether something waits that a member more could begin at once. */
  get stuck(): boolean {
    return this.waiting > 0;
  }

  ejected(member: Member): Ejected | undefined {
    return this.#roster.ejected(member);
  }

  get capacity(): number {
    return this.#options.limits.messages * Math.max(1, this.#roster.all.length);
  }

  push(message: Message, key: string | undefined): void {
    const { route, path } = this.#options;
    if (key !== undefined && !route.keyed && !route.own) throw hasNoKeys(path, key);
    // Before it is handed on: it may be over at once.
    if (this.#tenures && key !== undefined) message.atItsEnd(() => this.#tenures!.end(message));
    const seat = this.#holds(key) ? undefined : this.#seatFor(message, key);
    if (seat && this.gate !== undefined && !seat.member.free)
      this.gate.judge(message, seat.member.mailbox, seat.member);
    if (seat) this.#put(message, key, seat);
    else this.held.push(message);
  }

  starts(member: Member): void {
    this.#roster.starts(member);
  }

  up(member: Member): void {
    const news = this.#roster.up(member);
    // Some keys are the new one's from now on; without keys it takes its part of what waits.
    if (news || !this.#tenures) {
      for (const seat of this.#roster.all) if (seat.member !== member) this.#takeBack(seat.member);
    }
    this.#settle();
  }

  freed(member: Member, served: boolean): void {
    this.#roster.freed(member, served);
    if (this.held.size > 0) this.#settle();
  }

  failed(member: Member): void {
    this.#roster.failed(member);
  }

  ended(member: Member, guilty: boolean): void {
    const seated = this.#roster.down(member, guilty);
    if (!this.#tenures || !seated) this.#takeBack(member);
  }

  down(): void {}

  /** What it has not begun goes to others. */
  paused(member: Member): void {
    this.#roster.changed();
    this.#takeBack(member);
  }

  /** Its keys come back to it; without keys it takes its part of what waits. */
  resumed(member: Member): void {
    this.#roster.changed();
    for (const seat of this.#roster.all) if (seat.member !== member) this.#takeBack(seat.member);
    this.#settle();
  }

  leaves(member: Member): void {
    this.out(member);
  }

  out(member: Member): void {
    this.#roster.out(member);
    this.#takeBack(member);
  }

  clear(): Message[] {
    return [...this.held.clear(), ...this.#roster.all.flatMap(({ member }) => member.mailbox.clear())];
  }

  gone(member: Member): void {
    this.#takeBack(member);
    this.#roster.leaves(member);
  }

  /** Who gets it; undefined: it has to wait. */
  #seatFor(message: Message, key: string | undefined): Seat | undefined {
    const { route, context } = this.#options;
    const candidates = this.#others(message, key);
    if (candidates.length === 0) return undefined;
    const shown = this.#shown;
    shown.method = message.method;
    shown.key = key;
    shown.bytes = message.bytes;
    const index = route.own ? this.#ownPick(candidates) : route.pick(candidates, shown, context.chance);
    const seat = candidates[index]!;
    const before = key === undefined ? undefined : this.#tenures?.seat(key);
    return before === undefined || before === seat ? seat : undefined;
  }

  /** Those that may be picked: of several calls that are one, each has a member of its own while there are enough. */
  #others({ options: { apart } }: Message, key: string | undefined): readonly Seat[] {
    const all = this.#roster.candidates();
    if (apart === undefined || apart.size === 0 || (key !== undefined && this.#options.route.keyed)) return all;
    const others = all.filter(({ member }) => !apart.has(member));
    return others.length > 0 ? Object.freeze(others) : all;
  }

  /** What a user's function answers is looked at. @throws HoldfastError InvalidSpec */
  #ownPick(candidates: readonly Seat[]): number {
    const { route, context, path } = this.#options;
    const details = { field: `${path}.route` };
    let index: unknown;
    try {
      index = route.pick(candidates, this.#shown, context.chance);
    } catch (thrown) {
      const text = `${path}.route threw: ${messageOf(thrown)}`;
      throw new HoldfastError("InvalidSpec", text, { cause: toError(thrown), details });
    }
    if (typeof index === "number" && Number.isInteger(index) && index >= 0 && index < candidates.length) return index;
    const fix = `return an index from 0 to ${candidates.length - 1}`;
    throw new HoldfastError("InvalidSpec", `${path}.route returned ${shown(index)}: ${fix}`, { details });
  }

  #put(message: Message, key: string | undefined, picked: Seat): void {
    const { route, limits } = this.#options;
    let seat = picked;
    if (!hasRoom(picked, message) && limits.overflow === "refuse" && message.bytes <= limits.bytes) {
      // A key has no other place.
      const other = key !== undefined && route.keyed ? undefined : this.#roster.emptiest(message);
      if (!other) throw this.#full(picked, key);
      seat = other;
    }
    if (key !== undefined) this.#tenures?.begin(message, key, seat);
    try {
      this.#roster.begins(seat);
      message.options.apart?.add(seat.member);
      seat.member.receive(message);
    } catch (refused) {
      this.#tenures?.end(message);
      throw refused;
    }
  }

  /** What had not started at a member is placed anew; where it has snapshots, what rebuilds its state stays. */
  #takeBack({ mailbox }: Member): void {
    if (mailbox.size > 0) {
      const all = mailbox.clear();
      mailbox.handBack(all.filter(({ replay }) => replay));
      this.#placing(() => {
        const messages = all.filter(({ replay }) => !replay);
        for (const message of messages) this.#tenures?.end(message);
        this.#place(messages);
      });
    }
    this.#settle();
  }

  /** Tries again what is held. */
  #settle(): void {
    if (this.#busy || this.held.size === 0) return;
    this.#placing(() => this.#place(this.held.clear()));
  }

  /** What ends meanwhile asks for no other round. */
  #placing(place: () => void): void {
    const outer = this.#busy;
    this.#busy = true;
    try {
      place();
    } finally {
      this.#busy = outer;
    }
  }

  /** In order. They were accepted once: what no one has room for is held, and what comes after it with its key. */
  #place(messages: readonly Message[]): void {
    const later: Message[] = [];
    const heldKeys = new Set<string>();
    for (const message of messages) {
      const { key } = message.options;
      const keyed = key !== undefined && this.#tenures !== undefined;
      try {
        const seat = keyed && heldKeys.has(key) ? undefined : this.#seatFor(message, key);
        if (seat && hasRoom(seat, message)) {
          this.#put(message, key, seat);
          continue;
        }
        later.push(message);
        if (keyed) heldKeys.add(key);
      } catch (error) {
        message.fail(toError(error));
      }
    }
    this.held.handBack(later);
  }

  /** Mail of this key waits for its place already, and goes first. */
  #holds(key: string | undefined): boolean {
    if (key === undefined || !this.#tenures || this.held.size === 0) return false;
    return this.held.has(({ options }) => options.key === key);
  }

  #full({ member, record }: Seat, key: string | undefined): HoldfastError {
    const { path, limits } = this.#options;
    const { serviceMs } = record;
    const whose =
      key === undefined ? `all mailboxes of ${path} are full` : `${member.path}, whose "${key}" is, is full`;
    return new HoldfastError("MailboxFull", `${whose}: ${limits.messages} messages or ${limits.bytes} bytes each`, {
      ...(serviceMs === undefined ? {} : { retryAfterMs: Math.ceil(serviceMs) }),
      details: { messages: limits.messages, bytes: limits.bytes },
    });
  }
}

/** What it would be given need not be refused. */
function hasRoom({ member: { mailbox } }: Seat, message: Message): boolean {
  const { limits } = mailbox;
  return (
    (mailbox.size < limits.messages && mailbox.bytes + message.bytes <= limits.bytes) || mailbox.displaces(message)
  );
}
