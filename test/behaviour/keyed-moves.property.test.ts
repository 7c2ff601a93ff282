import fc from "fast-check";
import { keyed } from "holdfast";
import { describe, expect, it } from "vitest";
import { Ledger } from "../actors/cast.mjs";
import { at, play } from "./stage.js";

const keys = ["ada", "bob", "cyd", "dan", "eve", "fay"];

/** What happens to a group, step by step; all of it in one turn, or with a pause before. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant("add" as const), key: fc.constantFrom(...keys) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant("resize" as const), to: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("kill" as const), key: fc.constantFrom(...keys) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("restart" as const), cell: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant("pause" as const), ms: fc.integer({ min: 0, max: 15 }) }) },
);

describe.each([
  { level: "inline", runs: 40 },
  { level: "thread", runs: 12 },
  { level: "fork", runs: 4 },
] as const)("for any resizes, kills and restarts, $level", ({ level, runs }) => {
  it("each key has all that was added to it, once, in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 20, maxLength: 60 }),
        fc.constantFrom(1, 3),
        async (steps, every) => {
          const rules = { snapshotEvery: every, backoff: { initial: 1, jitter: 0 }, spare: "empty" } as const;
          const { refs, app } = await play({
            books: keyed(at(level, Ledger, undefined, rules), { cells: { max: 4 } }),
          });
          const added = new Map<string, string[]>(keys.map((key) => [key, []]));
          const answers: Promise<unknown>[] = [];
          const turns: Promise<unknown>[] = [];
          for (const one of steps) {
            if (one.does === "add") {
              const all = added.get(one.key)!;
              all.push(`${all.length + 1}`);
              answers.push(refs.books.key(one.key).ask.add(`${all.length}`));
            } else if (one.does === "resize") turns.push(refs.books.resize(one.to).catch(() => {}));
            else if (one.does === "kill") app.kill("books", { key: one.key });
            else if (one.does === "restart") {
              const cells = app.tree().children![0]!.children!;
              turns.push(app.restart(`books/${cells[one.cell % cells.length]!.name}`).catch(() => {}));
            } else await new Promise((resolve) => setTimeout(resolve, one.ms));
          }
          await Promise.all(turns);
          await Promise.all(answers);
          for (const key of keys) expect([key, await refs.books.key(key).ask.all()]).toEqual([key, added.get(key)]);
          await app.stop();
        },
      ),
      { numRuns: runs },
    );
  });
});
