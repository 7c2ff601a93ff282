import { Actor, inline } from "holdfast";
import { expect, it } from "vitest";
import { deaths, failure, play } from "./stage.js";

let starts = 0;

/** Fails its second and third start. */
class Unsteady extends Actor {
  start(): void {
    starts++;
    if (starts === 2 || starts === 3) throw new Error(`start ${starts} fails`);
  }
  fail(): never {
    throw new Error("as told");
  }
  starts(): number {
    return starts;
  }
}

it("a restart that fails is reported as the death it is, with what was decided", async () => {
  starts = 0;
  const { refs, app } = await play({ unsteady: inline(Unsteady, undefined, { backoff: { initial: 1 } }) });
  expect(await failure(refs.unsteady.ask.fail())).toMatchObject({ code: "HandlerFailed" });
  expect(await refs.unsteady.ask.starts()).toBe(4);
  expect(deaths(app).map(({ cause, decision }) => [cause.kind, decision])).toEqual([
    ["threw", "restart"],
    ["start-failed", "restart"],
    ["start-failed", "restart"],
  ]);
});
