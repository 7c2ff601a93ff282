import { Actor, inline } from "holdfast";
import { expect, it } from "vitest";
import { play } from "./stage.js";

class Stuck extends Actor {
  stop(): Promise<void> {
    return new Promise(() => {});
  }
  hello(): number {
    return this.self.incarnation;
  }
}

it("the successor of an actor that was killed for not stopping serves, in the cell that both share", async () => {
  const { app, refs } = await play({
    stuck: inline(Stuck, undefined, { shutdown: 20 }),
    other: inline(Stuck, undefined, { shutdown: "brutal" }),
  });
  expect(await refs.stuck.ask.hello()).toBe(1);
  await app.restart("stuck");
  expect(await refs.stuck.with({ timeout: "10s" }).ask.hello()).toBe(2);
  expect(await refs.other.ask.hello()).toBe(1);
});
