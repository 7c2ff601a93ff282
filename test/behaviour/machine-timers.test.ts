import { Actor, inline, type Ref, refTo, supervisor } from "holdfast";
import { stopTestSystems, testSystem } from "holdfast/testing";
import { idempotencyKey, type Machine, machine } from "holdfast/xstate";
import { afterEach, expect, it } from "vitest";
import {
  assign,
  cancel,
  createMachine,
  fromCallback,
  fromEventObservable,
  fromPromise,
  raise,
  sendTo,
  setup,
} from "xstate";
import { door } from "../actors/door.mjs";
import { failure } from "./stage.js";

afterEach(stopTestSystems);

it("a timer fires when the time has passed that was left at a crash, not later and not again", async () => {
  const test = await testSystem(supervisor({}, { door: machine(door) }));
  await test.refs.door.ask.send({ type: "open" });
  await test.advance(20_000);
  await failure(test.refs.door.ask.send({ type: "kick" }));
  test.app.kill("door");
  await test.until("app/door", "running");
  await test.advance(9999);
  expect(await test.refs.door.ask.getSnapshot()).toMatchObject({ value: "open" });
  await test.advance(1);
  expect(await test.refs.door.ask.getSnapshot()).toMatchObject({ value: "shut" });
  await test.refs.door.ask.send({ type: "open" });
  await test.advance(29_999);
  expect(await test.refs.door.ask.getSnapshot()).toMatchObject({ value: "open", context: { opened: 2 } });
});

it("a timer of the first state runs on through a crash before any message", async () => {
  const first = createMachine({ initial: "one", states: { one: { after: { 1000: "two" } }, two: {} } });
  const test = await testSystem(supervisor({}, { first: machine(first) }));
  await test.advance(600);
  test.app.kill("first");
  await test.until("app/first", "running");
  await test.advance(399);
  expect(await test.refs.first.ask.getSnapshot()).toMatchObject({ value: "one" });
  await test.advance(1);
  expect(await test.refs.first.ask.getSnapshot()).toMatchObject({ value: "two" });
});

it("delayed events, cancelled ones and those of children are as they were", async () => {
  const child = createMachine({
    initial: "idle",
    states: { idle: { on: { go: "going" } }, going: { after: { 700: "idle" } } },
  });
  const parent = setup({ actors: { child } }).createMachine({
    context: { heard: [] as string[] },
    invoke: { src: "child", id: "child", systemId: "worker" },
    on: {
      plan: {
        actions: [raise({ type: "late" }, { delay: 500, id: "late" }), raise({ type: "later" }, { delay: 900 })],
      },
      drop: { actions: cancel("late") },
      go: { actions: sendTo("child", { type: "go" }, { delay: 100 }) },
      late: { actions: assign({ heard: ({ context }) => [...context.heard, "late"] }) },
      later: { actions: assign({ heard: ({ context }) => [...context.heard, "later"] }) },
    },
  });
  const test = await testSystem(supervisor({}, { parent: machine(parent) }));
  const { parent: ref } = test.refs;
  await ref.ask.send({ type: "plan" });
  await ref.ask.send({ type: "go" });
  await test.advance(150);
  await ref.ask.send({ type: "drop" });
  test.app.kill("parent");
  await test.until("app/parent", "running");
  await test.advance(749);
  expect(await ref.ask.getSnapshot()).toMatchObject({ context: { heard: [] } });
  await test.advance(1);
  expect(await ref.ask.getSnapshot()).toMatchObject({ context: { heard: ["later"] } });
});

it("a timer of 40 days is no timer of none", async () => {
  const slow = createMachine({ initial: "one", states: { one: { after: { [40 * 86_400_000]: "two" } }, two: {} } });
  const test = await testSystem(supervisor({}, { slow: machine(slow) }));
  await test.advance(39 * 86_400_000);
  expect(await test.refs.slow.ask.getSnapshot()).toMatchObject({ value: "one" });
  test.app.kill("slow");
  await test.until("app/slow", "running");
  await test.advance(86_400_000);
  expect(await test.refs.slow.ask.getSnapshot()).toMatchObject({ value: "two" });
});

it("a promise that was under way runs again with the same key, and one that is over does not", async () => {
  const keys: string[] = [];
  const ends: (() => void)[] = [];
  const pay = fromPromise(({ self }) => {
    keys.push(idempotencyKey(self));
    return new Promise<void>((resolve) => ends.push(resolve));
  });
  const order = setup({ actors: { pay } }).createMachine({
    initial: "new",
    states: {
      new: { on: { pay: "paying" } },
      paying: { invoke: { src: "pay", onDone: "paid" } },
      paid: { on: { pay: "paying" } },
    },
  });
  const test = await testSystem(supervisor({}, { order: machine(order) }));
  const { order: ref } = test.refs;
  await ref.ask.send({ type: "pay" });
  test.app.kill("order");
  await test.until("app/order", "running");
  await test.settled();
  expect(keys).toHaveLength(2);
  expect(keys[1]).toBe(keys[0]);
  // What the dead incarnation had begun is nobody's any more.
  ends[0]!();
  await test.settled();
  expect(await ref.ask.getSnapshot()).toMatchObject({ value: "paying" });
  ends[1]!();
  await test.settled();
  expect(await ref.ask.getSnapshot()).toMatchObject({ value: "paid" });
  test.app.kill("order");
  await test.until("app/order", "running");
  expect(keys).toHaveLength(2);
  await ref.ask.send({ type: "pay" });
  expect(keys).toHaveLength(3);
  expect(keys[2]).not.toBe(keys[0]);
});

it("what is invoked ends with its incarnation, in whatever way that ends", async () => {
  let alive = 0;
  const listen = fromCallback(() => {
    alive++;
    return () => {
      alive--;
    };
  });
  const radio = setup({ actors: { listen } }).createMachine({
    invoke: { src: "listen" },
    on: {
      jam: {
        actions: () => {
          throw new Error("jammed");
        },
      },
    },
  });
  const test = await testSystem(supervisor({}, { radio: machine(radio) }));
  expect(alive).toBe(1);
  await failure(test.refs.radio.ask.send({ type: "jam" }));
  await test.until("app/radio", "running");
  await test.settled();
  expect(alive).toBe(1);
  test.app.kill("radio");
  await test.settled();
  expect(alive).toBe(1);
  await test.stop();
  expect(alive).toBe(0);
});

it("a machine that breaks by itself is charged to its own budget, with pauses, and parked or given up as it says", async () => {
  let runs = 0;
  const bomb = createMachine({
    initial: "ticking",
    states: {
      ticking: {
        after: {
          100: {
            actions: () => {
              runs++;
              throw new Error("boom");
            },
          },
        },
      },
    },
  });
  const spec = machine(bomb, { overBudget: "quarantine", intensity: { restarts: 3, within: "10m" } });
  const test = await testSystem(supervisor({}, { bomb: spec }));
  await test.advance(100);
  expect(runs).toBe(2);
  await test.advance(600_000);
  expect(runs).toBe(4);
  expect(test.app.tree().children![0]).toMatchObject({ state: "quarantined" });
});

class Receipt {
  readonly total = 7;
}

it("an outcome of a class of its own is used as it is, where the machine does not keep it", async () => {
  const buy = fromPromise(async () => new Receipt());
  const shop = setup({ actors: { buy } }).createMachine({
    context: { total: 0 },
    initial: "buying",
    states: {
      buying: {
        invoke: {
          src: "buy",
          onDone: {
            target: "bought",
            guard: ({ event }) => event.output instanceof Receipt,
            actions: assign({ total: ({ event }) => event.output.total }),
          },
        },
      },
      bought: {},
    },
  });
  const test = await testSystem(supervisor({}, { shop: machine(shop) }));
  await test.settled();
  expect(await test.refs.shop.ask.getSnapshot()).toMatchObject({ value: "bought", context: { total: 7 } });
});

it("a child of logic without a name is refused, and said how to name it", async () => {
  const child = createMachine({});
  const parent = createMachine({
    on: { spawn: { actions: assign(({ spawn }) => ({ child: spawn(child) })) } },
    context: {},
  });
  const test = await testSystem(supervisor({}, { parent: machine(parent) }));
  const error = await failure(test.refs.parent.ask.send({ type: "spawn" }));
  expect(error).toMatchObject({ code: "HandlerFailed" });
  expect(String((error.cause as Error).message)).toMatch(/was spawned from logic without a name.*setup\(\{ actors/);
  expect(await test.refs.parent.ask.getSnapshot()).toMatchObject({ context: {} });
});

it("a timer that finds the mailbox full fires when there is room", async () => {
  const slow = createMachine({
    context: { heard: 0 },
    initial: "one",
    states: { one: { after: { 100: "two" } }, two: {} },
    on: { note: { actions: assign({ heard: ({ context }) => context.heard + 1 }) } },
  });
  class Flood extends Actor<{ machine: Ref<Machine<typeof slow>> }> {
    start() {
      this.after(99, () => this.#again());
    }
    #again(): void {
      for (let i = 0; i < 50; i++) this.props.machine.tell.send({ type: "note" });
      if (this.self.incarnation < 9) this.after(1, () => this.rounds++ < 20 && this.#again());
    }
    rounds = 0;
  }
  const children = {
    slow: machine(slow, { mailbox: { messages: 1 }, window: 1 }),
    flood: inline(Flood, { machine: refTo<Machine<typeof slow>>("slow") }),
  };
  const test = await testSystem(supervisor({}, children));
  await test.advance(10_000);
  expect(await test.refs.slow.ask.getSnapshot()).toMatchObject({ value: "two" });
});

it("its own message is refused from others", async () => {
  const test = await testSystem(supervisor({}, { door: machine(door) }));
  const ask = test.refs.door.ask as unknown as { occurred(what: unknown): Promise<void> };
  expect(await failure(ask.occurred({ timers: "all" }))).toMatchObject({ code: "Refused" });
  expect(test.app.reports()).toEqual([]);
});

it("one that is done stops where it was told to, and is not started again", async () => {
  const test = await testSystem(supervisor({}, { door: machine(door, { whenDone: "stop" }) }));
  expect(await test.refs.door.ask.send({ type: "burn" })).toMatchObject({ status: "done" });
  await test.until("app/door", (node) => node.state !== "running");
  await test.advance(60_000);
  expect(test.app.tree().children![0]!.state).not.toBe("running");
  expect(test.app.reports().map(({ cause }) => cause.kind)).toEqual(["stopped-itself"]);
});

it("an observable that is faster than its machine breaks it, as the machine's own doing", async () => {
  const flood = fromEventObservable(() => ({
    subscribe: (observer) => {
      const { next } = observer as { next(event: { type: string }): void };
      queueMicrotask(() => {
        for (let i = 0; i < 10_010; i++) next({ type: "drop" });
      });
      return { unsubscribe: () => {} };
    },
  }));
  const sink = setup({ actors: { flood } }).createMachine({ invoke: { src: "flood" } });
  const options = { intensity: { restarts: 1, within: "1h" }, overBudget: "quarantine" } as const;
  const test = await testSystem(supervisor({}, { sink: machine(sink, options) }));
  await test.advance("1m");
  expect(test.app.tree().children![0]!.state).toBe("quarantined");
  expect(test.app.reports()[0]!.cause).toMatchObject({ kind: "threw", error: { code: "MailboxFull" } });
});
