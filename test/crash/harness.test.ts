import { describe, expect, it } from "vitest";
import { type JudgeOptions, judge } from "./judge.js";
import { type Care, careful, plainJournal } from "./plain-journal.js";
import { play, type Session } from "./scenario.js";

const sessions: readonly Session[] = [
  { batches: 10, end: "close" },
  { batches: 8, end: "kill" },
  { batches: 8, end: "kill" },
  { batches: 3 },
];

async function judged(care: Care, options: JudgeOptions = {}) {
  const store = (disk: Parameters<typeof plainJournal>[0]) => plainJournal(disk, care);
  const { log } = await play({ store, seed: 5, sessions });
  return judge(log, store, { enough: 1, ...options });
}

describe("the harness that cuts the power", () => {
  it("finds nothing wrong with a store that keeps its word, wherever the power is cut, and cut again", async () => {
    const { problems, disks } = await judged(careful, { torn: "every", again: 50 });
    expect(problems).toEqual([]);
    expect(disks).toBeGreaterThan(3000);
  });

  it.each(Object.keys(careful) as (keyof Care)[])(
    "finds what a store loses that forgets one thing: %s",
    async (care) => {
      const { problems } = await judged({ ...careful, [care]: false }, { torn: 5, again: 1 }).catch(
        (error: unknown) => ({
          problems: [String(error)],
        }),
      );
      expect(problems).toHaveLength(1);
    },
  );
});
