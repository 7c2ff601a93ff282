import { serviceOf } from "../availability.js";
import { crashSignals, type Finding, grouped, numbersOf, type Rule } from "../finding.js";

/** A thread cannot be ended in native code: it stays behind with its memory, and holds a processor. */
export const abandonedThreads: Rule = ({ events, deaths, input }) => {
  const told = events.flatMap(({ event }) => (event.type === "abandoned" ? [event] : []));
  return [...grouped(told, ({ path }) => serviceOf(input.tree, path).path)].map(([path, same]): Finding => {
    const left = new Set(same.filter(({ exited }) => exited).map(({ host }) => host));
    const behind = [...new Set(same.map(({ host }) => host))].filter((host) => !left.has(host));
    const own = deaths.filter((death) => same.some((one) => one.path === death.path && one.host === death.host));
    return {
      rule: "abandoned-thread",
      severity: behind.length > 0 ? "critical" : "warning",
      path,
      title:
        behind.length > 0
          ? `${behind.length} thread${behind.length === 1 ? "" : "s"} did not end and still run in native code`
          : "A thread did not end for a while: it was in native code",
      evidence: same
        .slice(0, 4)
        .map(({ host, exited }) => `${host}: ${exited ? "has left" : "abandoned and replaced"}`),
      advice:
        "Run it in a process, which can be ended anywhere: fork() instead of thread(). What was left behind goes with a restart of the server.",
      reports: numbersOf(own),
    };
  });
};

/** Nobody of the tree sent this signal: the kernel did, or somebody at a shell. */
export const foreignSignals: Rule = ({ deaths, input }) => {
  const ended = deaths.flatMap((death) => (death.cause.kind === "exit" ? [{ death, cause: death.cause }] : []));
  const groups = grouped(
    ended,
    ({ death, cause }) => `${serviceOf(input.tree, death.path).path}\n${cause.signal ?? `code ${cause.code}`}`,
  );
  return [...groups].map(([name, same]): Finding => {
    const { cause } = same[0]!;
    const how = cause.signal === null ? `exit code ${cause.code}` : cause.signal;
    const crash = cause.signal !== null && crashSignals.has(cause.signal);
    return {
      rule: cause.signal === null ? "exited" : "signal",
      severity: "warning",
      path: name.slice(0, name.lastIndexOf("\n")),
      title: `Ended by ${how}${same.length === 1 ? "" : `, ${same.length} times`}`,
      evidence: same.slice(0, 3).map(({ death: { id, host, executing } }) => {
        const what = executing.map(({ method }) => method).join(", ") || "nothing";
        return `report ${id}: ${host}, executing ${what}`;
      }),
      advice:
        cause.signal === "SIGKILL"
          ? `If nobody did this at a shell, it was the kernel for want of memory ("dmesg | grep -i oom"): give it memory: { externalMb }, or the machine more.`
          : crash
            ? "Native code crashed: update or replace the addon; fork() contained it, a thread would not have."
            : "Something in it called process.exit(), or was told to end: search its code and its packages.",
      reports: numbersOf(same.map(({ death: one }) => one)),
    };
  });
};
