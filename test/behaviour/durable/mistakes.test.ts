import {
  Actor,
  dynamic,
  HoldfastError,
  inline,
  keyed,
  type OpenStore,
  pool,
  type Store,
  supervisor,
  system,
} from "holdfast";
import { expect, it } from "vitest";
import { Stateless, Tally } from "../../actors/tally.mjs";
import { failure, play } from "../stage.js";
import { Paper } from "./paper.js";

const durable = { durable: true } as const;

it.each([
  ["an actor", { tally: inline(Tally, undefined, durable) }],
  ["a keyed group", { tally: keyed(inline(Tally, undefined, durable)) }],
  ["one below another supervisor", { tally: supervisor({}, { one: inline(Tally, undefined, durable) }) }],
])("%s that is durable needs a store", async (_, tree) => {
  const error = await failure(system(supervisor({}, tree)));
  expect(error).toMatchObject({ code: "InvalidSpec" });
  expect(error.message).toMatch(/app\/tally.* is durable, and its system has no store: .*files\("\.\/state"\)/);
});

it("a child that is added while the system runs needs one too", async () => {
  const { app, refs } = await play({ some: dynamic(inline(Tally, undefined, durable)) });
  expect((await failure(refs.some.spawn("one"))).message).toContain("has no store");
  expect((await failure(app.add("", "two", inline(Tally, undefined, durable)))).message).toContain(
    "app/two is durable",
  );
});

it("members of a pool are not durable", async () => {
  const tree = supervisor({}, { tallies: pool(inline(Tally, undefined, durable)) });
  const error = await failure(system(tree, { store: new Paper() }));
  expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "app/tallies.durable" } });
});

it("a class without a state is told what it lacks", async () => {
  const error = await failure(play({ echo: inline(Stateless, undefined, durable) }, {}, { store: new Paper() }));
  expect(JSON.stringify([error.message, (error.cause as Error | undefined)?.message])).toContain(
    "app/echo is durable, and its class has no snapshot() and restore()",
  );
});

it("a durable child without a name of its own is refused", async () => {
  class Parent extends Actor {
    async child(name?: string) {
      const spec = inline(Tally, undefined, durable);
      const ref = await (name === undefined ? this.spawn(spec) : this.spawn(name, spec));
      return ref.ask.add(1);
    }
  }
  const tree = { some: dynamic(inline(Tally, undefined, durable)), parent: inline(Parent) };
  const { refs } = await play(tree, {}, { store: new Paper() });
  expect((await failure(refs.some.spawn())).message).toContain("a durable child without a name");
  expect((await failure(refs.parent.ask.child())).message).toContain("a durable child without a name");
  expect(await refs.parent.ask.child("own")).toBe(1);
});

it.each([
  [1, "true, or { mail: true }"],
  [{ mail: 1 }, "true or false"],
  [{ mial: true }, "mial"],
  [[], "true, or { mail: true }"],
])("durable: %j is refused", async (option, says) => {
  const tree = supervisor({}, { tally: inline(Tally, undefined, { durable: option as never }) });
  const error = await failure(system(tree, { store: new Paper() }));
  expect(error.code).toBe("InvalidSpec");
  expect(error.message).toContain(says);
});

it.each([[{}], [{ kind: "store" }], ["./state"]])("a store that is %j is refused", async (store) => {
  const error = await failure(system(supervisor({}, {}), { store: store as never }));
  expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "store" } });
  expect(error.message).toContain('files("./state")');
});

it("a system whose store does not open does not start, and nothing is left of it", async () => {
  const store: Store = {
    kind: "store",
    open: async () => {
      throw new HoldfastError("StoreInUse", "process 1 has it open");
    },
  };
  let started = false;
  class Early extends Actor {
    start() {
      started = true;
    }
  }
  const error = await failure(system(supervisor({}, { early: inline(Early) }), { store }));
  expect(error).toMatchObject({ code: "StoreInUse" });
  expect(started).toBe(false);
});

it("a store is closed where the system cannot start, and where it ends by itself", async () => {
  class Broken extends Actor {
    start() {
      throw new Error("planned");
    }
  }
  const store = new Paper();
  await failure(system(supervisor({}, { broken: inline(Broken) }), { store }));
  expect([store.opened, store.closed]).toEqual([1, 1]);
  const app = await system(supervisor({ autoShutdown: "any-significant" }, {}), { store });
  await app.stop();
  expect([store.opened, store.closed]).toEqual([2, 2]);
});

it("a system that is stopped while its store opens starts nobody, and closes it", async () => {
  const paper = new Paper();
  let go = () => {};
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const store: Store = {
    kind: "store",
    async open(around): Promise<OpenStore> {
      await gate;
      return paper.open(around);
    },
  };
  let started = false;
  class Early extends Actor {
    start() {
      started = true;
    }
  }
  const app = await system(supervisor({}, { early: inline(Early) }), { store, start: "background" });
  const stopped = app.stop();
  go();
  await stopped;
  expect(paper.closed).toBe(1);
  expect(started).toBe(false);
});
