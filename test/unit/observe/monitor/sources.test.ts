import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Reading } from "../../../../src/observe/monitor/reading.js";
import { cgroupMemory } from "../../../../src/observe/monitor/sources/cgroup.js";
import { cpuReadings } from "../../../../src/observe/monitor/sources/cpu.js";
import { diskReadings } from "../../../../src/observe/monitor/sources/disk.js";
import { growthOf } from "../../../../src/observe/monitor/sources/folder.js";
import { type Hardware, hardwareSource } from "../../../../src/observe/monitor/sources/hardware.js";
import { loopReadings } from "../../../../src/observe/monitor/sources/loop.js";
import { machineMemory, memoryReadings, memorySource } from "../../../../src/observe/monitor/sources/memory.js";
import { peerReadings } from "../../../../src/observe/monitor/sources/peer.js";
import { pressureSource } from "../../../../src/observe/monitor/sources/pressure.js";

const MB = 1024 ** 2;
const files = (all: Record<string, string>) => (path: string) => all[path];
const rounded = (readings: readonly { name: string; value: number }[]) =>
  Object.fromEntries(readings.map(({ name, value }) => [name, Math.round(value)]));

describe("the event loop", () => {
  it.each([
    ["idle", { longestMs: 11, activeMs: 5, idleMs: 995 }, { "loop-delay": 1, "loop-use": 1 }],
    [
      "blocked for 3 s of its own work",
      { longestMs: 3010, activeMs: 3000, idleMs: 20 },
      { "loop-delay": 3000, "loop-use": 99 },
    ],
    [
      "suspended for an hour while it was idle: that is no delay of the loop",
      { longestMs: 3_600_000, activeMs: 3, idleMs: 3_600_900 },
      {},
    ],
    ["never sampled", { longestMs: 0, activeMs: 0, idleMs: 0 }, {}],
  ])("%s", (_, look, expected) => {
    expect(rounded(loopReadings(look))).toEqual(expected);
  });
});

describe("processor time", () => {
  it("is that between two looks, of all cores and of the process", () => {
    const before = { busy: 1000, idle: 1000, own: 100, at: 0 };
    expect(rounded(cpuReadings(before, { busy: 2500, idle: 1500, own: 1600, at: 1000 }))).toEqual({
      cpu: 75,
      "process-cpu": 150,
    });
    expect(cpuReadings(before, before)).toEqual([]);
  });
});

describe("memory", () => {
  const meminfo = "MemTotal:        1000 kB\nMemFree:          100 kB\nMemAvailable:     400 kB\n";

  it("of a machine: what the kernel would give back is free", () => {
    expect(machineMemory(meminfo)).toEqual({ limit: 1000 * 1024, used: 600 * 1024 });
    expect(machineMemory(undefined, 1000, 300)).toEqual({ limit: 1000, used: 700 });
    expect(machineMemory("nonsense", 1000, 300)).toEqual({ limit: 1000, used: 700 });
  });

  it("of a container, version 2, whose own group is mounted as the root", () => {
    const read = files({
      "/proc/self/cgroup": "0::/\n",
      "/sys/fs/cgroup/memory.max": `${512 * MB}\n`,
      "/sys/fs/cgroup/memory.current": `${300 * MB}\n`,
      "/sys/fs/cgroup/memory.stat": `anon 1\ninactive_file ${100 * MB}\nactive_file 5\n`,
    });
    expect(cgroupMemory(read)).toEqual([{ limit: 512 * MB, used: 200 * MB }]);
  });

  it("of a service below others: every limit above it holds too", () => {
    const read = files({
      "/proc/self/cgroup": "0::/system.slice/holdfast.service\n",
      "/sys/fs/cgroup/system.slice/holdfast.service/memory.max": "max\n",
      "/sys/fs/cgroup/system.slice/holdfast.service/memory.current": "5\n",
      "/sys/fs/cgroup/system.slice/memory.max": "1000\n",
      "/sys/fs/cgroup/system.slice/memory.current": "950\n",
    });
    expect(cgroupMemory(read)).toEqual([{ limit: 1000, used: 950 }]);
  });

  it("of a container, version 1, beside other controllers, where a page count stands for no limit", () => {
    const own = "9:name=systemd:/\n4:cpu,memory:/docker/abc\n0::/\n";
    const root = "/sys/fs/cgroup/memory";
    const read = files({
      "/proc/self/cgroup": own,
      [`${root}/memory.limit_in_bytes`]: "9223372036854771712\n",
      [`${root}/memory.usage_in_bytes`]: "10\n",
      [`${root}/docker/abc/memory.limit_in_bytes`]: "1000\n",
      [`${root}/docker/abc/memory.usage_in_bytes`]: "800\n",
      [`${root}/docker/abc/memory.stat`]: "inactive_file 1\ntotal_inactive_file 300\n",
    });
    expect(cgroupMemory(read)).toEqual([{ limit: 1000, used: 500 }]);
  });

  it("is nobody's to limit where there are no control groups", () => {
    expect(cgroupMemory(files({}))).toEqual([]);
    expect(cgroupMemory(files({ "/proc/self/cgroup": "0::/../../x\n" }))).toEqual([]);
  });

  it("counts by the limit that is nearest", () => {
    const uses = [
      { limit: 1000, used: 500 },
      { limit: 100, used: 90 },
    ];
    expect(rounded(memoryReadings(uses, 7))).toEqual({ rss: 7, memory: 90, "memory-free": 10 });
  });

  it("is there on this machine, whatever it is", () => {
    const readings = memorySource().read() as readonly Reading[];
    const names = readings.map(({ name, value }) => [name, value > 0]);
    expect(Object.fromEntries(names)).toEqual({ rss: true, memory: true, "memory-free": true });
  });
});

describe("pressure", () => {
  it("is what the kernel tells of the last ten seconds", () => {
    const text =
      "some avg10=8.57 avg60=12.42 avg300=17.27 total=46363220430\nfull avg10=1.00 avg60=0.00 avg300=0.00 total=0\n";
    expect(pressureSource(files({ "/proc/pressure/cpu": text })).read()).toEqual([
      { name: "pressure-cpu", unit: "%", value: 8.57 },
    ]);
  });

  it("is absent on kernels without it, and says so", () => {
    const source = pressureSource(files({}));
    expect(source.read()).toEqual([]);
    expect(source.absent!("pressure-io")).toBe("/proc/pressure/io is not there: this kernel does not tell pressure");
  });
});

describe("a disk", () => {
  it("is as full as df says: what is kept for root is neither used nor free", () => {
    const statfs = { bsize: 1024, blocks: 1000, bfree: 300, bavail: 200 };
    expect(diskReadings("./a", statfs)).toEqual([
      { name: "disk", of: "./a", unit: "%", value: (700 / 900) * 100 },
      { name: "disk-free", of: "./a", unit: "bytes", value: 200 * 1024 },
    ]);
    expect(diskReadings("/proc", { bsize: 4096, blocks: 0, bfree: 0, bavail: 0 })).toEqual([]);
  });

  it("grows by the hour", () => {
    expect(growthOf([])).toBe(undefined);
    expect(growthOf([{ at: 0, bytes: 5 }])).toBe(undefined);
    expect(
      growthOf([
        { at: 0, bytes: 0 },
        { at: 60_000, bytes: 99 },
        { at: 600_000, bytes: 100 },
      ]),
    ).toBe(600);
  });
});

describe("a peer", () => {
  const peer = "db:5432";
  it.each([
    ["answers", { outcome: "connected", ms: 3, stoodStillMs: 0 }, { "round-trip": 3, unreachable: 0 }],
    [
      "answers while this thread stood still: nobody knows how fast",
      { outcome: "connected", ms: 500, stoodStillMs: 490 },
      { unreachable: 0 },
    ],
    ["refuses", { outcome: "refused", ms: 1, stoodStillMs: 0 }, { unreachable: 9000 }],
    [
      "refuses while this thread stood still: it is down all the same",
      { outcome: "refused", ms: 1, stoodStillMs: 900 },
      { unreachable: 9000 },
    ],
    ["does not answer", { outcome: "late", ms: 3000, stoodStillMs: 20 }, { unreachable: 9000 }],
    ["was not heard, since this thread was blocked", { outcome: "late", ms: 3000, stoodStillMs: 2900 }, {}],
  ] as const)("%s", (_, attempt, expected) => {
    expect(rounded(peerReadings(peer, attempt, 9000))).toEqual(expected);
  });
});

describe("a device", () => {
  const answers = (name: string): Hardware => {
    const { temperature, disks } = JSON.parse(readFileSync(`test/fixtures/hardware/${name}.json`, "utf8"));
    return { cpuTemperature: () => Promise.resolve(temperature), diskLayout: () => Promise.resolve(disks) };
  };

  it.each([
    ["virtual-machine", {}],
    ["board-with-sd-card", { temperature: 52 }],
    ["laptop", { temperature: 61, "disks-failing": 0 }],
    ["server-with-a-dying-disk", { temperature: 44, "disks-failing": 1 }],
  ])("%s", async (name, expected) => {
    const source = hardwareSource(() => Promise.resolve(answers(name)));
    expect(rounded(await source.read())).toEqual(expected);
  });

  it("that tells nothing says so, and so does a package that is missing or fails", async () => {
    const silent = hardwareSource(() => Promise.resolve(answers("virtual-machine")));
    await silent.read();
    expect(silent.absent!("temperature")).toBe("this device tells no temperature");
    expect(silent.absent!("disks-failing")).toBe("no disk of this device tells its health");
    const broken = hardwareSource(() =>
      Promise.reject(new Error("systeminformation is not installed. Type: npm i systeminformation")),
    );
    expect(await broken.read()).toEqual([]);
    expect(broken.absent!("temperature")).toContain("npm i systeminformation");
  });

  it("is asked through the real package", async () => {
    const source = hardwareSource();
    const readings = await source.read();
    for (const { value } of readings) expect(Number.isFinite(value)).toBe(true);
    const told = readings.some(({ name }) => name === "temperature");
    expect(told || source.absent!("temperature") === "this device tells no temperature").toBe(true);
  });
});
