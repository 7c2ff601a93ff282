import { expect, it } from "vitest";
import { whereItHangs } from "../../../src/system/cell/where.js";

const cases: [what: string, now: number, since: number, native: boolean, beat: number | undefined, where: unknown][] = [
  ["in a call that is marked native, whatever its beat says", 2000, 1000, true, 1950, "native"],
  ["where it awaits, inline: the watch turns in the same loop", 2000, 1000, false, undefined, "await"],
  ["where it awaits, when its loop has turned since it began and still does", 2000, 1000, false, 1900, "await"],
  ["in JavaScript, when its loop has not turned since it began", 2000, 1000, false, 990, "js"],
  ["in JavaScript, when its loop turned at first and does no more", 2000, 1000, false, 1600, "js"],
  ["in JavaScript, when its host never had a beat", 2000, 1000, false, 0, "js"],
  ["where nobody can tell, when it is too soon for a beat", 1100, 1000, false, 990, undefined],
];
it.each(cases)("a handler hangs %s", (_, now, since, native, beat, where) => {
  expect(whereItHangs(now, since, native, beat)).toBe(where);
});
