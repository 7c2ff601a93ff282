import { expect, it } from "vitest";
import { childRules } from "../../../src/supervision/spec.js";
import { notAnActor } from "../../../src/system/not-an-actor.js";
import { RunningSystem } from "../../../src/system/running-system.js";
import { supervisor } from "../../../src/system/supervisor/supervisor-spec.js";
import { noKeeper, type Unit } from "../../../src/system/unit.js";

/** A unit whose stops end when the test says so. */
class SlowToStop implements Unit {
  readonly name = "slow";
  readonly path = "app/slow";
  readonly target = notAnActor("app/slow");
  keeper = noKeeper;
  starts = 0;
  readonly stops: (() => void)[] = [];

  async start(): Promise<void> {
    this.starts++;
  }
  stop(): Promise<void> {
    return new Promise((resolve) => this.stops.push(resolve));
  }
  die(): void {
    this.keeper.unitDied(this.name, {
      guilty: false,
      normal: false,
      error: new Error("on its way out"),
      decided: () => {},
    });
  }
  dispose(): void {}
  drain(): void {}
  pending(): number {
    return 0;
  }
  kill(): boolean {
    return false;
  }
  stats(): void {}
  child(): undefined {
    return undefined;
  }
  tree() {
    return { path: this.path, name: this.name, kind: "actor", state: "running", restarts: 0 } as const;
  }
}

const turn = () => new Promise(setImmediate);

it("the end of a stop that a death had answered is not taken for the end of a later one", async () => {
  const unit = new SlowToStop();
  const slow = {
    kind: "actor",
    load: async () => ({ rules: (field: string) => childRules({}, field), create: () => unit }),
  } as const;
  const app = new RunningSystem(await supervisor({}, { slow }).load(), {});
  await app.start(false);
  app.restart("slow").catch(() => {});
  expect(unit.stops).toHaveLength(1);
  unit.die();
  await turn();
  expect(unit.starts).toBe(2);
  app.restart("slow").catch(() => {});
  expect(unit.stops).toHaveLength(2);
  unit.stops[0]!();
  await turn();
  // The second incarnation is still on its way out: a third beside it would be two of one.
  expect(unit.starts).toBe(2);
  unit.stops[1]!();
  await turn();
  expect(unit.starts).toBe(3);
  const stopped = app.stop({ drain: 0 });
  await turn();
  unit.stops[2]!();
  await stopped;
});
