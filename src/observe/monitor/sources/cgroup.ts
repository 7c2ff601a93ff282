import type { MemoryUse } from "./memory.js";
import type { ReadText } from "./read-text.js";

/** Where each version of control groups says what is used, and how much of that is only cached files. */
const layouts = {
  v2: { root: "/sys/fs/cgroup", limit: "memory.max", used: "memory.current", cached: "inactive_file" },
  v1: {
    root: "/sys/fs/cgroup/memory",
    limit: "memory.limit_in_bytes",
    used: "memory.usage_in_bytes",
    cached: "total_inactive_file",
  },
} as const;

/** Above this a limit of version 1 means none: it is the largest number of pages. */
const NO_LIMIT = 2 ** 60;

/**
 * The limits that hold for this process: of its control group and of all above it. Inside of a container its own one is
 * mounted as the root. None where there are none, and where there are no control groups.
 */
export function cgroupMemory(read: ReadText): readonly MemoryUse[] {
  const own = read("/proc/self/cgroup");
  if (own === undefined) return [];
  const v1 = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(own)?.[1];
  const v2 = /^0::(.*)$/m.exec(own)?.[1];
  return v1 !== undefined ? usesOf("v1", v1, read) : v2 !== undefined ? usesOf("v2", v2, read) : [];
}

function usesOf(version: keyof typeof layouts, path: string, read: ReadText): MemoryUse[] {
  const { root, limit, used, cached } = layouts[version];
  const uses: MemoryUse[] = [];
  const names = path.split("/").filter((name) => name !== "" && name !== "..");
  for (let depth = names.length; depth >= 0; depth--) {
    const folder = [root, ...names.slice(0, depth)].join("/");
    const most = Number(read(`${folder}/${limit}`)?.trim());
    const now = Number(read(`${folder}/${used}`)?.trim());
    // "max" is no number.
    if (!(most > 0 && most < NO_LIMIT) || !Number.isFinite(now)) continue;
    const files = Number(new RegExp(`^${cached} (\\d+)$`, "m").exec(read(`${folder}/memory.stat`) ?? "")?.[1] ?? 0);
    uses.push({ limit: most, used: Math.max(0, now - files) });
  }
  return uses;
}
