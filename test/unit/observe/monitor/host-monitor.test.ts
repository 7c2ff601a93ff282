import { afterEach, describe, expect, it, vi } from "vitest";
import type { ThresholdEvent } from "../../../../src/system/events.js";
import { said, watched } from "./watched.js";

const rule = { when: "memory > 90 %", for: "3s", clear: "memory < 80 %", pause: "10s" } as const;
const second = 1000;

describe("a monitor", () => {
  it("tells a trigger and its end once each, with their numbers", async () => {
    const memory = said("memory");
    const { clock, events, monitor } = watched([rule], [memory]);
    memory.value = 93.4;
    await clock.advance(10 * second);
    memory.value = 70;
    await clock.advance(10 * second);
    expect(events).toEqual([
      {
        type: "threshold",
        rule: "memory > 90 %",
        state: "triggered",
        reading: "memory",
        value: 93.4,
        limit: 90,
        unit: "%",
        heldMs: 3000,
        then: "alert",
        why: 'memory is 93.4 % ("memory > 90 %", for 3 s)',
      },
      expect.objectContaining({ state: "cleared", value: 70, why: 'memory is 70 %, over for "memory > 90 %"' }),
    ]);
    expect(monitor.readings()).toEqual([{ name: "memory", unit: "%", value: 70 }]);
    monitor.close();
  });

  it("asks the largest to start anew, one more after each pause while it holds, and says which, or who still finishes its work", async () => {
    const memory = said("memory");
    const { clock, events, recycled, system, monitor } = watched([{ ...rule, then: "recycle-largest" }], [memory]);
    memory.value = 95;
    await clock.advance(10 * second);
    system.largest.forMs = 7000;
    await clock.advance(5 * second);
    expect(recycled).toEqual([
      { why: 'memory is 95 % ("memory > 90 %", for 3 s)', threadsOnly: false },
      { why: 'memory is 95 % ("memory > 90 %", for 13 s)', threadsOnly: false },
    ]);
    expect(events.map(({ state }) => state)).toEqual(["triggered", "again"]);
    expect(events[0]!.why).toBe(
      'memory is 95 % ("memory > 90 %", for 3 s): app/leaky on thread 3 holds most, 64 MB: it is asked to finish its work and to start anew',
    );
    expect(events[1]!.why).toMatch(
      /: app\/leaky on thread 3, asked 7 s ago, still finishes its work: no other is asked$/,
    );
    monitor.close();
  });

  it("looks among threads alone where it is the process that is too large", async () => {
    const rss = said("rss");
    const { clock, recycled, monitor } = watched([{ when: "rss > 1 GB", for: 0, then: "recycle-largest" }], [rss]);
    rss.value = 2 * 1024 ** 3;
    await clock.advance(second);
    expect(recycled).toEqual([expect.objectContaining({ threadsOnly: true })]);
    monitor.close();
  });

  it("sheds low priority first, then normal too, then no more; and lets all in again at the end", async () => {
    const cpu = said("cpu");
    const { clock, events, sheds, monitor } = watched(
      [{ when: "cpu > 95 %", for: "1s", pause: "2s", then: "shed" }],
      [cpu],
    );
    cpu.value = 99;
    await clock.advance(20 * second);
    expect(sheds).toEqual([1, 2]);
    cpu.value = 10;
    await clock.advance(20 * second);
    expect(sheds).toEqual([1, 2, 0]);
    expect(events.map(({ why }) => why.replace(/^.*: /, ""))).toEqual([
      "calls of low priority are refused",
      "calls of low and normal priority are refused",
      "nothing is refused any more",
    ]);
    monitor.close();
  });

  it("refuses nothing any more once it is closed, or nobody can read what it went by", async () => {
    const cpu = said("cpu");
    const one = watched([{ when: "cpu > 95 %", for: 0, then: "shed" }], [cpu]);
    cpu.value = 99;
    await one.clock.advance(second);
    one.monitor.close();
    expect(one.sheds).toEqual([1, 0]);
    expect(one.clock.pending).toBe(0);

    const other = watched([{ when: "cpu > 95 %", for: 0, then: "shed" }], [cpu]);
    await other.clock.advance(second);
    cpu.value = undefined;
    await other.clock.advance(200 * second);
    expect(other.sheds).toEqual([1, 0]);
    expect(other.events.map(({ state }) => state)).toEqual(["triggered", "blind"]);
    expect(other.events[1]).toMatchObject({ why: expect.stringContaining("it was not set") });
    expect(other.events[1]).not.toHaveProperty("value");
    other.monitor.close();
  });

  it("ends with its system", async () => {
    const { clock, system, monitor } = watched([rule], [said("memory")]);
    await clock.advance(3 * second);
    system.over = true;
    await clock.advance(second);
    expect(clock.pending).toBe(0);
    monitor.close();
  });
});

describe("time in which nobody looked", () => {
  it("is not counted: a process that was suspended, or a blocked thread, has not seen anything hold", async () => {
    const memory = said("memory");
    const { clock, late, events, monitor } = watched([{ ...rule, for: "10s" }], [memory]);
    memory.value = 95;
    await clock.advance(2 * second);
    // It wakes an hour later: one timer fires, late, and there is one reading more.
    late.ms += 3600 * second;
    await clock.advance(3 * second);
    expect(events).toEqual([]);
    await clock.advance(6 * second);
    expect(events.map(({ state }) => state)).toEqual(["triggered"]);
    monitor.close();
  });

  it("a source that hangs is never asked twice at once, and its old reading counts no more", async () => {
    let asked = 0;
    const disk = {
      every: 1,
      names: ["cpu" as const],
      hangs: false,
      read: () => {
        asked++;
        if (disk.hangs) return new Promise<never>(() => {});
        return Promise.resolve([{ name: "cpu" as const, unit: "%" as const, value: 99 }]);
      },
    };
    const { clock, events, monitor } = watched([{ when: "cpu > 95 %", for: "20s" }], [disk]);
    await clock.advance(5 * second);
    disk.hangs = true;
    await clock.advance(30 * second);
    expect(asked).toBe(6);
    expect(events).toEqual([]);
    expect(monitor.readings()).toEqual([]);
    expect(monitor.rules()).toEqual([{ rule: "cpu > 95 %", state: "clear", missing: "it has not answered" }]);
    monitor.close();
  });

  it("a source that throws, now or later, or answers nonsense, leaves its readings out and says why", async () => {
    const thrower = {
      every: 1,
      names: ["cpu" as const],
      read: () => {
        throw new Error("no such file");
      },
    };
    const rejecter = { every: 1, names: ["rss" as const], read: () => Promise.reject(new Error("gone")) };
    const nonsense = {
      every: 1,
      names: ["memory" as const],
      read: () => [{ name: "memory" as const, unit: "%" as const, value: Number.NaN }],
    };
    const well = said("loop-use");
    well.value = 1;
    const { clock, monitor } = watched([rule], [thrower, rejecter, nonsense, well]);
    await clock.advance(3 * second);
    expect(monitor.readings()).toEqual([{ name: "loop-use", unit: "%", value: 1 }]);
    expect(monitor.absent("cpu")).toBe("no such file");
    expect(monitor.absent("rss")).toBe("gone");
    expect(monitor.absent("loop-use")).toBe(undefined);
    monitor.close();
  });
});

describe("a function of the user's", () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  afterEach(() => void warn.mockClear());

  it("gets the event of each trigger", async () => {
    const memory = said("memory");
    const got: ThresholdEvent[] = [];
    const { clock, events, monitor } = watched([{ ...rule, then: (event) => got.push(event) }], [memory]);
    memory.value = 95;
    await clock.advance(5 * second);
    memory.value = 10;
    await clock.advance(5 * second);
    expect(got).toEqual(events.slice(0, 1));
    expect(got[0]).toMatchObject({ then: "function", state: "triggered" });
    monitor.close();
  });

  it.each<[string, () => unknown]>([
    [
      "throws",
      () => {
        throw new Error("mine");
      },
    ],
    ["rejects", () => Promise.reject(new Error("mine"))],
    [
      "throws what is no error",
      () => {
        throw {
          toString() {
            throw new Error("mine");
          },
        };
      },
    ],
  ])("that %s touches nothing: a warning says so, other rules go on", async (_, then) => {
    const memory = said("memory");
    const { clock, events, monitor } = watched(
      [
        { ...rule, then },
        { when: "memory > 50 %", for: "3s" },
      ],
      [memory],
    );
    memory.value = 95;
    await clock.advance(5 * second);
    expect(events).toHaveLength(2);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]![1]).toEqual({ code: "HOLDFAST_MONITOR" });
    monitor.close();
  });

  it("that hangs is not called a second time meanwhile", async () => {
    const memory = said("memory");
    let calls = 0;
    const then = () => {
      calls++;
      return new Promise(() => {});
    };
    const { clock, events, monitor } = watched([{ ...rule, then }], [memory]);
    for (let round = 0; round < 3; round++) {
      memory.value = 95;
      await clock.advance(20 * second);
      memory.value = 10;
      await clock.advance(20 * second);
    }
    expect([calls, events.length]).toEqual([1, 6]);
    monitor.close();
  });

  it("may close its monitor", async () => {
    const memory = said("memory");
    memory.value = 95;
    const seen = watched([{ ...rule, then: () => seen.monitor.close() }, rule], [memory]);
    await seen.clock.advance(5 * second);
    expect(seen.events).toHaveLength(1);
    expect(seen.clock.pending).toBe(0);
  });
});
