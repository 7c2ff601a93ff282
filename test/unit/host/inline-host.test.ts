import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { Actor } from "../../../src/actor/actor.js";
import { realClock } from "../../../src/clock.js";
import { InlineProvider } from "../../../src/host/inline-host.js";
import { tensorsOf } from "../../../src/transport/lease.js";
import { Slab } from "../../../src/transport/slab.js";

class Giver extends Actor {
  give() {
    const tensor = this.tensor("float32", [5000]);
    return [tensor, tensor];
  }
}

const nothing = { value: undefined, special: false };
const to = { actor: 0, incarnation: 1 };

it.each([false, true])(
  "a tensor in a result that nobody takes out of its frame goes back (cloned: %s)",
  async (clone) => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const slab = new Slab(realClock, 1 << 22);
    const provider = new InlineProvider(clone, realClock, tensorsOf(slab));
    const host = provider.open({ entries: 1, heapMb: undefined });
    const heard: string[] = [];
    host.onFrame = ({ t }) => {
      heard.push(t);
      if (t === "booted")
        host.send({ t: "start", ...to, above: "app", name: "a", key: undefined, props: undefined, state: undefined });
      if (t === "started")
        host.send({
          t: "call",
          ...to,
          seq: 1,
          method: "give",
          args: { value: [], special: false },
          expires: Number.POSITIVE_INFINITY,
          snapshot: false,
          again: false,
        });
    };
    host.send({ t: "boot", module: provider.register(Giver), exportName: undefined, props: nothing, path: "app/a" });
    await expect.poll(() => heard).toEqual(["hello", "booted", "started", "done"]);
    for (let i = 0; i < 200 && slab.used > 0; i++) {
      collect();
      await pause(5);
    }
    expect(slab.used).toBe(0);
    await provider.close();
    slab.close();
  },
);
