import { Message, type Outcome } from "../../../src/mailbox/message.js";

interface MailInit {
  readonly bytes?: number;
  readonly args?: unknown[];
  readonly deadline?: number;
  readonly onSettled?: (outcome: Outcome) => void;
}

/** A message for a test, which hears of its outcome. */
export class Mail extends Message {
  constructor(method: string, { args = [], bytes = 10, deadline, onSettled }: MailInit = {}) {
    super({ method, options: { sender: "test" }, lost() {} }, args[0], args, false, bytes, {
      deadline: deadline ?? Number.POSITIVE_INFINITY,
      count() {},
      resolve: (value) => onSettled?.({ ok: true, value }),
      reject: (error) => onSettled?.({ ok: false, error }),
    });
  }
}
