import { Actor, inline, type Ref, refTo, supervisor } from "holdfast";
import { stopTestSystems, testSystem } from "holdfast/testing";
import { afterEach, expect, it } from "vitest";

afterEach(stopTestSystems);

let runs = 0;

/** Every second it tells itself something that it cannot stand. */
class Brooder extends Actor<{ self: Ref<Brooder> }> {
  start() {
    this.after(1000, () => this.props.self.tell.brood());
  }
  brood(): void {
    runs++;
    throw new Error("not this again");
  }
}

const brooder = (options: object) => inline(Brooder, { self: refTo<Brooder>("brooder") }, options);

it("a death over what an actor told itself is charged to the actor: it is parked within its own budget", async () => {
  runs = 0;
  const options = { intensity: { restarts: 2, within: "1h" }, overBudget: "quarantine" };
  const test = await testSystem(supervisor({}, { brooder: brooder(options) }));
  await test.advance("10m");
  expect(test.app.tree().children![0]!.state).toBe("quarantined");
  expect(runs).toBe(3);
  expect(test.app.reports().map(({ decision }) => decision)).toEqual(["restart", "restart", "quarantine"]);
});

it("the same from somebody else is charged to the message", async () => {
  runs = 0;
  const options = { intensity: { restarts: 2, within: "1h" }, overBudget: "quarantine" };
  const test = await testSystem(supervisor({}, { brooder: brooder(options) }));
  for (let i = 0; i < 5; i++) test.refs.brooder.tell.brood();
  await test.settled();
  expect(runs).toBe(5);
  expect(test.app.tree().children![0]!.state).toBe("running");
});
