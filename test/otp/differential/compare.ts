import { type Difference, differences } from "./differences.js";
import { type Node, nodesOf, type Scenario, type Trace } from "./scenario.js";

export interface Comparison {
  /** The first moment in which the two differ and no named difference says why. */
  readonly differs:
    | { readonly at: number; readonly otp: readonly string[]; readonly ours: readonly string[] }
    | undefined;
  /** The named differences that were met. */
  readonly met: ReadonlySet<Difference>;
  /** Moments that agreed, of all. */
  readonly agreed: number;
  readonly moments: number;
}

/** How the lines of one moment are looked at. */
export type View = (lines: readonly string[], nodes: ReadonlyMap<string, Node>, moment: number) => string[];

/** OTP's trace beside ours, up to the first moment in which a named difference parts them. */
export function compare(scenario: Scenario, otp: Trace, ours: Trace, view: View = settled): Comparison {
  const met = new Set<Difference>();
  const nodes = nodesOf(scenario);
  const moments = Math.max(otp.moments.length, ours.moments.length);
  for (let index = 0; index < moments; index++) {
    const [theirLines, ourLines] = [otp.moments[index]?.lines ?? [], ours.moments[index]?.lines ?? []];
    const theirs = view(theirLines, nodes, index);
    const inTheirWords = ourLines.map((line) => inOtpsWords(line, met));
    const mine = view(inTheirWords, nodes, index);
    if (theirs.join("\n") === mine.join("\n")) continue;
    const events = scenario.moments[index - 1]?.events ?? [];
    const before = otp.moments[index - 1]?.lines ?? [];
    const lastSeen = otp.moments
      .slice(0, index)
      .flatMap(({ lines }) => lines.filter((line) => line.startsWith("children ")));
    const parting = { events, nodes, before, lastSeen: lastSeen.reverse(), otp: theirLines, ours: ourLines };
    const why = differences.find((difference) => difference.explains?.(parting));
    if (why) met.add(why);
    const differs = why ? undefined : { at: otp.moments[index]?.at ?? -1, otp: theirs, ours: mine };
    return { differs, met, agreed: index, moments };
  }
  return { differs: undefined, met, agreed: moments, moments };
}

function inOtpsWords(line: string, met: Set<Difference>): string {
  let text = line;
  for (const difference of differences) {
    const said = difference.inOtpsWords?.(text) ?? text;
    if (said !== text) met.add(difference);
    text = said;
  }
  return text;
}

/**
 * Without the orders that mean nothing: an answer is heard some time after it was given, so the moment has it and no place
 * in it; and the children of a dynamic supervisor are told to stop all at once.
 */
export function settled(lines: readonly string[], nodes: ReadonlyMap<string, Node>): string[] {
  const answers = lines.filter((line) => line.startsWith("call ")).sort();
  const rest: string[] = [];
  let together: string[] = [];
  for (const line of lines) {
    if (line.startsWith("call ")) continue;
    const [, parent] = /^stop (\S+)\.[^.\s]+/.exec(line) ?? [];
    const above = nodes.get(parent ?? "");
    if (above?.kind === "sup" && above.strategy === "simple_one_for_one") {
      together.push(line);
      continue;
    }
    rest.push(...together.sort(), line);
    together = [];
  }
  return [...rest, ...together.sort(), ...answers];
}

/** Two columns, a star where they differ. */
export function besideEachOther({ at, otp, ours }: NonNullable<Comparison["differs"]>): string {
  const rows = Array.from({ length: Math.max(otp.length, ours.length) }, (_, n) => {
    const mark = otp[n] === ours[n] ? " " : "*";
    return `${mark} ${(otp[n] ?? "").padEnd(60)} | ${ours[n] ?? ""}`;
  });
  return [`at ${at} ms: OTP | ours`, ...rows].join("\n");
}
