import { Actor, dynamic, inline, supervisor } from "holdfast";
import { stopTestSystems, testSystem } from "holdfast/testing";
import { afterEach, expect, it } from "vitest";

afterEach(stopTestSystems);

class Hand extends Actor {
  say(): string {
    return "yes";
  }
}

/** Its host says "started" in the very call that ends it: heard then, it counted as up, and its mail waited for ever. */
it("never leaves an inline actor up without a host, at whatever turn of its start it is killed, beside others of its class", async () => {
  for (let turns = 0; turns < 16; turns++) {
    for (const more of [undefined, 0, 1, 2]) {
      const test = await testSystem(supervisor({}, { a: inline(Hand), more: dynamic(inline(Hand)) }));
      const spawned = test.refs.more.spawn("k").catch(() => {});
      for (let i = 0; i < turns; i++) await undefined;
      if (test.app.child("more/k")) test.app.kill("more/k");
      for (let i = 0; i < (more ?? 0); i++) await undefined;
      if (more !== undefined && test.app.child("more/k")) test.app.kill("more/k");
      await test.advance(5_000);
      await spawned;
      const k = test.refs.more.child("k");
      if (k) expect(await test.runUntil(k.ask.say())).toBe("yes");
      await test.stop();
    }
  }
});
