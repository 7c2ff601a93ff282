import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { at, failure, levels, play, walls } from "../behaviour/stage.js";
import { matrix } from "../containment/matrix.mjs";

/*
 * Law 5. A fault is contained by the isolation you chose: same actor, same ref, same tests. What each level contains is
 * published as an executable matrix (test/containment measures every cell in a program of its own).
 */
describe("law 5, a fault is contained by the isolation you chose", () => {
  it.each(levels)("the same actor behind the same ref gives the same answers in $level", async ({ level }) => {
    const { refs } = await play({ hand: at(level, Hand) });
    expect(await refs.hand.ask.say({ x: 1 })).toEqual({ x: 1 });
    expect(await failure(refs.hand.ask.fail("t"))).toMatchObject({
      code: "HandlerFailed",
      cause: { name: "TypeError" },
    });
    expect(await failure(refs.hand.ask.refuse("r"))).toMatchObject({ code: "Refused", details: { reason: "r" } });
  });

  it.each(walls)("an exit in $level costs its siblings nothing", async ({ level }) => {
    const { refs } = await play({ hand: at(level, Hand), sibling: at(level, Hand) });
    await refs.sibling.ask.keep("state");
    await failure(refs.hand.ask.exit(1));
    expect(await refs.sibling.ask.kept()).toBe("state");
    expect(await refs.sibling.ask.who()).toMatchObject({ incarnation: 1 });
  });

  it("the published matrix is the one that the tests measure, and no level claims more than the next", () => {
    const page = new URL("../../docs/containment.json", import.meta.url);
    const { cells } = JSON.parse(readFileSync(page, "utf8")) as { cells: { fault: string; contained: boolean }[] };
    expect(cells).toHaveLength(Object.keys(matrix).length * 3);
    for (const [fault, { inline, thread, fork }] of Object.entries(matrix)) {
      expect(fork!.contained, `${fault} in a process`).toBe(true);
      if (inline!.contained) expect(thread!.contained, `${fault} in a thread`).toBe(true);
    }
  });
});
