import { Actor, inline, supervisor } from "holdfast";
import { expect, it } from "vitest";
import { play } from "./stage.js";
import { until } from "./until.js";

const starts: string[] = [];

class Task extends Actor<{ name: string }> {
  start() {
    starts.push(this.props.name);
  }
  fall(): void {
    // A timer's error is nobody's message: a death of unknown guilt.
    this.after(0, () => {
      throw new Error("fell");
    });
  }
}

const temporary = { restart: "temporary", significant: true } as const;

it("a supervisor that ended with its significant child starts that child again when it is restarted, in its place", async () => {
  starts.length = 0;
  const group = supervisor(
    { autoShutdown: "any-significant" },
    { first: inline(Task, { name: "first" }, temporary), second: inline(Task, { name: "second" }) },
  );
  const { app, refs } = await play({ group });
  await refs.group.first.ask.fall();
  await until(() => starts.length === 4, "the group's second start");
  expect(starts).toEqual(["first", "second", "first", "second"]);
  await until(() => app.child("group")?.state === "running", "the group to run");
  expect(app.children("group").map(({ name, state }) => `${name} ${state}`)).toEqual([
    "first running",
    "second running",
  ]);
});

it("what was added to a supervisor is there again when it is restarted, and what was removed is not", async () => {
  starts.length = 0;
  const group = supervisor(
    { intensity: { restarts: 0, within: "60s" } },
    { first: inline(Task, { name: "first" }), second: inline(Task, { name: "second" }) },
  );
  const { app } = await play({ group });
  const third = await app.add("group", "third", inline(Task, { name: "third" }));
  await app.remove("group/second");
  starts.length = 0;
  await third.ask.fall();
  await until(() => starts.length === 2, "the group's second start");
  await until(() => app.child("group")?.state === "running", "the group to run");
  expect(starts).toEqual(["first", "third"]);
});
