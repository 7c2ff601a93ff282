import { MessageChannel, receiveMessageOnPort } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import type { ToHost, ToParent } from "../../../src/transport/frames.js";
import { RING_BYTES } from "../../../src/transport/ring.js";
import { RingLink } from "../../../src/transport/ring-link.js";

const close: (() => void)[] = [];

afterEach(() => {
  for (const each of close.splice(0)) each();
});

/** Both ends of a line in one thread: the host's hears nothing until it is told to look. */
function line() {
  const { port1, port2 } = new MessageChannel();
  close.push(() => port1.close());
  const rings = { toHost: new SharedArrayBuffer(RING_BYTES), toParent: new SharedArrayBuffer(RING_BYTES) };
  const heard: string[] = [];
  const loop = { cores: 1, later: () => {} };
  const ends = {
    open: <F>(frame: F) => frame,
    unsent(_: unknown, error: unknown) {
      throw error;
    },
  };
  const parent = new RingLink<ToHost, ToParent>("parent", rings, loop, {
    ...ends,
    port: { post: (message) => port1.postMessage(message), take: () => receiveMessageOnPort(port1) },
    onFrame: () => {},
  });
  const host = new RingLink<ToParent, ToHost>("host", rings, loop, {
    ...ends,
    port: { post: (message) => port2.postMessage(message), take: () => receiveMessageOnPort(port2) },
    onFrame: (frame) => heard.push(`${frame.t} ${"seq" in frame ? `${frame.seq} ` : ""}`.trim()),
  });
  return { parent, host, port: port2, heard };
}

const to = { actor: 1, incarnation: 1 };
const call = (seq: number, bytes = 0): ToHost => ({
  t: "call",
  ...to,
  seq,
  method: "m",
  args: { value: [new Uint8Array(bytes)], special: false },
  left: 1000,
  snapshot: false,
  again: false,
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
