import { MessageChannel, type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { GIVEN_UP, type ToHost, type ToParent } from "../../../src/transport/frames.js";
import { comesAfter, RING_BYTES, RingReader, RingWriter } from "../../../src/transport/ring.js";
import { RingLink } from "../../../src/transport/ring-link.js";
import { BELL } from "../../../src/transport/ring-sender.js";

const close: (() => void)[] = [];

afterEach(() => {
  for (const each of close.splice(0)) each();
});

/** Both ends of a line in one thread, as on one core: they hear nothing until they are told to look. */
function line() {
  const { port1, port2 } = new MessageChannel();
  close.push(() => port1.close());
  const rings = { toHost: new SharedArrayBuffer(RING_BYTES), toParent: new SharedArrayBuffer(RING_BYTES) };
  const heard: string[] = [];
  const ticks: (() => void)[] = [];
  const loop = { cores: 1, later: () => {}, after: (_: number, tick: () => void) => void ticks.push(tick) };
  const answered: string[] = [];
  const bells: unknown[] = [];
  const ends = {
    open: <F>(frame: F) => frame,
    unsent(_: unknown, error: unknown) {
      throw error;
    },
  };
  const parent = new RingLink<ToHost, ToParent>("parent", rings, loop, {
    ...ends,
    port: { post: (message) => port1.postMessage(message), take: () => receiveMessageOnPort(port1) },
    onFrame: (frame) => answered.push(`${frame.t} ${"seq" in frame ? frame.seq : ""}`),
  });
  const host = new RingLink<ToParent, ToHost>("host", rings, loop, {
    ...ends,
    port: { post: (message) => void bells.push(message), take: () => receiveMessageOnPort(port2) },
    onFrame(frame) {
      const late = frame.t === "call" && frame.expires === GIVEN_UP ? "late" : "";
      heard.push(`${frame.t} ${"seq" in frame ? frame.seq : ""} ${late}`.trim());
    },
  });
  return { parent, host, port: port2, heard, answered, bells, ticks };
}

const to = { actor: 1, incarnation: 1 };
const call = (seq: number, bytes = 0): ToHost => ({
  t: "call",
  ...to,
  seq,
  method: "m",
  args: { value: [new Uint8Array(bytes)], special: false },
  expires: Number.POSITIVE_INFINITY,
  snapshot: false,
  again: false,
});

describe("a plain answer", () => {
  it("comes in its place among the frames, with no frame made of it", () => {
    const rings = { toHost: new SharedArrayBuffer(RING_BYTES), toParent: new SharedArrayBuffer(RING_BYTES) };
    const loop = { cores: 1, later: () => {}, after: () => {} };
    const heard: unknown[] = [];
    const ends = {
      port: { post: () => {}, take: () => undefined },
      open: <F>(frame: F) => frame,
      unsent(_: unknown, error: unknown) {
        throw error;
      },
    };
    const parent = new RingLink<ToHost, ToParent>("parent", rings, loop, {
      ...ends,
      onFrame: (frame) => heard.push(frame),
      onAnswer: (...answer) => heard.push(answer),
    });
    const host = new RingLink<ToParent, ToHost>("host", rings, loop, { ...ends, onFrame: () => {} });
    const of = (seq: number, value: unknown, special: boolean) =>
      ({
        t: "done",
        ...to,
        seq,
        ran: true,
        outcome: { ok: true, value: { value, special } },
        state: undefined,
      }) as const;
    const failed = { ...of(3, 0, false), outcome: { ok: false, error: { name: "E" } as never } } as const;
    const stateful = { ...of(4, 0, false), state: { value: 1, special: false } } as const;
    expect(host.answer(1, 1, 1, { a: [1] })).toBe(true);
    host.send(of(2, { b: 1 }, true));
    host.send(failed);
    host.send(stateful);
    host.send({ ...of(5, 5, false), ran: false });
    host.send(of(6, "plain", false));
    expect(host.answer(1, 1, 7, undefined)).toBe(true);
    host.flush();
    parent.hear();
    expect(heard).toEqual([
      [1, 1, 1, { a: [1] }],
      of(2, { b: 1 }, true),
      failed,
      stateful,
      { ...of(5, 5, false), ran: false },
      [1, 1, 6, "plain"],
      [1, 1, 7, undefined],
    ]);
  });
});

describe("the end of an actor", () => {
  it("is heard in its turn where that is a stop: what was sent before it is taken up", () => {
    const { parent, host, heard } = line();
    for (const frame of [call(1), call(2), { t: "stop", ...to } as const, call(3)]) parent.send(frame);
    parent.flush();
    host.hear();
    expect(heard).toEqual(["call 1", "call 2", "stop", "call 3"]);
  });

  it("overtakes as a fence what was sent before it: nothing of that may begin", () => {
    const { parent, host, heard } = line();
    for (const frame of [call(1), call(2), { t: "fence", ...to } as const]) parent.send(frame);
    parent.flush();
    host.hear();
    expect(heard).toEqual(["fence", "call 1", "call 2"]);
  });

  it("is no more than a ring away: a stop overtakes what found no room", () => {
    const { parent, host, heard } = line();
    const COUNT = 40;
    for (let seq = 1; seq <= COUNT; seq++) parent.send(call(seq, 10_000));
    parent.send({ t: "stop", ...to });
    host.hear();
    const before = heard.indexOf("stop");
    expect(before).toBe(-1);
    // A turn of the parent's later it has been posted, and what waited goes on.
    parent.flush();
    host.hear();
    const stopped = heard.indexOf("stop");
    expect(stopped).toBeGreaterThan(0);
    expect(stopped).toBeLessThan(COUNT);
    for (let look = 0; look < COUNT && heard.length <= COUNT; look++) {
      parent.flush();
      host.hear();
    }
    const calls = heard.filter((frame) => frame !== "stop");
    expect(calls).toEqual(Array.from({ length: COUNT }, (_, at) => `call ${at + 1}`));
  });
});

describe("the bell", () => {
  const start: ToHost = { t: "start", ...to, above: "", name: "a", key: undefined, props: undefined, state: undefined };
  const messages = (port: MessagePort) => {
    const found: unknown[] = [];
    for (let one = receiveMessageOnPort(port); one; one = receiveMessageOnPort(port)) found.push(one.message);
    return found;
  };

  it("is not rung where there is nothing new: two idle ends would wake each other for ever", () => {
    const { parent, host, port } = line();
    parent.send(call(1));
    parent.flush();
    const [bell, ...more] = messages(port);
    expect([bell, more]).toEqual([0, []]);
    host.heard(bell);
    // The host sleeps again, and so does whoever hears this at the other end.
    parent.heard(0);
    expect(messages(port)).toEqual([]);
  });

  it("is rung again for what comes after the reader has gone to sleep", () => {
    const { parent, host, port, heard } = line();
    for (const seq of [1, 2]) {
      parent.send(call(seq));
      parent.flush();
      for (const message of messages(port)) host.heard(message);
    }
    expect(heard).toEqual(["call 1", "call 2"]);
  });

  it("is rung again after a look, unasked, that took from the port what was to wake", () => {
    const { parent, host, port, heard } = line();
    parent.send(call(1, 100_000));
    parent.flush();
    host.hear();
    expect(heard).toEqual(["call 1"]);
    parent.send(call(2));
    parent.flush();
    expect(messages(port)).toEqual([0]);
  });

  it("is a start with the mail behind it: one message, in its order", () => {
    const { parent, host, port, heard } = line();
    for (const frame of [start, call(1), call(2)]) parent.send(frame);
    parent.flush();
    const sent = messages(port);
    expect(sent).toHaveLength(1);
    host.heard(sent[0]);
    parent.send(call(3));
    parent.flush();
    for (const message of messages(port)) host.heard(message);
    expect(heard).toEqual(["start", "call 1", "call 2", "call 3"]);
  });

  it("rings though what it was to come with cannot be cloned", () => {
    const { parent, host, port, heard } = line();
    parent.send(call(1));
    expect(() => {
      parent.send({ ...start, above: (() => {}) as never });
      parent.flush();
    }).toThrow();
    for (const message of messages(port)) host.heard(message);
    expect(heard).toEqual(["call 1"]);
  });
});

describe("a call that its caller gives up", () => {
  it.each([
    ["in the ring", 3],
    ["behind a full ring", 35],
  ])("is not begun where it still stands %s", async (_, given) => {
    const { parent, host, heard } = line();
    const COUNT = 40;
    for (let seq = 1; seq <= COUNT; seq++) parent.send(call(seq, 10_000));
    parent.send({ t: "cancel", ...to, seq: given });
    // The end of the turn: what goes by the port leaves, what has no room stays.
    await Promise.resolve();
    const calls: string[] = [];
    for (let look = 0; look < COUNT && calls.length < COUNT; look++) {
      host.hear();
      calls.push(...heard.splice(0).filter((frame) => frame.startsWith("call")));
      parent.heard(BELL);
    }
    expect(calls).toEqual(
      Array.from({ length: COUNT }, (_, at) => (at + 1 === given ? `call ${given} late` : `call ${at + 1}`)),
    );
  });
});

describe("what is given up after it has begun", () => {
  it("is remembered no longer than the ring takes to be read once, though that is never empty", async () => {
    const { parent, host, heard } = line();
    const MORE = 70;
    let last = 1;
    const more = () => {
      for (let i = 0; i < MORE; i++) parent.send(call(++last));
      return Promise.resolve();
    };
    parent.send(call(1));
    host.hear();
    parent.send({ t: "cancel", ...to, seq: 1 });
    for (let look = 0; look < 3; look++) {
      await more();
      // A turn of the host's: not all that is there.
      host.heard(BELL);
    }
    expect(heard).toContain("cancel 1");
    expect(heard.length).toBeLessThan(3 * MORE);
    heard.splice(0);
    // The number is given again, after all others.
    parent.send(call(1));
    host.hear();
    expect(heard.at(-1)).toBe("call 1");
  });
});

describe("messages of the port", () => {
  it("are counted over 2^31: the next is still the one after the last", () => {
    const memory = new SharedArrayBuffer(RING_BYTES);
    const writer = new RingWriter(memory);
    const reader = new RingReader(memory);
    const last = 2 ** 31 - 1;
    Atomics.store(new Int32Array(memory), 256 / 4, last);
    const count = writer.posted();
    expect(count).toBe(reader.posted);
    expect(comesAfter(count, last)).toBe(true);
    expect(comesAfter(last, count)).toBe(false);
    expect(comesAfter(last, last)).toBe(false);
  });
});

describe("a value that sends something while it is sent", () => {
  const start = { t: "start", ...to, above: "", name: "", key: undefined, props: undefined, state: undefined } as const;

  /** A call with a getter in its argument, which runs once. */
  function withGetter(seq: number, run: () => void, beside: object = {}): ToHost {
    let ran = false;
    const value = {
      get inner() {
        if (!ran) {
          ran = true;
          run();
        }
        return "inner";
      },
      ...beside,
    };
    return { ...(call(seq) as Extract<ToHost, { t: "call" }>), args: { value: [value], special: false } };
  }

  it.each([
    ["goes by the ring", {}],
    ["goes by the port", { big: new Uint8Array(20_000) }],
  ])("is followed by that where it %s", async (_, beside) => {
    const { parent, host, heard } = line();
    const nested = () => {
      for (const seq of [2, 3]) parent.send(call(seq, seq === 3 ? 20_000 : 0));
      parent.flush();
    };
    parent.send(withGetter(1, nested, beside));
    parent.send(call(4));
    parent.flush();
    host.hear();
    expect(heard).toEqual(["call 1", "call 2", "call 3", "call 4"]);
  });

  it("is whole where the ring had been full, and what it sends goes by the port", async () => {
    const { parent, host, heard } = line();
    const COUNT = 30;
    const nested = () => {
      parent.send(start);
      parent.send(call(COUNT + 1));
      parent.flush();
    };
    const LATE = 20;
    for (let seq = 1; seq <= COUNT; seq++) parent.send(seq === LATE ? withGetter(seq, nested) : call(seq, 10_000));
    await Promise.resolve();
    for (let look = 0; look < COUNT && heard.length < COUNT + 2; look++) {
      host.hear();
      parent.heard(BELL);
    }
    expect(heard.filter((frame) => frame !== "start")).toEqual(
      Array.from({ length: COUNT + 1 }, (_, at) => `call ${at + 1}`),
    );
    expect(heard).toContain("start");
  });
});

const done = (seq: number): ToParent => ({
  t: "done",
  ...to,
  seq,
  ran: true,
  outcome: { ok: true, value: { value: seq, special: false } },
  state: undefined,
});

/** The microtasks that are due. */
const endOfTurn = () => Promise.resolve();

describe("a caller who waits on the core that its host runs on", () => {
  it("gets no bell for an answer with a short call behind it, and one for all answers of a turn", async () => {
    const { parent, host, answered, bells } = line();
    for (const seq of [1, 2, 3]) parent.send(call(seq));
    await endOfTurn();
    host.hear();
    for (const seq of [1, 2]) {
      host.send(done(seq));
      host.flush(true);
    }
    expect(bells).toEqual([]);
    host.send(done(3));
    await endOfTurn();
    expect(bells).toHaveLength(1);
    parent.heard(bells[0]);
    expect(answered).toEqual(["done 1", "done 2", "done 3"]);
  });

  it("finds the answer by itself where the call behind it proves long", async () => {
    const { parent, host, answered, bells, ticks } = line();
    for (const seq of [1, 2]) parent.send(call(seq));
    await endOfTurn();
    host.hear();
    host.send(done(1));
    host.flush(true);
    ticks.shift()!();
    expect(answered).toEqual(["done 1"]);
    expect(bells).toEqual([]);
  });

  it("gets a bell at once where what follows may be long, and when it has looked in vain", async () => {
    const { parent, host, bells, ticks } = line();
    for (const seq of [1, 2, 3]) parent.send(call(seq));
    await endOfTurn();
    host.hear();
    host.send(done(1));
    host.flush(false);
    expect(bells).toHaveLength(1);
    parent.heard(bells[0]);
    while (ticks.length > 0) ticks.shift()!();
    host.send(done(2));
    host.flush(true);
    expect(bells).toHaveLength(2);
  });
});
