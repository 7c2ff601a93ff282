import { HoldfastError } from "../../errors.js";
import type { MailboxLimits } from "../../mailbox/mailbox.js";
import type { ChildRules } from "../../supervision/spec.js";
import { ActorHandle } from "../../system/actor/actor-handle.js";
import type { HandleOptions } from "../../system/actor/handle-options.js";
import type { SystemContext } from "../../system/context.js";
import type { Remains } from "../../system/death/after-death.js";
import type { DeathCause } from "../../system/death/report.js";

/** Whose handle it is: the actor of one key. */
export interface KeyOwner {
  readonly above: string;
  readonly name: string;
  readonly path: string;
  readonly key: string;
  readonly context: SystemContext;
  readonly options: HandleOptions & { readonly mailbox: MailboxLimits };
  readonly rules: ChildRules;
  onUp(): void;
  onOver(remains: Remains): void;
  onHung(cause: DeathCause): void;
  onServed(): void;
}

/** The handle of a key's actor, which has it beside itself: such an actor stands also where it has no place in a cell. */
export class KeyHandle extends ActorHandle {
  readonly props = undefined;
  readonly #owner: KeyOwner;

  constructor(owner: KeyOwner) {
    super(owner.options.sharedMailbox);
    this.#owner = owner;
  }

  get above(): string {
    return this.#owner.above;
  }

  get name(): string {
    return this.#owner.name;
  }

  protected get called(): string {
    return this.#owner.name;
  }

  override get path(): string {
    return this.#owner.path;
  }

  get key(): string {
    return this.#owner.key;
  }

  get context(): SystemContext {
    return this.#owner.context;
  }

  get options(): HandleOptions {
    return this.#owner.options;
  }

  get limits(): MailboxLimits {
    return this.#owner.options.mailbox;
  }

  get rules(): ChildRules {
    return this.#owner.rules;
  }

  async spawn(): Promise<never> {
    const fix = "let an actor of its own spawn for the keys, and give them a ref to that";
    throw new HoldfastError("InvalidSpec", `${this.path}: the actor of a key has no children: ${fix}`);
  }

  protected onUp(): void {
    this.#owner.onUp();
  }

  protected onOver(remains: Remains): void {
    this.#owner.onOver(remains);
  }

  protected onHung(cause: DeathCause): void {
    this.#owner.onHung(cause);
  }

  protected onServed(): void {
    this.#owner.onServed();
  }

  /** Keys hear of it from their cell. */
  protected onLost(): void {}
}
