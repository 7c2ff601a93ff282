import { afterAll, describe, expect, it } from "vitest";
import { buildAddon } from "../addons/build.mjs";
import { type Cell, type Fault, matrix } from "../containment/matrix.mjs";
import { type Look, lookAt, type Seen } from "./health/look-at.js";

/* For every fault of the containment matrix: what /health says from outside, beside what happened and when. */

/** So soon health says so, ms; how late the machine itself was at the worst is measured beside it, and added. */
const WITHIN_MS = 100;
/** Of watched.mjs. */
const LIMIT_MS = 1500;
/** The actor is up a little before its first answer is there, ms. */
const UP_BEFORE_MS = 50;
const levels = ["inline", "thread", "fork"] as const;
const addon = buildAddon("null-write");
const rows: string[] = [];
afterAll(() => {
  addon?.remove();
  console.log(["fault, level: unready after, ready again after (ms; the machine's own lateness)", ...rows].join("\n"));
});

/** Programs at once: most wait, few compute. */
const AT_ONCE = 3;
let free = AT_ONCE;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
  else free--;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

describe.concurrent("health, looked at from outside", { timeout: 600_000 }, () => {
  for (const fault of Object.keys(matrix) as Fault[]) {
    for (const level of levels) {
      const native = fault === "native-null-write";
      it.skipIf(native && !addon)(`${fault} in ${level}`, async ({ expect }) => {
        const seen = await inTurn(() => lookAt(fault, level, native ? addon!.file : undefined));
        const cell: Cell = matrix[fault]![level];
        expect(seen.looks[0]).toMatchObject({ live: true, ready: true, whole: true });
        if (seen.served === undefined) endsWithTheProgram(seen);
        else if (cell.cause !== undefined) flips(fault, level, seen);
        else expect(seen.looks.filter(({ answered, ready }) => answered && !ready)).toEqual([]);
        if (seen.served !== undefined) comesBack(seen);
      });
    }
  }
});

/** Nothing is left to say that it is ready. */
function endsWithTheProgram({ looks, lateMs, ended }: Seen): void {
  const last = ended ?? looks.at(-1)!.sent - WITHIN_MS - lateMs - 200;
  const later = looks.filter(({ sent }) => sent > last + WITHIN_MS + lateMs);
  expect(later.length).toBeGreaterThan(0);
  expect(later.filter(({ live, ready }) => live || ready)).toEqual([]);
}

/** Unready from the death on, or from the moment in which the limit had passed; alive all the time. */
function flips(fault: Fault, level: string, { looks, lateMs, began, died, served }: Seen): void {
  const hung = matrix[fault]![level as "thread"]!.cause === "hung";
  // A heap takes its time to fill: only the runtime can say when that was.
  const at = hung ? began! + LIMIT_MS : fault.startsWith("heap") ? died! : began!;
  const down = looks.filter(({ sent, got }) => sent > at + WITHIN_MS + lateMs && got < served! - UP_BEFORE_MS);
  expect(down.filter(({ answered, ready, whole }) => answered && (ready || whole))).toEqual([]);
  const unready = looks.filter(({ sent, answered, ready }) => answered && !ready && sent < served!);
  expect(unready.length).toBeGreaterThan(0);
  expect(looks.filter(({ answered, live }) => answered && !live)).toEqual([]);
  if (hung) expect(busyBefore(looks, began! + LIMIT_MS)).toBe(true);
  const back = looks.find(({ sent, ready }) => sent > served! - UP_BEFORE_MS && ready)!;
  const ms = (value: number) => Math.max(0, value).toFixed(0);
  rows.push(`${fault}, ${level}: ${ms(unready[0]!.sent - at)}, ${ms(back.sent - served!)} (${lateMs.toFixed(0)})`);
}

/** It says with what it is busy, for how long, and for how long it may be; and is ready. */
function busyBefore(looks: readonly Look[], end: number): boolean {
  return looks.some(
    ({ sent, ready, busy }) =>
      sent < end && ready && busy?.some(({ ageMs, limitMs }) => ageMs >= 1000 && limitMs === LIMIT_MS),
  );
}

/** Ready again, and so it stays. */
function comesBack({ looks, lateAfterMs, served }: Seen): void {
  const after = looks.filter(({ sent, answered }) => answered && sent > served! + WITHIN_MS + lateAfterMs);
  expect(after.length).toBeGreaterThan(0);
  expect(after.filter(({ ready, whole }) => !ready || !whole)).toEqual([]);
}
