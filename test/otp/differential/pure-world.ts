import { PureSupervisor } from "./pure-supervisor.js";
import { type Happening, type Scenario, type Trace, traceOf } from "./scenario.js";

/** Plays a scenario on the pure core: time is a number, hosts are entries in tables. */
export function playOnPureCore(scenario: Scenario): Trace {
  const world = new World();
  const root = new PureSupervisor(world, scenario.root, "r");
  root.onUp = () => world.line("start r ok");
  root.onEnded = (reason) => {
    if (reason === "start-failed") world.line("start r fail");
    world.line(reason === "start-failed" ? "root failed" : `root ended ${reason === "stopped" ? "shutdown" : reason}`);
  };
  root.post({ kind: "start" });
  world.settle(root);
  world.stands(0, root);
  for (const { at, events } of scenario.moments) {
    world.now = Math.max(world.now, at);
    for (const event of events) happen(world, root, event);
    world.settle(root);
    world.stands(at, root);
  }
  return traceOf(world.lines);
}

function happen(world: World, root: PureSupervisor, event: Happening): void {
  switch (event.do) {
    case "stop":
      root.post({ kind: "stop" });
      return;
    case "exit": {
      const dot = event.path.lastIndexOf(".");
      world.supervisors.get(event.path.slice(0, dot))?.exit(event.path.slice(dot + 1), event.reason);
      return;
    }
    default:
      world.supervisors.get(event.sup)?.post({ kind: "call", call: event });
  }
}

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

/** What supervisors share: the clock, the log, and how often each path was started. */
export class World {
  now = 0;
  readonly lines: string[] = [];
  /** Those that have not ended, by path. */
  readonly supervisors = new Map<string, PureSupervisor>();
  readonly #starts = new Map<string, number>();
  readonly #timers: Timer[] = [];

  line(text: string): void {
    this.lines.push(text);
  }

  after(ms: number, fire: () => void): void {
    this.#timers.push({ at: this.now + ms, fire });
    this.#timers.sort((a, b) => a.at - b.at);
  }

  /** How often this path was started before; counts one more. */
  startsOf(path: string): number {
    const before = this.#starts.get(path) ?? 0;
    this.#starts.set(path, before + 1);
    return before;
  }

  /** Until there is no mail and no timer: who is slow to stop has stopped, or was killed. */
  settle(root: PureSupervisor): void {
    for (;;) {
      for (const supervisor of [root, ...this.supervisors.values()]) supervisor.work();
      const timer = this.#timers.shift();
      if (!timer) return;
      this.now = timer.at;
      timer.fire();
    }
  }

  stands(at: number, root: PureSupervisor): void {
    this.line(`at ${at}`);
    if (this.supervisors.has("r")) root.stands();
  }
}
