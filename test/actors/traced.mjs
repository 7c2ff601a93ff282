import "./context-manager.mjs";
import { context, trace } from "@opentelemetry/api";
import { Actor } from "holdfast";
import { batcher } from "holdfast/serving";

let moods = 0;

/** Says which span is active in its handlers, and makes asks of its own. */
export class Traced extends Actor {
  static methods = { again: { idempotent: true }, active: { idempotent: true }, moody: { idempotent: true } };

  active() {
    return { active: ids(), call: this.call.trace };
  }
  async later() {
    await new Promise((resolve) => setImmediate(resolve));
    return ids();
  }
  /** Asks the next one down, before and after an await. */
  async down(times) {
    const before = await this.props.next.ask.active();
    await new Promise((resolve) => setImmediate(resolve));
    const after = times > 1 ? await this.props.next.ask.down(times - 1) : await this.props.next.ask.active();
    return [before, after];
  }
  /** In a span of its own, made by hand. */
  async inOwn() {
    const own = { traceId: this.call.trace.traceparent.slice(3, 35), spanId: "00000000000000aa", traceFlags: 1 };
    return context.with(trace.setSpanContext(context.active(), own), async () => {
      await this.props.next.ask.active();
    });
  }
  async again() {
    await this.props.gate.ask.pass("again");
    return this.self.incarnation;
  }
  async hold(name) {
    await this.props.gate.ask.pass(name);
  }
  /** Fails every other time, in this thread. */
  moody() {
    moods++;
    if (moods % 2 === 1) throw new Error("not now");
    return moods;
  }
  fail(text) {
    throw new Error(text);
  }
  jot() {}
}

/** Works on items together. */
export class TracedBatches extends Actor {
  static concurrency = 8;
  static onThrow = "reply";
  static methods = { work: { idempotent: true } };
  #batch = batcher((items) => this.#run(items), { max: 3, delay: "5s", idempotent: true });

  work(item) {
    return this.#batch.add(item, this.call);
  }
  #run(items) {
    if (items.includes("bad")) throw new RangeError("secret");
    return items.map((item) => `${item}!`);
  }
}

/** Works on several messages at once. */
export class TracedBroad extends Traced {
  static concurrency = 8;
}

function ids() {
  const span = trace.getSpanContext(context.active());
  return span && { traceId: span.traceId, spanId: span.spanId };
}
