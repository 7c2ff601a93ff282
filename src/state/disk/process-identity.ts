import { readFile } from "node:fs/promises";

/**
 * When a process began: with its pid it names one process, though pids come back. On Linux the boot and the tick of it;
 * elsewhere "0", and the pid alone has to do.
 */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== "linux") return isAlive(pid) ? "0" : undefined;
  const [stat, boot] = await Promise.all([textOf(`/proc/${pid}/stat`), textOf("/proc/sys/kernel/random/boot_id")]);
  const ticks = stat === undefined ? undefined : startTicks(stat);
  return ticks === undefined ? undefined : `${boot?.slice(0, 8) ?? "0"}.${ticks}`;
}

/**
 * Reads field 22 of /proc/PID/stat; undefined for a process that has ended and was not yet waited for. (One whose first
 * thread has ended and others not still counts: they may be writing.)
 */
export function startTicks(stat: string): string | undefined {
  // The second field is the name, in parentheses, with whatever characters the program chose.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, threads, ticks] = [fields[0], Number(fields[17]), fields[19]];
  if (ticks === undefined) return undefined;
  return (state === "Z" || state === "X") && threads <= 1 ? undefined : ticks;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one too.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
