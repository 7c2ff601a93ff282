import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Actor, dynamic, inline, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

interface Big {
  readonly bytes: Uint8Array;
}

class Heavy extends Actor<{ big: Big }> {
  size(): number {
    return this.props.big.bytes.length;
  }
  die(): void {
    this.after(0, () => {
      throw new Error("died");
    });
  }
  leave(): void {
    this.stopSelf();
  }
}

/** Waits until the collector has taken it: it runs in the background, in several passes. */
function collected(held: WeakRef<Big>): Promise<void> {
  return until(() => {
    collect();
    return held.deref() === undefined;
  }, "the arguments to be let go");
}

describe("the arguments of a temporary child", () => {
  it("are there while it lives and let go when it has died or left, under a dynamic supervisor [do_not_save_start_parameters_for_temporary_children, simple_one_for_one_corruption]", async () => {
    const { app, refs } = await play({ sup: dynamic(inline(Heavy, { big: small() }, { restart: "temporary" })) });
    // Again: once the first one has gone, the bookkeeping must be as it was.
    for (const [name, end] of [
      ["c1", "die"],
      ["c2", "leave"],
      ["c3", "die"],
    ] as const) {
      const held = await spawned(name);
      await refs.sup.child(name)!.ask[end]();
      await until(() => app.children("sup").length === 0, "the child to be forgotten");
      await collected(held);
    }

    async function spawned(name: string): Promise<WeakRef<Big>> {
      const big = { bytes: new Uint8Array(50_000) };
      const child = await refs.sup.spawn(name, { big });
      expect(await child.ask.size()).toBe(50_000);
      return new WeakRef(big);
    }
  });

  it.each([["one-for-one"], ["all-for-one"], ["rest-for-one"]] as const)(
    "and under an ordinary one: %s [do_not_save_start_parameters_for_temporary_children]",
    async (strategy) => {
      const { app } = await play({ sup: supervisor({ strategy }, {}) });
      const held = await added();
      await app.remove("sup/c1");
      await collected(held);

      async function added(): Promise<WeakRef<Big>> {
        const big = { bytes: new Uint8Array(50_000) };
        const child = await app.add("sup", "c1", inline(Heavy, { big }, { restart: "temporary" }));
        expect(await child.ask.size()).toBe(50_000);
        return new WeakRef(big);
      }
    },
  );
});

function small(): Big {
  return { bytes: new Uint8Array(1) };
}
