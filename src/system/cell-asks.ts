import type { CallOptions } from "../actor/ref.js";
import { encodeError } from "../transport/error-codec.js";
import type { ToHost, ToParent } from "../transport/frames.js";
import { pack, unpack } from "../transport/values.js";
import type { SystemContext } from "./context.js";

type AskFrame = Extract<ToParent, { t: "ask" }>;

/** Asks that the actors of one cell make of others: they go through the parent, which holds the ledger. */
export class CellAsks {
  readonly #context: SystemContext;
  readonly #send: (frame: ToHost) => void;
  readonly #cell: string;
  readonly #open = new Map<number, { actor: number; abort: AbortController }>();

  constructor(context: SystemContext, send: (frame: ToHost) => void, cell: string) {
    this.#context = context;
    this.#send = send;
    this.#cell = cell;
  }

  ask(frame: AskFrame): void {
    const target = this.#context.resolve(frame.path);
    const args = unpack(frame.args, (path) => this.#context.resolve(path)) as unknown[];
    const options: CallOptions = {
      sender: this.#cell,
      idempotent: frame.idempotent,
      ...(frame.key === undefined ? {} : { key: frame.key }),
      ...(frame.timeoutMs < 0 ? {} : { timeout: frame.timeoutMs }),
    };
    if (frame.call === 0) target.tell(frame.method, args, options);
    else
      void this.#forward(frame.actor, frame.call, (signal) => target.ask(frame.method, args, { ...options, signal }));
  }

  drop(call: number): void {
    this.#open.get(call)?.abort.abort();
  }

  /** When the asker dies its asks are cancelled. */
  cancelFor(actor: number): void {
    for (const ask of this.#open.values()) if (ask.actor === actor) ask.abort.abort();
  }

  cancelAll(): void {
    for (const ask of this.#open.values()) ask.abort.abort();
  }

  async #forward(actor: number, call: number, ask: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const abort = new AbortController();
    this.#open.set(call, { actor, abort });
    try {
      const value = pack(await ask(abort.signal), "the result");
      this.#send({ t: "answer", call, outcome: { ok: true, value } });
    } catch (error) {
      this.#send({ t: "answer", call, outcome: { ok: false, error: encodeError(error) } });
    } finally {
      this.#open.delete(call);
    }
  }
}
