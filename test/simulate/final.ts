import type { Ref } from "../../src/actor/ref.js";
import type { RunningSystem } from "../../src/system/running-system.js";
import type { TreeNode } from "../../src/system/tree.js";
import type { Worker } from "./actors.js";
import type { World } from "./world.js";

/** How long the system is left alone after the last fault, ms: longer than every back-off, deadline and limit. */
const HEAL_MS = 45_000;
/** A stop that takes longer than this never ends: shutdown times are one second at most, and what hangs is killed. */
const STOP_MS = 60_000;

const UNSETTLED = ["starting", "waiting", "stopping", "draining"];

type Until = (done: () => boolean, until?: number) => Promise<boolean>;

/**
 * How a run ends, and what must be true then.
 *
 *   ops and faults ─▶ (left alone: it heals ▸ nothing forgotten ▸ who runs answers) ─▶ stop ─▶ nothing is left
 */
export class Final {
  readonly #world: World;
  readonly #app: RunningSystem;
  readonly #refs: ReadonlyMap<string, Ref<Worker>>;

  constructor(world: World, app: RunningSystem, refs: ReadonlyMap<string, Ref<Worker>>) {
    this.#world = world;
    this.#app = app;
    this.#refs = refs;
  }

  async run(until: Until, failed: () => Error | undefined): Promise<void> {
    const { scenario, scheduler } = this.#world;
    const last = scenario.ops.at(-1);
    const busyUntil = scheduler.now() + (last?.at ?? 0) + 1;
    await this.#pass(until, busyUntil);
    if (last?.kind !== "stop" && !failed()) {
      this.#world.healing = true;
      for (const host of this.#world.hosts) host.disarm();
      await this.#pass(until, scheduler.now() + HEAL_MS);
      this.#nothingForgotten();
      await this.#probe(until);
    }
    await this.#stop(until, last?.kind === "stop" ? last.drain : 2000);
    await this.#nothingLeft(until);
  }

  async #pass(until: Until, at: number): Promise<void> {
    await until(() => false, at);
    this.#world.scheduler.rest(at);
  }

  #nothingForgotten(): void {
    const app = this.#app;
    const { ledger } = this.#world;
    const tree = app.tree();
    const nodes = nodesOf(tree);
    if (tree.state === "running") {
      const parked = nodes.filter(({ state }) => state === "quarantined");
      for (const { path, kind, state, reason, children = [] } of nodes) {
        // What is kept in memory alone stays in a cell that leaves until it is idle; what has snapshots must have moved.
        const keeps = kind === "cell" && children.length > 0 && !this.#world.shape.replayable(path);
        if (keeps && state === "draining") continue;
        // A key whose cell is parked waits for it.
        if (parked.some((cell) => cell.children?.some((key) => key.path === path))) continue;
        if (UNSETTLED.includes(state))
          ledger.find("liveness", `${path} is ${state} long after the last fault (${reason ?? ""})`);
      }
    }
    for (const call of ledger.calls.values()) {
      const node = nodes.find(({ path }) => path === call.address);
      if (call.ask && !call.outcome && !call.orphan && node?.state === "running") {
        ledger.find("1 one outcome", `${call.id} waits for ever at ${call.address}, which runs`);
      }
    }
    if (ledger.found.length > 0) throw new Error("a law is broken");
  }

  /** Health tells the truth: who runs answers; and a keeper's answer is its state. */
  async #probe(until: Until): Promise<void> {
    const app = this.#app;
    const { ledger, shape, scheduler } = this.#world;
    if (app.tree().state !== "running") return;
    let open = 0;
    for (const { path, kind, state } of nodesOf(app.tree())) {
      if (kind !== "actor" || state !== "running" || shape.isPool(path)) continue;
      const above = path.slice(0, path.lastIndexOf("/"));
      // One that was added and whose adding was not answered yet has no ref to be asked by.
      const own = this.#refs.get(path)?.with({ timeout: 5000 });
      const ref = own ?? this.#refs.get(above)?.with({ timeout: 5000, key: path.slice(above.length + 1) });
      if (!ref) continue;
      open++;
      ref.ask.probe().then(
        (applied) => {
          open--;
          if (shape.replayable(path)) ledger.judgeState(path, applied, undefined);
        },
        (error: Error) => {
          open--;
          ledger.find("8 health tells the truth", `${path} is running and does not answer: ${error.message}`);
        },
      );
    }
    await until(() => open === 0, scheduler.now() + 10_000);
    if (open > 0) ledger.find("1 one outcome", `${open} probes hang`);
  }

  async #stop(until: Until, drain: number): Promise<void> {
    const app = this.#app;
    const { ledger, scheduler } = this.#world;
    const began = scheduler.now();
    let stopped = false;
    app.stop({ drain }).then(
      () => {
        stopped = true;
      },
      (error) => this.#world.surprise("stop()", error),
    );
    await until(() => stopped, began + STOP_MS);
    this.#world.note(`stopped: ${stopped}`);
    if (stopped) return;
    ledger.find("stop ends", `stop() has not ended within ${STOP_MS} ms: ${JSON.stringify(app.tree())}`);
    throw new Error("a law is broken");
  }

  async #nothingLeft(until: Until): Promise<void> {
    const app = this.#app;
    const { ledger, scheduler, hosts } = this.#world;
    let ended = false;
    void app.ended.then(() => {
      ended = true;
    });
    await until(() => ended, scheduler.now() + 1);
    if (!ended) ledger.find("stop ends", "app.ended has not resolved");
    for (const call of ledger.calls.values()) {
      if (call.ask && !call.outcome && !call.orphan)
        ledger.find("1 one outcome", `${call.id} has no outcome after stop()`);
      const handled = call.runs.some(({ state }) => state === "completed");
      if (!call.ask && call.accepted !== undefined && !handled && call.letters.length === 0) {
        ledger.find("1 one outcome", `tell ${call.id} was neither handled nor a dead letter`);
      }
    }
    for (const [id, heard] of this.#world.watches) {
      if (heard !== 1) ledger.find("one notice", `watch ${id} was told ${heard} times when all had ended`);
    }
    if (this.#world.commands > 0) ledger.find("1 one outcome", `${this.#world.commands} commands were never answered`);
    if (scheduler.foreground !== 0) {
      ledger.find(
        "stop leaves nothing",
        `${scheduler.foreground} timers keep the program alive: ${scheduler.due().join(", ")}`,
      );
    }
    for (const host of hosts) {
      if (!host.ended && !host.killed) ledger.find("stop leaves nothing", `${host.name} was left running`);
    }
    this.#world.stopped = true;
    await until(() => false, scheduler.now() + 20_000);
    for (const host of hosts) {
      if (!host.halted) ledger.find("stop leaves nothing", `${host.name} has never left`);
    }
  }
}

function nodesOf(node: TreeNode): TreeNode[] {
  return [node, ...(node.children ?? []).flatMap(nodesOf)];
}
