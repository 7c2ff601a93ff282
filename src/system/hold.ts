import type { Message } from "../mailbox/message.js";
import { heldBack, takesNoMore } from "./not-an-actor.js";

/** What an operator can keep new mail away from, and give back. */
export interface Holdable {
  /** It takes nothing new, what it has it finishes; until `resume`. @param by who wants it so, for people */
  pause(by: string): void;
  /** @returns whether it was paused */
  resume(): boolean;
  readonly paused: boolean;
}

/** Whether a group takes new mail: not while the system stops, nor while an operator has drained it. */
export class Hold implements Holdable {
  /** The system stops: only what its own actors ask of each other is taken, since it belongs to work already taken. */
  draining = false;
  /** Who has drained it by hand. */
  by: string | undefined = undefined;

  get paused(): boolean {
    return this.by !== undefined;
  }

  get shut(): boolean {
    return this.draining || this.by !== undefined;
  }

  pause(by: string): void {
    this.by = by;
  }

  resume(): boolean {
    const was = this.by !== undefined;
    this.by = undefined;
    return was;
  }

  /** @throws HoldfastError Draining, Unavailable: why nothing is taken now */
  admit(path: string, inner: boolean): void {
    if (this.draining && !inner) throw takesNoMore(path);
    if (this.by !== undefined) throw heldBack(path, this.by);
  }
}

/** What an actor sends itself is part of the work that it has. */
export function isOwn(message: Message, path: string): boolean {
  return message.asker?.path === path;
}
