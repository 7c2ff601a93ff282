import { Message, type Outcome } from "../../../src/mailbox/message.js";

interface MailInit {
  readonly bytes?: number;
  readonly args?: unknown[];
  readonly deadline?: number;
  readonly onSettled?: (outcome: Outcome) => void;
}

/** A message for a test, which hears of its outcome. */
export class Mail extends Message {
  readonly ask = true;
  readonly #init: MailInit;

  constructor(method: string, init: MailInit = {}) {
    super(method, init.args ?? [], false, init.bytes ?? 10, { sender: "test" });
    this.#init = init;
  }

  override get deadline(): number {
    return this.#init.deadline ?? Number.POSITIVE_INFINITY;
  }

  protected override heard(outcome: Outcome): void {
    this.#init.onSettled?.(outcome);
  }
}
