import { onAbort } from "../actor/on-abort.js";
import type { Timer } from "../clock.js";
import { HoldfastError, isHoldfastError } from "../errors.js";
import { NumberMap } from "../number-map.js";
import type { ServerFrame } from "../protocol/frames.js";
import { fromWire } from "../protocol/values.js";
import { fromWireError } from "../protocol/wire-error.js";
import { type Answer, Call, type CallSpec } from "./call.js";
import type { Link } from "./link.js";
import type { ClientSettings } from "./options.js";

/** Bytes in the socket's own buffer above which calls wait here, where they can still be given up. */
const SOCKET_BUFFER = 4 * 1024 * 1024;
const LOOK_AGAIN_MS = 20;

/**
 * The client's ledger: every call settles once, whatever happens to connections.
 *
 *   ask ─▶ queue (bounded) ─▶ socket ─▶ answer
 *            ▲                   │ drop
 *            └─ idempotent ──────┴─▶ ConnectionLost
 */
export class Calls {
  readonly #settings: ClientSettings;
  readonly #link: () => Link;
  readonly #nextId: () => number;
  readonly #onQuiet: () => void;
  /** Every call without an outcome. */
  readonly #open = new NumberMap<Call>();
  readonly #queue: Call[] = [];
  #queuedBytes = 0;
  #written = 0;
  #retry: Timer | undefined;

  constructor(settings: ClientSettings, link: () => Link, nextId: () => number, onQuiet: () => void) {
    this.#settings = settings;
    this.#link = link;
    this.#nextId = nextId;
    this.#onQuiet = onQuiet;
  }

  /** Calls that a server may be working on. */
  get written(): number {
    return this.#written;
  }

  make(spec: CallSpec, signal?: AbortSignal): Answer {
    const id = this.#nextId();
    const window = this.#link().welcome?.limits.streamWindow ?? 1;
    let forgetSignal: (() => void) | undefined;
    const giveUp = () => this.#giveUp(call, cancelled(`${spec.name} was cancelled by its caller`, signal));
    const call: Call = new Call(
      id,
      spec,
      { window, grant: (n) => void this.#link().send({ type: "credit", id, n }), leave: giveUp },
      (from) => {
        forgetSignal?.();
        this.#forget(call, from === "queued");
      },
    );
    this.#open.set(id, call);
    const refused = this.#refusal(spec, signal);
    if (refused) {
      call.fail(refused);
      return call.answer;
    }
    forgetSignal = signal && onAbort(signal, giveUp);
    const leftMs = spec.deadline - this.#settings.clock.now();
    if (leftMs !== Infinity) call.timer = this.#settings.clock.after(leftMs, () => this.#late(call));
    this.#enqueue(call);
    this.pump();
    return call.answer;
  }

  /** Writes what waits, as far as the server's window and the socket's buffer go. */
  pump(): void {
    const link = this.#link();
    while (this.#queue.length > 0 && link.ready && this.#written < link.welcome!.limits.maxInFlight) {
      if (link.unsent > SOCKET_BUFFER) {
        this.#retry ??= this.#settings.clock.after(LOOK_AGAIN_MS, () => {
          this.#retry = undefined;
          this.pump();
        });
        return;
      }
      const call = this.#queue.shift()!;
      this.#queuedBytes -= call.spec.bytes;
      this.#write(call, link);
    }
  }

  /** An answer, or a piece of one; of a call that was given up it is ignored. */
  receive(frame: ServerFrame): void {
    const call = "id" in frame && frame.id !== undefined ? this.#open.get(frame.id) : undefined;
    if (!call) return;
    switch (frame.type) {
      case "result":
        this.#guard(call, () => call.value(fromWire(frame.value, "binary", "value")));
        break;
      case "part":
        this.#guard(call, () => call.part(fromWire(frame.value, "binary", "value")));
        break;
      case "end":
        call.end();
        break;
      case "error":
        this.#failed(call, fromWireError(frame.error));
        break;
    }
  }

  /** A server that had begun to drain has not taken it: another one may, where one will be tried. */
  #failed(call: Call, error: HoldfastError): void {
    const { reconnects } = this.#settings;
    if (reconnects && isHoldfastError(error, "Draining") && call.phase === "written") this.#requeue(call);
    else call.fail(error);
  }

  /** The connection is gone. What a server may have seen is repeated only where that does no harm. */
  dropped(lost: HoldfastError, again: boolean): void {
    // The last one made comes first: each goes before those that wait already.
    for (const call of [...this.#open.values()].sort((one, other) => other.id - one.id)) {
      if (call.phase === "queued") {
        if (!again) call.fail(new HoldfastError(lost.code, lost.message, { retryable: !call.wasWritten, cause: lost }));
      } else if (call.phase === "written" && again && call.spec.idempotent()) {
        this.#requeue(call);
      } else {
        call.fail(lostError(call, lost));
      }
    }
  }

  #refusal(spec: CallSpec, signal: AbortSignal | undefined): HoldfastError | undefined {
    const { maxQueued, maxBuffered } = this.#settings;
    const closed = this.#link().closedBy;
    if (closed)
      return new HoldfastError(closed.code, `${spec.name}: ${closed.message}`, { retryable: false, cause: closed });
    if (signal?.aborted) return cancelled(`${spec.name} was cancelled before it was sent`, signal);
    // One message always fits: whether it is too large, the server's limit says.
    const fits = this.#queue.length === 0 || this.#queuedBytes + spec.bytes <= maxBuffered;
    if (fits && this.#queue.length < maxQueued) return undefined;
    const message = `${spec.name}: ${this.#queue.length} calls (${this.#queuedBytes} bytes) wait for the connection already`;
    return new HoldfastError("MailboxFull", message, {
      details: { queued: this.#queue.length, bytes: this.#queuedBytes },
    });
  }

  #enqueue(call: Call): void {
    call.phase = "queued";
    this.#queue.push(call);
    this.#queuedBytes += call.spec.bytes;
  }

  /** Back to the head of the queue: it was made before everything that waits there. */
  #requeue(call: Call): void {
    this.#written -= 1;
    call.phase = "queued";
    this.#queue.unshift(call);
    this.#queuedBytes += call.spec.bytes;
  }

  #write(call: Call, link: Link): void {
    const remainingMs = Math.max(0, call.spec.deadline - this.#settings.clock.now());
    call.phase = "written";
    this.#written += 1;
    this.#guard(call, () => {
      call.wasWritten = link.send(call.spec.frame(call.id, remainingMs)) || call.wasWritten;
    });
  }

  /** What goes wrong with one call's frame is that call's outcome. */
  #guard(call: Call, act: () => void): void {
    try {
      act();
    } catch (error) {
      call.fail(error as HoldfastError);
    }
  }

  #late(call: Call): void {
    const { connected, lastError: cause } = this.#link();
    const waited = call.phase === "queued" && !connected;
    const message = `${call.spec.name} had no answer by its deadline`;
    const retryable = !call.wasWritten;
    if (!waited) this.#giveUp(call, new HoldfastError("Timeout", message, { retryable }));
    else {
      const why = `${message}: it waited for a connection (${cause.message})`;
      this.#giveUp(call, new HoldfastError("Timeout", why, { retryable, cause }));
    }
  }

  #giveUp(call: Call, error: HoldfastError): void {
    if (call.phase === "settled") return;
    if (call.phase !== "queued") this.#link().send({ type: "cancel", id: call.id });
    call.fail(error);
  }

  #forget(call: Call, wasQueued: boolean): void {
    this.#open.delete(call.id);
    const at = wasQueued ? this.#queue.indexOf(call) : -1;
    if (at >= 0) {
      this.#queue.splice(at, 1);
      this.#queuedBytes -= call.spec.bytes;
    }
    if (!wasQueued) this.#written -= 1;
    this.pump();
    if (this.#written === 0) this.#onQuiet();
  }
}

function lostError(call: Call, lost: HoldfastError): HoldfastError {
  const { name } = call.spec;
  const details = { delivered: call.delivered };
  if (call.phase === "streaming")
    return new HoldfastError("StreamBroken", `${name}: ${lost.message}`, { cause: lost, details });
  const message = `${name}: ${lost.message}; it may have taken effect`;
  return new HoldfastError("ConnectionLost", message, { cause: lost, retryable: call.spec.idempotent() });
}

/** Says why its signal fired, where it did. */
function cancelled(message: string, signal: AbortSignal | undefined): HoldfastError {
  return new HoldfastError("Cancelled", message, { cause: signal?.reason as unknown });
}
