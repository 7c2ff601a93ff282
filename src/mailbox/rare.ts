import type { Message } from "./message.js";
import type { MessageTrace } from "./message-trace.js";

/** A death that a message was charged with. */
export interface Charge {
  /** The number of its report. */
  readonly report: number;
  /** In one line. */
  readonly cause: string;
}

/** Where a tell is kept that outlives the process. */
export interface MailPlace {
  /** It has failed. @returns whether it is kept all the same: then nobody has lost it */
  failed(message: Message, error: Error): boolean;
  /** It is blamed for a death, and tried again. */
  charged(message: Message): void;
}

/** What few messages need. */
export class Rare {
  deaths = 0;
  replay = false;
  sequence = 0;
  suspect = false;
  mail: MailPlace | undefined = undefined;
  charges: Charge[] | undefined = undefined;
  partsDelivered = 0;
  onPart: ((value: unknown) => void) | undefined = undefined;
  onConsumed: (() => void) | undefined = undefined;
  end: (() => void) | undefined = undefined;
  trace: MessageTrace | undefined = undefined;

  /** One thing more is to be done at its end. */
  also(end: () => void): void {
    const { end: before } = this;
    this.end = before
      ? () => {
          before();
          end();
        }
      : end;
  }

  /** It settles now. @param error undefined: with a value */
  over(error: Error | undefined): void {
    this.end?.();
    this.trace?.settled(error);
  }
}
