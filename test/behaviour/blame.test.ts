import { Actor, inline, keyed, refTo, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import type { Blocking } from "../actors/blocking.mjs";
import type { Gate } from "./gate.js";
import { deaths, failure, gateOf, plan, play } from "./stage.js";
import { until } from "./until.js";

const url = new URL("../actors/blocking.mjs", import.meta.url);
const gate = refTo<Gate>("gate");

let runs = 0;
let open = false;

/** Two at once: one works, the other throws beside it. */
class Beside extends Actor {
  static override concurrency = 2;
  static override methods = { work: { idempotent: true } };
  async work(): Promise<string> {
    runs++;
    while (!open) await new Promise(setImmediate);
    return "done";
  }
  fail(): never {
    throw new Error("mine alone");
  }
}

describe("a message that was executing beside the guilty one", () => {
  it("is not charged with what another's handler threw, however often", async () => {
    runs = 0;
    open = false;
    const { refs, app } = await play({ beside: inline(Beside) });
    const work = refs.beside.ask.work();
    for (let death = 1; death <= 3; death++) {
      await until(() => runs === death, `run ${death}`);
      expect(await failure(refs.beside.ask.fail())).toMatchObject({ code: "HandlerFailed" });
    }
    await until(() => runs === 4, "the last run");
    open = true;
    expect(await work).toBe("done");
    expect(deaths(app)).toHaveLength(3);
    expect(deaths(app).map(({ poisoned }) => poisoned)).toEqual([0, 0, 0]);
  });

  it("is not charged with an uncaught error of its cell either, since nobody knows whose it was", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), cells: keyed(thread<Blocking>(url, { gate })) });
    const bystander = refs.cells.key("good").with({ idempotent: true });
    const held = bystander.ask.hold("door");
    for (let death = 1; death <= 3; death++) {
      await made.reached("door", death);
      const guilty = failure(refs.cells.key("bad").ask.uncaughtAt(`bomb ${death}`));
      await made.reached(`bomb ${death}`);
      made.open(`bomb ${death}`);
      expect(await guilty).toMatchObject({ code: "ActorDied" });
    }
    await made.reached("door", 4);
    made.open("door");
    expect(await held).toBe("door");
    expect(deaths(app).map(({ cause, poisoned }) => [cause.kind, poisoned])).toEqual([
      ["uncaught", 0],
      ["uncaught", 0],
      ["uncaught", 0],
    ]);
  });
});
