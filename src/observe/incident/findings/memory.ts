import { bytesText } from "../../bytes-text.js";
import { serviceOf } from "../availability.js";
import { type Finding, grouped, numbersOf, type Rule } from "../finding.js";

/** The wall was reached: what executed was lost, and in a thread one big allocation can end the whole process. */
export const heapDeaths: Rule = ({ deaths, input }) => {
  const walls = deaths.filter(({ cause }) => cause.kind === "heap");
  return [...grouped(walls, ({ path }) => serviceOf(input.tree, path).path)].map(([path, same]): Finding => {
    const heaps = same.flatMap(({ record }) => record?.heap ?? []);
    const known = heaps.length > 0 ? `: ${bytesText(Math.max(...heaps))} at its last beat` : "";
    return {
      rule: "heap-limit",
      severity: "critical",
      path,
      title: `${counted(same.length, "death")} at the heap limit${known}`,
      evidence: same.slice(0, 3).map(({ id, executing, record }) => {
        const what = executing.map(({ method, shape, bytes }) => `${method} ${shape}, ${bytes} bytes`).join("; ");
        const heap = record?.heap === undefined ? "" : `, heap ${bytesText(record.heap)}`;
        return `report ${id}: executing ${what || "nothing"}${heap}`;
      }),
      advice: `Raise heapMb of its spec if the work needs it; else give it memory: { heapMb } below the wall, so that it is recycled between messages and nobody loses an answer.`,
      reports: numbersOf(same),
    };
  });
};

/** Recycling is planned, and costs no answer; often, it says that the limit is too near or that something leaks. */
export const frequentRecycling: Rule = ({ events, input }) => {
  const recycled = events.flatMap(({ at, event }) =>
    event.type === "recycled" && "limitBytes" in event ? [{ at, ...event }] : [],
  );
  const groups = grouped(recycled, ({ path, what }) => `${serviceOf(input.tree, path).path}\n${what}`);
  return [...groups.entries()].flatMap(([name, same]): Finding[] => {
    if (same.length < 3) return [];
    const path = name.slice(0, name.lastIndexOf("\n"));
    const { what, limitBytes } = same[0]!;
    const option = { heap: "memory.heapMb", external: "memory.externalMb", rss: "memory.rssMb of the system" }[what];
    const most = Math.max(...same.map(({ bytes }) => bytes));
    const hours = Math.max((input.to - input.from) / 3_600_000, 1 / 60);
    return [
      {
        rule: "recycled-often",
        severity: "warning",
        path,
        title: `Recycled ${same.length} times for its ${what} memory, ${Math.round(same.length / hours)} an hour`,
        evidence: [`limit ${bytesText(limitBytes)}, up to ${bytesText(most)} were held`],
        advice: `Raise ${option}, or find what it keeps: what is held right after a start is its base, the rest grows with its messages.`,
        reports: [],
      },
    ];
  });
};

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
