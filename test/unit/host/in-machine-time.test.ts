import { expect, it } from "vitest";
import { monotonicNow, realClock } from "../../../src/clock.js";
import type { Host, HostProvider } from "../../../src/host/host.js";
import { inMachineTime } from "../../../src/host/in-machine-time.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import type { ToHost } from "../../../src/transport/frames.js";

function stand(): { provider: HostProvider; sent: ToHost[] } {
  const sent: ToHost[] = [];
  const open = () => ({ send: (frame: ToHost) => void sent.push(frame) }) as unknown as Host;
  return { provider: { isolation: "thread", open, close: async () => {} }, sent };
}

function call(expires: number): ToHost {
  const args = { value: [], special: false } as const;
  return { t: "call", actor: 1, incarnation: 1, seq: 1, method: "m", args, expires, snapshot: false, again: false };
}

const options = { entries: 1, heapMb: undefined };

it("a deadline of a time that stands still is as far away for a thread, and none is none", () => {
  const { provider, sent } = stand();
  const clock = new VirtualClock();
  const host = inMachineTime(provider, clock).open(options);
  const before = monotonicNow();
  host.send(call(clock.now() + 1000));
  host.send(call(Number.POSITIVE_INFINITY));
  const after = monotonicNow();
  const [near, never] = sent.map((frame) => (frame.t === "call" ? frame.expires : Number.NaN));
  expect(near).toBeGreaterThanOrEqual(before + 1000);
  expect(near).toBeLessThanOrEqual(after + 1000);
  expect(never).toBe(Number.POSITIVE_INFINITY);
});

it("a system in the machine's time tells it as it is", () => {
  const { provider } = stand();
  expect(inMachineTime(provider, realClock)).toBe(provider);
});
