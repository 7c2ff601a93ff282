import { below, type Happening, type Node } from "./scenario.js";

/** A moment in which OTP and ours went different ways, having agreed until then. */
export interface Parting {
  readonly events: readonly Happening[];
  /** Every node of the scenario by path. */
  readonly nodes: ReadonlyMap<string, Node>;
  /** What stood before, in both. */
  readonly before: readonly string[];
  /** The children of each supervisor, whenever they stood, latest first: one that was down meanwhile has none before. */
  readonly lastSeen: readonly string[];
  readonly otp: readonly string[];
  readonly ours: readonly string[];
}

/** Where ours parts from OTP on purpose. */
export interface Difference {
  readonly name: string;
  readonly otp: string;
  readonly ours: string;
  readonly why: string;
  /** The same thing in other words: one of our lines, in OTP's. */
  readonly inOtpsWords?: (line: string) => string;
  /** Is this why they part? What comes later is not compared then. */
  readonly explains?: (parting: Parting) => boolean;
}

/** The table of docs/otp-differences.md. */
export const differences: readonly Difference[] = [
  {
    name: "gave-up is told apart",
    otp: "A supervisor over its intensity exits with reason `shutdown`, as one that was told to stop does.",
    ours: "It ends with reason `gave-up`.",
    why: "Who reads a report must see that nobody asked for this end.",
    inOtpsWords: (line) => line.replace(/^(died \S+|root ended) gave-up$/, "$1 shutdown"),
  },
  {
    name: "auto-shutdown is told apart",
    otp: "A supervisor whose significant children have ended exits with reason `shutdown`.",
    ours: "It ends with reason `auto-shutdown`, which is a clean end, as OTP's is.",
    why: "As above: the reason says what happened.",
    inOtpsWords: (line) => line.replace(/^(died \S+|root ended) auto-shutdown$/, "$1 shutdown"),
  },
  {
    name: "a transient supervisor that gave up is restarted",
    otp: "Its `shutdown` reads as a clean end: nobody restarts it, and nobody above hears of it.",
    ours: "`gave-up` is abnormal: it is restarted, and charged to the supervisor above.",
    why: "What could not be repaired here is the business of the supervisor above; silence is no answer.",
    explains: ({ ours, nodes }) =>
      ours.some((line) => nodes.get(/^died (\S+) gave-up$/.exec(line)?.[1] ?? "")?.restart === "transient"),
  },
  {
    name: "what is down stays down",
    otp: "A mass restart starts every child it reaches: those too that were terminated by hand, had ended cleanly, or had answered `ignore`.",
    ours: "It starts those that should be up. Who was stopped by hand, had ended cleanly or had nothing to run stays down until it is restarted by hand.",
    why: "An operator who takes a child down must find it down, whatever its siblings do meanwhile.",
    explains: ({ before, otp, ours, nodes }) =>
      startsUnderGroups(otp, nodes).some(({ sup, id }) => {
        const path = `${sup}.${id}`;
        if (!wasDown(before, sup, id) && !(wentDown(otp, sup, id) && wentDown(ours, sup, id))) return false;
        // Or it is asked for by hand, and OTP has started it already or tries to.
        const told = ["running", "restarting"].map((answer) => `call ${sup} restart_child ${id} ${answer}`);
        return [`start ${path} `, ...told].some((line) => count(otp, line) > count(ours, line));
      }),
  },
  {
    name: "a restart by hand is kept up",
    otp: "`restart_child` whose start fails answers with the error and leaves the child down.",
    ours: "The child should be up from now on: a start that fails is charged and tried again, as any restart is; over its budget it is parked.",
    why: "There is one meaning of being up, whoever asked for it; the budget bounds it.",
    explains: ({ otp }) => otp.some((line) => /^call \S+ restart_child \S+ failed$/.test(line)),
  },
  {
    name: "who is asked for in mid-restart waits for its turn",
    otp: "Between two attempts of a mass restart `start_child` and `restart_child` start the child at once. The next attempt stops it again, and a temporary one is lost then.",
    ours: "It is started when its turn comes, after those that it may be built on.",
    why: "Start order is a promise: nobody is started before what stands before it is up.",
    explains: ({ events, otp, nodes }) =>
      events.some((event) => {
        if (event.do !== "start_child" && event.do !== "restart_child") return false;
        const own = below(event.sup, event.do === "start_child" ? event.child.id : event.id);
        return failedUnderGroups(otp, nodes).some(({ sup, id }) => sup === event.sup && `${sup}.${id}` !== own);
      }),
  },
  {
    name: "a mass restart goes on without a child that was taken down",
    otp: "When a start fails in the course of a mass restart and the child is terminated before the next attempt, there is no next attempt: the siblings that were still to come stay down.",
    ours: "They are started.",
    why: "They are to be up, and nobody else would start them.",
    explains: ({ otp, nodes }) =>
      failedUnderGroups(otp, nodes).some(({ sup, id }) => otp.includes(`call ${sup} terminate_child ${id} ok`)),
  },
  {
    name: "a retry leaves fresh siblings alone",
    otp: "When a start fails in the course of a one_for_all restart, the next attempt stops and starts again those that this one has just started.",
    ours: "They stay up while the one that failed is tried again.",
    why: "They have never met the child that is still to come, and a start may cost a model's load.",
    explains: ({ otp, ours, nodes }) =>
      failedUnderGroups(otp, nodes).some(({ sup }) => {
        const node = nodes.get(sup);
        if (node?.kind !== "sup" || node.strategy !== "one_for_all") return false;
        return stopsSiblingsToRetry(stepsUnder(otp, sup, nodes), stepsUnder(ours, sup, nodes), nodes);
      }),
  },
  {
    name: "what was added or removed outlives a restart",
    otp: "A supervisor that is restarted starts what was first written: children added at run time are lost, deleted ones return.",
    ours: "It starts what it has: children added at run time come back after the written ones, and removed ones do not. Written ones that had ended return, as in OTP. A dynamic supervisor comes back empty, as OTP's does.",
    why: "Refs and queued messages of an added child stay good, and an operator who removed a child must not meet it again.",
    explains: ({ otp, lastSeen, nodes }) =>
      otp.some((line) => {
        const [, path = ""] = /^start (\S+) (?:ok|fail)$/.exec(line) ?? [];
        const node = nodes.get(path);
        const listed = lastSeen
          .find((text) => `${text} `.startsWith(`children ${path} `))
          ?.split(" ")
          .slice(2);
        if (node?.kind !== "sup" || node.strategy === "simple_one_for_one" || !listed) return false;
        const written = node.children.map(({ id }) => id);
        const names = listed.map((text) => text.replace(/=.*/, ""));
        return names.some((id) => !written.includes(id)) || written.some((id) => !names.includes(id));
      }),
  },
];

interface Step {
  readonly line: string;
  /** Whose failed start comes right before, among those of the same supervisor. */
  readonly afterFailed: string | undefined;
}

/** Of the children of one supervisor: who was started with what outcome, and who was stopped. */
function stepsUnder(lines: readonly string[], sup: string, nodes: Parting["nodes"]): Step[] {
  const steps: Step[] = [];
  let afterFailed: string | undefined;
  for (const line of lines) {
    const [what, path = "", outcome] = line.split(" ");
    if (path.slice(0, path.lastIndexOf(".")) !== sup) continue;
    // A running system does not tell of a supervisor's start that failed.
    if (what === "start" && (outcome !== "fail" || nodes.get(path)?.kind === "worker")) {
      steps.push({ line: `start ${path} ${outcome}`, afterFailed });
    }
    if (what === "stop") steps.push({ line: `stop ${path}`, afterFailed });
    afterFailed = what === "start" && outcome === "fail" ? path : undefined;
  }
  return steps;
}

/**
 * They agree up to a start that failed. Then OTP stops siblings and starts them again, and ours starts the one that failed
 * again: they part with that, or with the siblings' start where ours stops them at that place because it gives up.
 */
function stopsSiblingsToRetry(otp: readonly Step[], ours: readonly Step[], nodes: Parting["nodes"]): boolean {
  const parted = otp.findIndex(({ line }, index) => line !== ours[index]?.line);
  const stops = (index: number) => otp[index]?.line.startsWith("stop ") ?? false;
  let retry = stops(parted) ? parted : parted - 1;
  while (stops(retry) && otp[retry]!.afterFailed === undefined) retry--;
  const failed = stops(retry) ? otp[retry]!.afterFailed : undefined;
  if (failed === undefined) return false;
  return nodes.get(failed)?.kind === "sup" || (ours[retry]?.line.startsWith(`start ${failed} `) ?? false);
}

interface Place {
  readonly sup: string;
  readonly id: string;
}

function startsUnderGroups(lines: readonly string[], nodes: Parting["nodes"], outcome = "(ok|fail|ignore)"): Place[] {
  const pattern = new RegExp(`^start (\\S+)\\.([^.]+) ${outcome}$`);
  return lines.flatMap((line) => {
    const [, sup = "", id = ""] = pattern.exec(line) ?? [];
    const node = nodes.get(sup);
    const group = node?.kind === "sup" && (node.strategy === "one_for_all" || node.strategy === "rest_for_one");
    return group ? [{ sup, id }] : [];
  });
}

function failedUnderGroups(lines: readonly string[], nodes: Parting["nodes"]): Place[] {
  return startsUnderGroups(lines, nodes, "fail");
}

function count(lines: readonly string[], beginning: string): number {
  return lines.filter((line) => line.startsWith(beginning)).length;
}

function wasDown(before: readonly string[], sup: string, id: string): boolean {
  return before.some((line) => line.startsWith(`children ${sup} `) && line.split(" ").includes(`${id}=down`));
}

/** In this moment it was taken down by hand, left cleanly, or had nothing to run. */
function wentDown(lines: readonly string[], sup: string, id: string): boolean {
  const path = `${sup}.${id}`;
  const ends = [
    `call ${sup} terminate_child ${id} ok`,
    `died ${path} normal`,
    `died ${path} shutdown`,
    `start ${path} ignore`,
  ];
  return lines.some((line) => ends.includes(line));
}
