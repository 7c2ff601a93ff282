import type { AnyActorLogic, AnyEventObject } from "xstate";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import type { Happening } from "../../../src/xstate/happenings.js";
import { Interpreter } from "../../../src/xstate/interpreter.js";
import { machineOf } from "../../../src/xstate/load-machine.js";
import type { Migrate } from "../../../src/xstate/machine-types.js";
import { readStored } from "../../../src/xstate/stored-machine.js";

const NOON = Date.UTC(2025, 5, 1, 12);

let lives = 0;

interface StandOptions {
  readonly clock?: VirtualClock;
  readonly input?: unknown;
  /** What an earlier stand kept. */
  readonly stored?: unknown;
  readonly version?: string | number;
  readonly migrate?: Migrate;
}

/** A machine without an actor around it: what happens by itself comes back at once, as after an idle mailbox. */
export class Stand {
  readonly clock: VirtualClock;
  readonly machine: Interpreter;
  readonly #version: string | number | undefined;

  constructor(
    logic: AnyActorLogic,
    { clock = new VirtualClock(0, NOON), input, stored, version, migrate }: StandOptions = {},
  ) {
    this.clock = clock;
    const loaded = machineOf(logic, version, migrate, "stand");
    this.#version = loaded.version;
    const beginning = stored === undefined ? { input } : { stored: readStored(stored, "app/stand", loaded) };
    this.machine = new Interpreter(logic, beginning, {
      place: "app/stand",
      name: `life ${++lives}`,
      wallTime: () => clock.wallTime(),
      after: (ms, callback) => clock.after(ms, callback),
      happened: (what: Happening) => queueMicrotask(() => this.machine.occurred([what])),
    });
    this.machine.start();
  }

  send(...events: (AnyEventObject | string)[]): this {
    for (const event of events) this.machine.send(typeof event === "string" ? { type: event } : event);
    return this;
  }

  get told(): { value: unknown; context: unknown; status: string } {
    const { value, context, status } = this.machine.persisted;
    return { value, context, status };
  }

  /** As it would come back from a disk. */
  kept(): unknown {
    return structuredClone(this.machine.stored(this.#version));
  }

  end(): void {
    this.machine.end();
  }
}
