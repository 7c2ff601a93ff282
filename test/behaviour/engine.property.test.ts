import fc from "fast-check";
import { testSystem } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { type Asked, ran, specOf, steps, take, tree } from "./mishaps.js";

describe("for any tree of inline actors and any mishaps, in virtual time", () => {
  it("every ask, watch and request by hand is answered once, each death is reported once, a stop ends, and nothing is left: no timer, no old incarnation", async () => {
    let deaths = 0;
    await fc.assert(
      fc.asyncProperty(tree, steps, fc.integer(), async (made, taken, seed) => {
        ran.clear();
        const plan = specOf(made);
        const asked: Asked[] = [];
        const test = await testSystem(plan.root, { seed, start: "background" });
        for (const { does, pick } of taken) await take(test, plan, asked, does, pick);
        await test.stop();
        await test.app.ended;
        await new Promise(setImmediate);

        for (const { what, outcomes } of asked) expect([what, outcomes]).toEqual([what, [expect.any(String)]]);
        const { events } = test.record;
        const died = events.flatMap((event) => (event.type === "death" ? [event.report] : []));
        deaths += died.length;
        const reported = test.record.reports.map(({ id }) => id);
        expect(reported.toSorted()).toEqual(died.map(({ id }) => id).toSorted());
        // A start that failed is told with the incarnation that did not come up; of those that served, each dies once.
        const served = died.filter(({ cause }) => cause.kind !== "start-failed");
        const who = served.map(({ path, incarnation }) => `${path} ${incarnation}`);
        expect(who).toEqual([...new Set(who)]);
        expect(test.clock!.pending).toBe(0);
        for (const [path, incarnations] of ran) {
          expect([path, incarnations]).toEqual([path, incarnations.toSorted((a, b) => a - b)]);
        }
        const stillThere = (node: ReturnType<typeof test.app.tree>): string[] => [
          ...(["stopped", "quarantined"].includes(node.state) ? [] : [`${node.path} ${node.state}`]),
          ...(node.children ?? []).flatMap(stillThere),
        ];
        expect(stillThere(test.app.tree())).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(deaths).toBeGreaterThan(100);
  });
});
