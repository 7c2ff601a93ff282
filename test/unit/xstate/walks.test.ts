import { expect, it } from "vitest";
import {
  type AnyStateMachine,
  assign,
  createActor,
  createMachine,
  emit,
  enqueueActions,
  raise,
  sendTo,
  setup,
} from "xstate";
import { getSimplePaths } from "xstate/graph";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import { Stand } from "./stand.js";

interface Walk {
  readonly name: string;
  readonly machine: AnyStateMachine;
  readonly events: readonly string[];
}

const lamp = setup({ actors: {} }).createMachine({
  id: "lamp",
  context: { switched: 0, blinks: 0 },
  type: "parallel",
  states: {
    power: {
      initial: "off",
      states: {
        off: { on: { press: "on" } },
        on: {
          on: { press: "off" },
          entry: assign({ switched: ({ context }) => context.switched + 1 }),
          after: { 2500: "off" },
        },
      },
    },
    mode: {
      initial: "steady",
      states: {
        steady: { on: { mode: "blinking" } },
        blinking: {
          initial: "dark",
          on: { mode: "steady" },
          states: {
            dark: { after: { 700: "bright" } },
            bright: { after: { 700: "dark" }, entry: assign({ blinks: ({ context }) => context.blinks + 1 }) },
          },
        },
      },
    },
  },
});

const player = createMachine({
  id: "player",
  context: { log: [] as string[] },
  initial: "stopped",
  states: {
    stopped: { on: { play: "playing.last" } },
    playing: {
      initial: "slow",
      on: { stop: "stopped" },
      states: {
        last: { type: "history", history: "deep" },
        slow: { on: { faster: "fast" } },
        fast: {
          initial: "a",
          after: { 3000: "slow" },
          states: { a: { on: { faster: "b" } }, b: { after: { 1500: "a" } } },
        },
      },
    },
  },
  on: {
    stop: {
      target: ".stopped",
      actions: [assign({ log: ({ context }) => [...context.log, "stop"].slice(-2) }), emit({ type: "stopped" })],
    },
  },
});

const meter = createMachine({
  id: "meter",
  context: { ticks: 0 },
  initial: "ticking",
  states: {
    ticking: {
      on: { hold: "held" },
      after: {
        900: { target: "ticking", reenter: true, actions: assign({ ticks: ({ context }) => context.ticks + 1 }) },
      },
    },
    held: { on: { go: "ticking" } },
  },
});

const parent = setup({ actors: { meter } }).createMachine({
  id: "parent",
  context: { spawned: 0, heard: 0 },
  initial: "idle",
  states: {
    idle: { on: { go: "busy" } },
    busy: {
      invoke: { id: "meter", src: "meter" },
      on: { hold: { actions: sendTo("meter", { type: "hold" }) }, stop: "idle" },
    },
  },
  on: {
    spawn: {
      guard: ({ context }) => context.spawned < 2,
      actions: enqueueActions(({ enqueue, context }) => {
        enqueue.spawnChild("meter", { id: `spawned ${context.spawned}` });
        enqueue.assign({ spawned: context.spawned + 1 });
        enqueue(raise({ type: "heard" }, { delay: 1200 }));
      }),
    },
    heard: { actions: assign({ heard: ({ context }) => context.heard + 1 }) },
  },
});

const walks: Walk[] = [
  { name: "parallel states with timers", machine: lamp as unknown as AnyStateMachine, events: ["press", "mode"] },
  {
    name: "deep history and nested timers",
    machine: player as unknown as AnyStateMachine,
    events: ["play", "faster", "stop"],
  },
  {
    name: "invoked and spawned machines",
    machine: parent as unknown as AnyStateMachine,
    events: ["go", "hold", "stop", "spawn"],
  },
];

/** All paths that XState finds through a machine, each as its events. */
function pathsOf({ machine, events }: Walk): string[][] {
  const found = getSimplePaths(machine, {
    events: events.map((type) => ({ type })),
    serializeState: (state) =>
      JSON.stringify([(state as { value: unknown }).value, Object.keys(state.children ?? {}).length]),
    limit: 2000,
  });
  return found.map(({ steps }) => steps.map(({ event }) => event.type).filter((type) => events.includes(type)));
}

/** The whole of it: states, context, and those of all its children, whatever their names are. */
function whole(state: { value: unknown; context: unknown; children: object }): unknown {
  const below = Object.values(state.children) as { snapshot: Parameters<typeof whole>[0] }[];
  return [state.value, state.context, below.map(({ snapshot }) => whole(snapshot)).sort(byText)];
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one).localeCompare(JSON.stringify(other));
}

/** XState itself, on the same clock, never disturbed. */
function undisturbed(machine: AnyStateMachine, clock: VirtualClock) {
  const actor = createActor(machine, {
    clock: {
      setTimeout: (callback: () => void, ms: number) => clock.after(ms, callback),
      clearTimeout: (timer: { cancel(): void }) => timer.cancel(),
    },
  });
  return actor.start();
}

it.each(walks)("$name: a crash after every step of every path changes nothing", async (walk) => {
  const paths = pathsOf(walk).filter(({ length }) => length > 0);
  expect(paths.length).toBeGreaterThan(2);
  let crashes = 0;
  for (const path of paths) {
    const clock = new VirtualClock(0, 1e12);
    const plain = undisturbed(walk.machine, clock);
    let stand = new Stand(walk.machine, { clock });
    for (const event of [...path, ...path]) {
      plain.send({ type: event });
      stand.send(event);
      for (const pause of [400, 450, 500]) {
        const stored = stand.kept();
        stand.end();
        stand = new Stand(walk.machine, { clock, stored });
        crashes++;
        expect(whole(stand.machine.persisted as never)).toEqual(whole(plain.getPersistedSnapshot() as never));
        await clock.advance(pause);
        expect(whole(stand.machine.persisted as never)).toEqual(whole(plain.getPersistedSnapshot() as never));
      }
    }
    plain.stop();
    stand.end();
    expect(clock.pending).toBe(0);
  }
  expect(crashes).toBeGreaterThan(20);
});

it("children that were spawned without a name are all there again, each where it was", async () => {
  const many = setup({ actors: { meter } }).createMachine({
    on: { spawn: { actions: enqueueActions(({ enqueue }) => enqueue.spawnChild("meter")) } },
  });
  const clock = new VirtualClock(0, 1e12);
  const one = new Stand(many, { clock }).send("spawn");
  await clock.advance(500);
  const stored = one.send("spawn", "spawn").kept();
  one.end();
  const other = new Stand(many, { clock, stored }).send("spawn");
  await clock.advance(400);
  const ticks = (stand: Stand) =>
    Object.values(stand.machine.persisted.children!).map(
      ({ snapshot }) => (snapshot.context as { ticks: number }).ticks,
    );
  expect(ticks(other)).toEqual([1, 0, 0, 0]);
  await clock.advance(500);
  expect(ticks(other)).toEqual([1, 1, 1, 1]);
});

it("timers that were due while nobody was there fire in the order in which they were", async () => {
  const list = createMachine({
    context: { heard: [] as string[] },
    entry: [
      raise({ type: "third" }, { delay: 3000 }),
      raise({ type: "first" }, { delay: 1000 }),
      raise({ type: "second" }, { delay: 2000 }),
    ],
    on: { "*": { actions: assign({ heard: ({ context, event }) => [...context.heard, event.type] }) } },
  });
  const stored = new Stand(list).kept();
  const clock = new VirtualClock(0, Date.UTC(2030, 0, 1));
  const stand = new Stand(list, { clock, stored });
  await clock.advance(0);
  expect(stand.told.context).toEqual({ heard: ["first", "second", "third"] });
});
