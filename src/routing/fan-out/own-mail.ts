import { DEFAULT_WINDOW } from "../../defaults.js";
import { HoldfastError } from "../../errors.js";
import type { Message } from "../../mailbox/message.js";
import { hasNoKeys } from "../../system/not-an-actor.js";
import type { Member } from "../pools/member.js";
import type { PoolMail } from "../pools/pool-mail.js";

/**
 * Each member has the mail that was sent to it by name, and nobody else's: what waits before one that crashed waits for its
 * return, and fails where it leaves or is given up.
 */
export class OwnMail implements PoolMail {
  readonly shared = undefined;
  readonly held = undefined;
  /** Nobody else could take it. */
  readonly window = DEFAULT_WINDOW;
  /** A member more would begin none of it. */
  readonly stuck = false;
  readonly #path: string;
  readonly #each: number;
  readonly #members = new Set<Member>();

  /** @param each messages that may wait before one member */
  constructor(path: string, each: number) {
    this.#path = path;
    this.#each = each;
  }

  get waiting(): number {
    let sum = 0;
    for (const member of this.#members) sum += member.waiting;
    return sum;
  }

  get capacity(): number {
    return this.#each * Math.max(1, this.#members.size);
  }

  /** For one of them: the least loaded. */
  push(message: Message, key: string | undefined): void {
    if (key !== undefined) throw hasNoKeys(this.#path, key);
    const [member] = leastLoaded([...this.#members].filter(({ leaving, heldBy }) => !leaving && heldBy === undefined));
    if (!member) throw noMembers(this.#path);
    member.accept(message);
  }

  clear(): Message[] {
    return [...this.#members].flatMap(({ mailbox }) => mailbox.clear());
  }

  starts(member: Member): void {
    this.#members.add(member);
  }

  up(): void {}

  freed(): void {}

  failed(): void {}

  down(): void {}

  ended(): void {}

  /** What waits for it is nobody else's: it finishes that. */
  paused(): void {}

  resumed(): void {}

  leaves(member: Member): void {
    this.#fail(member, () => new HoldfastError("ActorStopped", `${member.path} leaves its pool`));
  }

  out(member: Member): void {
    const why = `${member.path} stays down until a restart by hand: app.tree() shows why`;
    this.#fail(member, () => new HoldfastError("Unavailable", why));
  }

  gone(member: Member): void {
    this.leaves(member);
    this.#members.delete(member);
  }

  #fail({ mailbox }: Member, why: () => HoldfastError): void {
    for (const message of mailbox.clear()) message.fail(why());
  }
}

/** Those that are up first, and of them those with the fewest messages. */
export function leastLoaded(members: readonly Member[]): Member[] {
  const load = ({ waiting, executing }: Member) => waiting + executing;
  return [...members].sort((a, b) => Number(b.up) - Number(a.up) || load(a) - load(b));
}

/** A pool that was resized to nothing, or has not begun. */
export function noMembers(path: string): HoldfastError {
  return new HoldfastError("Unavailable", `${path} has no members: resize it`);
}
