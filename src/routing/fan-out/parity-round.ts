import { onAbort } from "../../actor/on-abort.js";
import type { Timer } from "../../clock.js";
import { DEFAULT_ASK_TIMEOUT } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import { type ErrorCode, HoldfastError, isHoldfastError, toError } from "../../errors.js";
import type { InnerCallOptions } from "../../system/sent.js";
import { ordinary } from "../../transport/ordinary.js";
import type { Member } from "../pools/member.js";
import { copies, copyOf, type FanOut, noStream } from "./fan-out.js";
import { ParityGroup } from "./parity-group.js";

/** Where another member's answer would be no better: the call itself is at fault, or nobody waits any more. */
const ownFault: readonly ErrorCode[] = [
  "Refused",
  "InvalidValue",
  "UnknownMethod",
  "Cancelled",
  "Timeout",
  "TensorMisused",
  "Deadlock",
];

interface Caller {
  readonly member: Member;
  readonly deadline: number;
  readonly abort: AbortController;
  readonly forget: (() => void) | undefined;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Its own ask has failed with this, and it waits for the others'. */
  error: Error | undefined;
  limit: Timer | undefined;
  settled: boolean;
}

/** The asks of one parity group on their way: each at another member, and the parity ask at one more. */
export class ParityRound {
  readonly #fanOut: FanOut;
  readonly #method: string;
  /** As many asks as fit, and the last for the parity ask. */
  readonly #members: readonly Member[];
  readonly #group = new ParityGroup();
  readonly #callers: Caller[] = [];
  readonly #parity = new AbortController();
  readonly #timer: Timer;
  readonly #onClosed: () => void;
  #options: InnerCallOptions = {};
  #closed = false;
  /** No answer can be made of the others: the parity ask failed, or there is none. */
  #bare = false;

  /**
   * @param members two or more
   * @param waitMs for so long it takes asks
   * @param onClosed it takes no more
   */
  constructor(fanOut: FanOut, method: string, members: readonly Member[], waitMs: number, onClosed: () => void) {
    this.#fanOut = fanOut;
    this.#method = method;
    this.#members = members;
    this.#onClosed = onClosed;
    // Those who wait have deadlines of their own; the group alone is no reason for a process to live on.
    this.#timer = fanOut.context.clock.after(waitMs, () => this.close(), { background: true });
  }

  ask(args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { context, path } = this.#fanOut;
    const timeoutMs = milliseconds(options.timeout ?? DEFAULT_ASK_TIMEOUT, "timeout");
    const each = copies(this.#fanOut, args);
    // A copy: what the caller has lent, or changes later, is not to be in the parity ask.
    const at = this.#group.add(each());
    const member = this.#members[at]!;
    const abort = new AbortController();
    const { signal } = options;
    this.#options = options;
    return new Promise((resolve, reject) => {
      const forget = signal && onAbort(signal, () => abort.abort(signal.reason));
      const deadline = context.clock.now() + timeoutMs;
      const rest = { error: undefined, limit: undefined, settled: false };
      this.#callers.push({ member, deadline, abort, forget, resolve, reject, ...rest });
      const asked = async () => {
        const answer = await member.target.ask(this.#method, each(), { ...options, signal: abort.signal });
        const value = ordinary(noStream(path, this.#method, answer));
        // It is part of what others may be made of, and its receiver may change what it gets.
        return { value, given: copyOf(this.#fanOut, value) };
      };
      asked().then(
        ({ value, given }) => this.#answered(at, value, given),
        (error: unknown) => this.#lost(at, toError(error)),
      );
      if (this.#callers.length === this.#members.length - 1) this.close();
    });
  }

  /** The parity ask goes out; a loss from here on can be made good. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer.cancel();
    this.#onClosed();
    // Nobody is left for whom there could be anything to make good.
    if (this.#callers.every(({ settled }) => settled)) return;
    let input: unknown[];
    try {
      input = this.#group.close() as unknown[];
    } catch {
      this.#unprotected();
      return;
    }
    const { context, path } = this.#fanOut;
    const timeout = Math.max(1, ...this.#callers.map(({ deadline }) => deadline - context.clock.now()));
    const options = { ...this.#options, timeout, signal: this.#parity.signal, idempotent: true };
    const { target } = this.#members.at(-1)!;
    const asked = async () => ordinary(noStream(path, this.#method, await target.ask(this.#method, input, options)));
    asked().then(
      (value) => {
        this.#group.answeredParity(value);
        this.#rebuild();
      },
      () => this.#unprotected(),
    );
  }

  #answered(at: number, value: unknown, given: unknown): void {
    this.#group.answered(at, value);
    const caller = this.#callers[at]!;
    if (!caller.settled) this.#settle(caller, () => caller.resolve(given));
    this.#rebuild();
  }

  #lost(at: number, error: Error): void {
    const caller = this.#callers[at]!;
    if (caller.settled) return;
    this.#group.lost(at);
    const { clock } = this.#fanOut.context;
    const fail = () => this.#settle(caller, () => caller.reject(error));
    if (isHoldfastError(error) && ownFault.includes(error.code)) {
      fail();
      this.#giveUp();
      return;
    }
    caller.error = error;
    caller.limit = clock.after(Math.max(0, caller.deadline - clock.now()), fail);
    this.close();
    this.#giveUp();
    this.#rebuild();
  }

  #rebuild(): void {
    let rebuilt: ReturnType<ParityGroup["rebuilt"]>;
    let given: unknown;
    try {
      rebuilt = this.#group.rebuilt();
      given = rebuilt && copyOf(this.#fanOut, rebuilt.value);
    } catch {
      this.#unprotected();
      return;
    }
    if (!rebuilt) return;
    const caller = this.#callers[rebuilt.at]!;
    this.#group.answered(rebuilt.at, rebuilt.value);
    if (caller.settled) return;
    const why = caller.error === undefined ? "late" : "lost";
    this.#settle(caller, () => caller.resolve(given));
    caller.abort.abort(new HoldfastError("Cancelled", `${this.#fanOut.path}: its answer was made of the others'`));
    const { path, context } = this.#fanOut;
    const of = this.#callers.length;
    context.events.emit({ type: "rebuilt", path, method: this.#method, member: caller.member.name, why, of });
  }

  #unprotected(): void {
    this.#bare = true;
    this.#giveUp();
  }

  /** Those whose answer cannot be made of the others' any more hear their own error. */
  #giveUp(): void {
    if (!this.#bare && this.#group.hopeful) return;
    for (const caller of this.#callers) {
      const { error, settled } = caller;
      if (error && !settled) this.#settle(caller, () => caller.reject(error));
    }
  }

  #settle(caller: Caller, tell: () => void): void {
    caller.settled = true;
    caller.limit?.cancel();
    caller.forget?.();
    tell();
    // Nobody needs the parity: queued it leaves the queue.
    if (this.#closed && this.#callers.every(({ settled }) => settled)) {
      this.#parity.abort(new HoldfastError("Cancelled", `${this.#fanOut.path}: every answer is there`));
    }
  }
}
