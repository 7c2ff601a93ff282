import { describe, expect, it } from "vitest";
import type { CellSpec } from "../../../src/host/booting.js";
import type { Host, HostProvider, Isolation } from "../../../src/host/host.js";
import { Hosts } from "../../../src/host/hosts.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import type { ToHost } from "../../../src/transport/frames.js";

/** Opens hosts that say hello at once, and boot when they are told to. */
class Stand implements HostProvider {
  readonly isolation: Isolation = "thread";
  readonly hosts: (Host & { told: ToHost[]; killed: boolean })[] = [];
  closing: Promise<void> = Promise.resolve();

  open(): Host {
    const told: ToHost[] = [];
    const host = {
      isolation: this.isolation,
      name: `thread ${this.hosts.length + 1}`,
      control: undefined as never,
      told,
      killed: false,
      send: (frame: ToHost) => void told.push(frame),
      kill() {
        host.killed = true;
        host.onEnd({ kind: "killed" });
      },
      onFrame: () => {},
      onEnd: (() => {}) as Host["onEnd"],
      gone: new Promise<void>(() => {}),
    };
    this.hosts.push(host);
    return host;
  }

  close(): Promise<void> {
    return this.closing;
  }
}

function spec(spare: CellSpec["spare"]): CellSpec {
  const props = { value: undefined, special: false };
  return {
    isolation: "thread",
    module: "m",
    exportName: undefined,
    props,
    heapMb: undefined,
    spare,
    exclusive: false,
    bootWithinMs: 5000,
    path: "app/m",
  };
}

function stage() {
  const clock = new VirtualClock();
  const stand = new Stand();
  return { clock, stand, hosts: new Hosts(clock, { inline: stand, thread: stand, fork: stand }) };
}

describe("spares", () => {
  it.each([
    ["hello", "booted"],
    ["booted", "hello"],
  ] as const)("a loaded one is ready when both are heard: %s, then %s", async (first, second) => {
    const { clock, stand, hosts } = stage();
    const loaded = spec("loaded");
    hosts.refill(loaded);
    await clock.advance(100);
    const { onFrame } = stand.hosts[0]!;
    // They come by two ways, the port and the ring.
    const frames = { hello: { t: "hello", name: "thread 1", thread: 1 }, booted: { t: "booted", facts: {} } } as const;
    onFrame(frames[first] as never);
    expect(hosts.spare(loaded)).toBe("loading");
    onFrame(frames[second] as never);
    expect(hosts.spare(loaded)).toBe("ready");
    expect(hosts.takeLoaded(loaded)).toBeDefined();
  });

  it("a shared one that was taken by an actor that asks for none is made anew for those that do", async () => {
    const { clock, stand, hosts } = stage();
    hosts.refill(spec("empty"));
    await clock.advance(100);
    expect(stand.hosts).toHaveLength(1);
    const none = spec("none");
    expect(hosts.open(none).level).toBe("spare");
    hosts.refill(none);
    await clock.advance(100);
    expect(stand.hosts).toHaveLength(2);
    expect(hosts.open(spec("empty")).level).toBe("spare");
  });

  it("leave when nobody starts from their spec any more, and those of others stay", async () => {
    const { clock, stand, hosts } = stage();
    const [gone, stays] = [{ ...spec("loaded"), spares: 2 }, spec("loaded")];
    hosts.refill(gone);
    hosts.refill(stays);
    await clock.advance(100);
    expect(stand.hosts).toHaveLength(2);
    hosts.release(gone);
    expect(stand.hosts.map(({ killed }) => killed)).toEqual([true, false]);
    await clock.advance(1000);
    expect(stand.hosts).toHaveLength(2);
    expect(hosts.open(gone).level).toBe("cold");
    expect(hosts.open(stays).level).toBe("spare");
  });

  it("are as many as a spec asks for, one after the other, and the ready ones are taken first", async () => {
    const { clock, stand, hosts } = stage();
    const loaded = { ...spec("loaded"), spares: 3 };
    hosts.refill(loaded);
    for (const there of [1, 2, 3, 3]) {
      await clock.advance(100);
      expect(stand.hosts.length).toBe(there);
    }
    const last = stand.hosts[2]!;
    last.onFrame({ t: "booted", facts: {} as never } as never);
    last.onFrame({ t: "hello" } as never);
    expect(hosts.spare(loaded)).toBe("ready");
    expect(hosts.takeLoaded(loaded)?.host).toBe(last);
    expect(hosts.takeLoaded(loaded)).toBeUndefined();
    expect(hosts.open(loaded)).toMatchObject({ level: "spare" });
    hosts.refill(loaded);
    await clock.advance(1000);
    expect(stand.hosts.length).toBe(5);
    await hosts.close().catch(() => {});
    expect(stand.hosts.filter(({ killed }) => killed).length).toBe(3);
  });

  it("are not made while mail waits for a core; but not for ever", async () => {
    const { clock, stand, hosts } = stage();
    let waits = true;
    const loaded = { ...spec("loaded"), mailWaits: () => waits };
    hosts.refill(loaded);
    await clock.advance(5000);
    expect(stand.hosts.length).toBe(0);
    waits = false;
    await clock.advance(100);
    expect(stand.hosts.length).toBe(1);
    waits = true;
    hosts.open(loaded);
    hosts.refill(loaded);
    await clock.advance(29_000);
    expect(stand.hosts.length).toBe(1);
    await clock.advance(2000);
    expect(stand.hosts.length).toBe(2);
  });

  it("one whose load() hangs is given up after the time that a start may take, and tried again", async () => {
    const { clock, stand, hosts } = stage();
    const loaded = spec("loaded");
    hosts.refill(loaded);
    await clock.advance(100);
    expect(stand.hosts[0]!.told).toMatchObject([{ t: "boot" }]);
    await clock.advance(4999);
    expect(stand.hosts[0]!.killed).toBe(false);
    await clock.advance(1);
    expect(stand.hosts[0]!.killed).toBe(true);
    await clock.advance(200);
    expect(stand.hosts).toHaveLength(2);
  });
});

it("closing is bounded: a host that never leaves is not waited for", async () => {
  const { clock, stand, hosts } = stage();
  stand.closing = new Promise(() => {});
  let closed = false;
  const closing = hosts.close().then(() => {
    closed = true;
  });
  await clock.advance(999);
  expect(closed).toBe(false);
  await clock.advance(1);
  await closing;
});

describe("the last quarter of the hosts", () => {
  it("is for restarts: no spare takes of it", async () => {
    const { clock, stand, hosts } = stage();
    const one = spec("empty");
    for (let i = 0; i < 192; i++) hosts.open(one);
    expect(hosts.forGrowth).toBe(0);
    hosts.refill(one);
    await clock.advance(60_000);
    expect(stand.hosts).toHaveLength(192);
    expect(hosts.spare(one)).toBe("loading");
    hosts.open(one);
    expect(stand.hosts).toHaveLength(193);
    expect(hosts.forGrowth).toBe(0);
  });
});
