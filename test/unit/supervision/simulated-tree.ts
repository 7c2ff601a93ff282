import type { SupervisorAction } from "../../../src/supervision/messages.js";
import type { SupervisorRules } from "../../../src/supervision/spec.js";
import type { NamedRules, StartMode } from "../../../src/supervision/state.js";
import { SimulatedEngine } from "./simulated-engine.js";

/** A supervisor of a tree: its children by id, in start order; one without `below` is a leaf. */
export interface Branch {
  readonly rules: SupervisorRules;
  readonly children: readonly (NamedRules & { readonly below?: Branch })[];
}

interface Node {
  readonly path: string;
  readonly id: string;
  readonly branch: Branch;
  readonly engine: SimulatedEngine;
  readonly above: Node | undefined;
}

export interface Leaf {
  readonly path: string;
  readonly engine: SimulatedEngine;
  readonly id: string;
  readonly host: "booting" | "up" | "stopping";
}

/**
 * A tree of the smallest engines: a supervisor's host is the engine below it.
 *
 *   engine above  ── start ──▶  opens it, "start"         it says up     ──▶ "ready"
 *                 ── stop  ──▶  "stop"                    it has ended   ──▶ "stopped", "start-failed" or "died"
 *
 * What one tells another waits in a line, as in the real engine: nobody is told in the middle of a decision.
 */
export class SimulatedTree {
  /** Starts and stops of leaves, in the order they were asked for: `+a/b`, `-a/b`. */
  readonly told: string[] = [];
  rootEnded: Extract<SupervisorAction, { type: "ended" }> | undefined;
  rootUp = false;
  readonly #nodes = new Map<string, Node>();
  readonly #line: (() => void)[] = [];
  readonly #mode: StartMode;
  readonly #root: Branch;
  #now = 0;

  constructor(root: Branch, mode: StartMode) {
    this.#root = root;
    this.#mode = mode;
  }

  start(): void {
    this.#open("", this.#root, undefined);
    this.#run();
  }

  stop(): void {
    this.#nodes.get("")?.engine.tell({ type: "stop" });
    this.#run();
  }

  later(ms: number): void {
    this.#now += ms;
    for (const { engine } of this.#nodes.values()) engine.now = this.#now;
  }

  /** Every leaf that is there, dead supervisors' too if there were any. */
  leaves(): Leaf[] {
    return [...this.#nodes.values()].flatMap(({ path, engine, branch }) =>
      [...engine.hosts]
        .filter(([id]) => !below(branch, id))
        .map(([id, host]) => ({ path: join(path, id), engine, id, host })),
    );
  }

  timers(): { engine: SimulatedEngine; id: string }[] {
    return [...this.#nodes.values()].flatMap(({ engine }) => [...engine.timers].map((id) => ({ engine, id })));
  }

  /** Does something to a leaf, and everything that follows from it above and below. */
  act(what: () => void): void {
    what();
    this.#run();
  }

  /** Everything that was asked for succeeds, until nothing is asked any more. */
  settle(): void {
    for (let step = 0; step < 10_000; step++) {
      const leaves = this.leaves();
      const stopping = leaves.find(({ host }) => host === "stopping");
      const booting = leaves.find(({ host }) => host === "booting");
      const [timer] = this.timers();
      if (stopping) this.act(() => stopping.engine.down(stopping.id, "stopped"));
      else if (booting) this.act(() => booting.engine.ready(booting.id));
      else if (timer) this.act(() => timer.engine.fire(timer.id));
      else return;
    }
    throw new Error("never comes to rest");
  }

  #open(path: string, branch: Branch, above: Node | undefined): void {
    if (this.#nodes.has(path)) throw new Error(`two supervisors at "${path}"`);
    const { rules, children } = branch;
    const engine = new SimulatedEngine({ rules, children, mode: this.#mode, seed: 1 });
    const node: Node = { path, id: path.slice(path.lastIndexOf("/") + 1), branch, engine, above };
    engine.now = this.#now;
    this.#nodes.set(path, node);
    engine.watch = (action) => this.#follow(node, action);
    engine.tell({ type: "start" });
  }

  #follow(node: Node, action: SupervisorAction): void {
    if (action.type === "up") this.#line.push(() => this.#up(node));
    if (action.type === "ended") this.#line.push(() => this.#ended(node, action));
    if (action.type !== "start" && action.type !== "stop") return;
    const path = join(node.path, action.id);
    const inner = below(node.branch, action.id);
    if (!inner) this.told.push(`${action.type === "start" ? "+" : "-"}${path}`);
    else if (action.type === "start") this.#line.push(() => this.#open(path, inner, node));
    else this.#line.push(() => this.#nodes.get(path)?.engine.tell({ type: "stop" }));
  }

  #up({ above, id }: Node): void {
    if (!above) this.rootUp = true;
    else if (above.engine.hosts.get(id) === "booting") above.engine.ready(id);
  }

  #ended({ path, id, above }: Node, ended: Extract<SupervisorAction, { type: "ended" }>): void {
    this.#nodes.delete(path);
    if (!above) {
      this.rootEnded = ended;
      return;
    }
    const host = above.engine.hosts.get(id);
    if (!host) throw new Error(`${path} has ended, and ${above.path} knew nothing of it`);
    if (host === "stopping") above.engine.down(id, "stopped");
    else if (host === "booting") above.engine.down(id, "start-failed");
    else above.engine.down(id, "died", false, ended.reason === "auto-shutdown");
  }

  #run(): void {
    for (let next = this.#line.shift(); next; next = this.#line.shift()) next();
    this.#nobodyIsOrphaned();
  }

  /** Whoever is there has a supervisor that knows of it, up to the root. */
  #nobodyIsOrphaned(): void {
    for (const { path, id, above, engine } of this.#nodes.values()) {
      if (engine.ended) throw new Error(`${path} has ended and is still there`);
      if (!above) continue;
      if (this.#nodes.get(above.path) !== above || !above.engine.hosts.has(id)) throw new Error(`${path} is an orphan`);
    }
  }
}

function below(branch: Branch, id: string): Branch | undefined {
  return branch.children.find((child) => child.id === id)?.below;
}

function join(path: string, id: string): string {
  return path === "" ? id : `${path}/${id}`;
}
