import { randomBytes } from "node:crypto";
import type { Target } from "../actor/ref.js";
import type { Clock, Timer } from "../clock.js";
import { DEFAULT_ASK_TIMEOUT } from "../defaults.js";
import { HoldfastError } from "../errors.js";
import type { OpenFrame } from "../protocol/frames.js";
import { badFrame } from "../protocol/limits.js";
import { type TraceContext, traceContextOf } from "../protocol/trace-context.js";
import type { Exposure } from "./exposure.js";
import { type Attachment, InputStream } from "./input-stream.js";
import type { StoredStreams, StreamOrigin } from "./stored-streams.js";
import type { RestoredStream, StreamRecord } from "./stream-record.js";

export interface StreamsRules {
  readonly exposure: Exposure;
  readonly clock: Clock;
  readonly maxStreams: number;
  readonly window: number;
  readonly detachMs: number;
  readonly draining: () => boolean;
  /** Ends the keyed actor of a stream that is over. */
  readonly release: (to: string, key: string) => Promise<void>;
  readonly onSettled: () => void;
  /** Where streams into durable actors are kept; undefined where the system has no store. */
  readonly stored: StoredStreams | undefined;
}

/** Every input stream of the server by session, attached or not. */
export class Streams {
  readonly #rules: StreamsRules;
  readonly #bySession = new Map<string, InputStream>();
  /** One stream per actor: two would take turns in its state, and the first to end would release it under the other. */
  readonly #byActor = new Map<string, InputStream>();
  readonly #expiries = new Map<InputStream, Timer>();

  constructor(rules: StreamsRules) {
    this.#rules = rules;
  }

  /** Chunks that are with actors. */
  get pending(): number {
    let pending = 0;
    for (const stream of this.#bySession.values()) pending += stream.pending;
    return pending;
  }

  get size(): number {
    return this.#bySession.size;
  }

  /**
   * Opens or resumes; `opened` has been sent when it returns.
   * @throws HoldfastError NotExposed, Unavailable, Draining or BadFrame
   */
  open(frame: OpenFrame, attachment: Attachment, sender: string): InputStream {
    const known = frame.session === undefined ? undefined : this.#bySession.get(frame.session);
    if (known) return this.#resume(known, frame, attachment);
    if (this.#rules.draining())
      throw new HoldfastError("Draining", "the server is stopping: open the stream elsewhere");
    const stream = this.#create(frame, sender);
    stream.attach(attachment, -1, true);
    return stream;
  }

  /** The connection is gone or let go: the stream is kept for a while, then given up. */
  detach(stream: InputStream): void {
    stream.detach();
    if (stream.over) return;
    const { clock, detachMs } = this.#rules;
    this.#expiries.set(
      stream,
      clock.after(detachMs, () => stream.cancel(), { background: true }),
    );
  }

  /** Takes up what the process before this one has left. Each waits for its client as one that lost its connection. */
  async restore(): Promise<void> {
    for (const left of (await this.#rules.stored?.left()) ?? []) {
      const target = this.#targetOf(left.to, left.method);
      if (target) this.detach(this.#keep(left, target, "app", left.record, left));
      else left.record.over();
    }
  }

  /** The server stops: nobody can resume here any more, and in the next one only what is kept. */
  close(): void {
    for (const stream of [...this.#bySession.values()]) stream.leave();
  }

  #resume(stream: InputStream, frame: OpenFrame, attachment: Attachment): InputStream {
    if (stream.rules.to !== frame.to)
      throw badFrame(`open.to is ${frame.to}, but the session is of ${stream.rules.to}`);
    stream.attach(attachment, frame.have ?? -1, false);
    this.#expiries.get(stream)?.cancel();
    this.#expiries.delete(stream);
    return stream;
  }

  #create(frame: OpenFrame, sender: string): InputStream {
    const { exposure, maxStreams } = this.#rules;
    const { to } = frame;
    const { target, stream: own } = exposure.find(to, frame.method);
    const method = frame.method ?? own;
    if (own === undefined || method === undefined) {
      throw new HoldfastError("NotExposed", `${JSON.stringify(to)} is not exposed as a stream`);
    }
    if (this.#bySession.size >= maxStreams) {
      const message = `${maxStreams} streams are open, the most that this server keeps: close some, or try later`;
      throw new HoldfastError("Unavailable", message, { retryAfterMs: 1000 });
    }
    const key = frame.key ?? `stream-${randomBytes(8).toString("hex")}`;
    const actor = JSON.stringify([to, key]);
    if (this.#byActor.has(actor)) {
      const message = `${to} ${JSON.stringify(key)} has a stream already: resume it by its session, or wait for its end`;
      throw new HoldfastError("Unavailable", message, { retryAfterMs: this.#rules.detachMs });
    }
    const session = randomBytes(16).toString("hex");
    const origin = { session, to, key, method, timeout: frame.timeout ?? DEFAULT_ASK_TIMEOUT };
    const record = target.sight?.durable ? this.#rules.stored?.begin(origin) : undefined;
    const trace = traceContextOf(frame.traceparent, frame.tracestate);
    return this.#keep(origin, target, sender, record, undefined, trace);
  }

  #keep(
    { session, to, key, method, timeout }: StreamOrigin,
    target: Target,
    sender: string,
    record: StreamRecord | undefined,
    restored?: RestoredStream,
    trace?: TraceContext,
  ): InputStream {
    const { window, detachMs, onSettled, release } = this.#rules;
    const actor = JSON.stringify([to, key]);
    const rules = { session, to, key, method, target, timeout, window, detachMs, sender, trace, onSettled, record };
    const stream = new InputStream(
      {
        ...rules,
        release: () => {
          const released = release(to, key);
          if (!record) {
            this.#byActor.delete(actor);
            return undefined;
          }
          // Who takes the key next finds nothing of this one.
          return released.then(() => record.released(target.path)).then(() => void this.#byActor.delete(actor));
        },
        forget: () => this.#forget(session),
      },
      restored,
    );
    this.#bySession.set(session, stream);
    if (!restored?.ended) this.#byActor.set(actor, stream);
    return stream;
  }

  /** Undefined for what is not exposed any more. */
  #targetOf(to: string, method: string): Target | undefined {
    try {
      return this.#rules.exposure.find(to, method).target;
    } catch {
      return undefined;
    }
  }

  #forget(session: string): void {
    const stream = this.#bySession.get(session)!;
    this.#bySession.delete(session);
    this.#expiries.get(stream)?.cancel();
    this.#expiries.delete(stream);
  }
}
