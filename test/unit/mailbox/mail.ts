import { Message, type Outcome } from "../../../src/mailbox/message.js";
import { Meter } from "../../../src/mailbox/meter.js";
import { Tally } from "../../../src/mailbox/tally.js";

interface MailInit {
  readonly bytes?: number;
  readonly args?: unknown[];
  readonly deadline?: number;
  readonly onSettled?: (outcome: Outcome) => void;
}

/** Where nobody looks at what is counted. */
export function uncounted(): Tally {
  return new Tally(new Meter(() => 0));
}

/** A message for a test, which hears of its outcome. */
export class Mail extends Message {
  constructor(method: string, { args = [], bytes = 10, deadline, onSettled }: MailInit = {}) {
    super({ method, options: { sender: "test" }, tally: uncounted(), lost() {} }, args[0], args, false, bytes, {
      deadline: deadline ?? Number.POSITIVE_INFINITY,
      since: undefined,
      count() {},
      resolve: (value) => onSettled?.({ ok: true, value }),
      reject: (error) => onSettled?.({ ok: false, error }),
    });
  }
}
