import { type Difference, differences } from "./differences.js";
import { nodesOf, type Scenario, type Trace } from "./scenario.js";

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

/** OTP's trace beside ours, up to the first moment in which a named difference parts them. */
export function compare(scenario: Scenario, otp: Trace, ours: Trace): Comparison {
  const met = new Set<Difference>();
  const nodes = nodesOf(scenario);
  const moments = Math.max(otp.moments.length, ours.moments.length);
  const dynamic = new Set<string>();
  for (const [path, node] of nodes) {
    if (node.kind === "sup" && node.strategy === "simple_one_for_one") dynamic.add(path);
  }
  for (let index = 0; index < moments; index++) {
    const [theirLines, ourLines] = [otp.moments[index]?.lines ?? [], ours.moments[index]?.lines ?? []];
    const theirs = settled(theirLines, dynamic);
    const mine = settled(
      ourLines.map((line) => inOtpsWords(line, met)),
      dynamic,
    );
    if (theirs.join("\n") === mine.join("\n")) continue;
    const events = scenario.moments[index - 1]?.events ?? [];
    const before = otp.moments[index - 1]?.lines ?? [];
    const parting = { events, nodes, before, otp: theirLines, ours: ourLines };
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
function settled(lines: readonly string[], dynamic: ReadonlySet<string>): string[] {
  const answers = lines.filter((line) => line.startsWith("call ")).sort();
  const rest: string[] = [];
  let together: string[] = [];
  for (const line of lines) {
    if (line.startsWith("call ")) continue;
    const [, parent] = /^stop (.+)\.[^.]+ /.exec(line) ?? [];
    if (parent !== undefined && dynamic.has(parent)) {
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
