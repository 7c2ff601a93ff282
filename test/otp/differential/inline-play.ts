import {
  type App,
  type ChildSpec,
  dynamic,
  type HoldfastError,
  inline,
  supervisor,
  system,
  type TreeNode,
} from "holdfast";
import { VirtualClock } from "holdfast/testing";
import { type PlayedActor, playedClass } from "./inline-actor.js";
import { childOptions, supervisorOptions } from "./rules.js";
import { below, type Happening, type Node, nodesOf, type Scenario, type Sup, type Trace, traceOf } from "./scenario.js";

/** Far above what a loaded machine needs: reaching it means that a scenario never comes to rest. */
const GIVE_UP_AFTER_MS = 25_000;
/** What is still under way after so many turns of the event loop waits for time to move on. */
const TURNS_BEFORE_TIME = 12;

/** Plays a scenario on a running system: inline actors, the public API, time that stands still until it is moved. */
export async function playInline(scenario: Scenario): Promise<Trace> {
  return new InlinePlay(scenario).play();
}

class InlinePlay {
  readonly #scenario: Scenario;
  readonly #clock = new VirtualClock();
  readonly #lines: string[] = [];
  readonly #actors = new Map<string, PlayedActor>();
  /** When those who are slow to stop have stopped, or are killed. */
  readonly #due = new Set<number>();
  readonly #calls = new Set<string>();
  readonly #class;
  #app: App | undefined;
  #failed = false;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
    const starts = new Map<string, number>();
    this.#class = playedClass({
      begins: (path, actor) => {
        const nth = starts.get(path) ?? 0;
        starts.set(path, nth + 1);
        const outcome = actor.props.starts[nth] ?? "ok";
        this.#lines.push(`start ${path} ${outcome}`);
        this.#actors.set(path, actor);
        return outcome;
      },
      ends: ({ stopping, limit }) => {
        if (stopping === "prompt") return undefined;
        if (stopping === "crash") throw new Error("boom");
        const needs = Math.min(limit, stopping === "stuck" ? limit : stopping);
        const at = this.#clock.now() + needs;
        this.#due.add(at);
        return new Promise((resolve) => {
          if (stopping !== "stuck" && stopping < limit) this.#clock.after(stopping, () => resolve());
        });
      },
    });
  }

  async play(): Promise<Trace> {
    const { root, moments } = this.#scenario;
    const children = Object.fromEntries(root.children.map((child) => [child.id, this.#spec(child, root, "r")]));
    const options = { name: "r", clock: this.#clock, chance: () => 0 };
    // Not awaited here: a start that fails stops those that are slow to stop, and time has to be moved on for them.
    system(supervisor(supervisorOptions(root), children), options).then(
      (app) => this.#listen(app as unknown as App),
      () => {
        this.#lines.push("root failed");
        this.#failed = true;
      },
    );
    await this.#moment(0);
    for (const { at, events } of moments) {
      if (at > this.#clock.now()) await this.#clock.advance(at - this.#clock.now());
      for (const event of events) await this.#happen(event);
      await this.#moment(at);
    }
    const trace = traceOf(this.#lines);
    void this.#app?.stop({ drain: 0 });
    await this.#rest();
    return trace;
  }

  #listen(app: App): void {
    this.#app = app;
    const nodes = nodesOf(this.#scenario);
    app.subscribe((event) => {
      if (event.type === "life" && event.state === "running" && nodes.get(dots(event.path))?.kind === "sup") {
        this.#lines.push(`start ${dots(event.path)} ok`);
      }
      if (event.type === "life" && event.state === "stopping") this.#lines.push(`stop ${dots(event.path)}`);
      if (event.type === "death" && event.report.cause.kind === "gave-up") {
        this.#lines.push(`died ${dots(event.report.path)} gave-up`);
      }
    });
    void app.ended.then(() => this.#lines.push("root ended"));
  }

  #spec(node: Node, sup: Sup, parent: string): ChildSpec {
    const path = below(parent, node.id);
    if (node.kind === "worker") {
      const options = childOptions(sup.template ?? node);
      const limit = typeof options.shutdown === "number" ? options.shutdown : Number.POSITIVE_INFINITY;
      return inline(this.#class, { path, starts: [...node.starts], stopping: node.stopping, limit }, options);
    }
    const { strategy, ...rules } = supervisorOptions(node);
    const child = childOptions(node);
    if (node.strategy === "simple_one_for_one") return dynamic(undefined, { ...rules, child });
    const children = Object.fromEntries(node.children.map((one) => [one.id, this.#spec(one, node, path)]));
    return supervisor({ ...rules, strategy, child }, children);
  }

  async #happen(event: Happening): Promise<void> {
    const app = this.#app;
    if (!app || !this.#alive) return;
    if (event.do === "stop") {
      void app.stop({ drain: 0 });
      return;
    }
    if (event.do === "exit") {
      const path = slashes(event.path);
      const actor = this.#actors.get(event.path);
      if (!actor || app.child(path)?.state !== "running") return;
      // A timer's error is nobody's message: of unknown guilt, as all of OTP's deaths are.
      actor.after(0, () => {
        throw new Error("boom");
      });
      await this.#clock.advance(0);
      return;
    }
    this.#call(app, event);
  }

  /** OTP refuses what ours would do, so the question is asked here, in its words. */
  #call(app: App, event: Extract<Happening, { sup: string }>): void {
    const sup = slashes(event.sup);
    const id = event.do === "start_child" ? event.child.id : event.id;
    const name = `call ${event.sup} ${event.do} ${id}`;
    if (event.sup !== "r" && app.child(sup)?.state !== "running") return;
    const state = app.child(`${sup}/${id}`)?.state;
    const answer = (outcome: string): void => {
      this.#calls.delete(name);
      this.#lines.push(`${name} ${outcome}`);
    };
    let done: Promise<unknown>;
    if (event.do === "start_child") {
      if (state) {
        answer("exists");
        return;
      }
      const node = sup === "r" ? this.#scenario.root : this.#supAt(event.sup);
      done = app.add(sup, id, this.#spec(event.child, node, event.sup));
    } else if (event.do === "terminate_child" && state) done = app.terminate(`${sup}/${id}`);
    else if (!state || state === "running") {
      answer(state ?? "not_found");
      return;
    } else if (event.do === "restart_child") done = app.restart(`${sup}/${id}`);
    else done = app.remove(`${sup}/${id}`);
    this.#calls.add(name);
    const asks = event.do === "start_child" || event.do === "restart_child";
    const before = this.#lines.length;
    done.then(
      () => {
        const ignored = asks && this.#lines.slice(before).includes(`start ${below(event.sup, id)} ignore`);
        answer(ignored ? "ignored" : "ok");
      },
      (error: HoldfastError) => answer(error.code === "StartFailed" ? "failed" : "gone"),
    );
  }

  #supAt(path: string): Sup {
    const walk = (node: Node, at: string): Sup | undefined => {
      if (node.kind !== "sup") return undefined;
      if (at === path) return node;
      return node.children.map((child) => walk(child, below(at, child.id))).find((found) => found);
    };
    const added = this.#scenario.moments.flatMap(({ events }) =>
      events.flatMap((event) =>
        event.do === "start_child" ? [walk(event.child, below(event.sup, event.child.id))] : [],
      ),
    );
    return walk(this.#scenario.root, "r") ?? added.find((found) => found)!;
  }

  async #moment(at: number): Promise<void> {
    await this.#rest();
    this.#lines.push(`at ${at}`);
    if (this.#app && this.#alive) this.#stands("r");
  }

  /** Until nothing is on its way up or down, and every call is answered. */
  async #rest(): Promise<void> {
    const began = performance.now();
    for (let turn = 0, quiet = 0; quiet < 3; turn++) {
      if (performance.now() - began > GIVE_UP_AFTER_MS)
        throw new Error(`never comes to rest: ${JSON.stringify(this.#app?.tree())}`);
      await new Promise(setImmediate);
      quiet = this.#resting() ? quiet + 1 : 0;
      if (quiet > 0 || turn % TURNS_BEFORE_TIME !== TURNS_BEFORE_TIME - 1) continue;
      const [next] = [...this.#due].sort((a, b) => a - b);
      if (next === undefined) continue;
      this.#due.delete(next);
      await this.#clock.advance(Math.max(0, next - this.#clock.now()));
    }
    this.#due.clear();
  }

  get #alive(): boolean {
    return this.#app?.tree().state === "running";
  }

  #resting(): boolean {
    if (!this.#app) return this.#failed;
    const tree = this.#app.tree();
    const rests = ["running", "stopped", "quarantined"];
    const walk = (node: TreeNode): boolean => rests.includes(node.state) && (node.children ?? []).every(walk);
    return walk(tree) && this.#calls.size === 0;
  }

  #stands(path: string): void {
    const app = this.#app!;
    const children = app.children(slashes(path));
    const dynamically = path !== "r" && this.#supAt(path).strategy === "simple_one_for_one";
    const ordered = dynamically ? children.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : children;
    const shown = ordered.map(({ name, state }) => ` ${name}=${state === "running" ? "running" : "down"}`);
    const { specs, active, supervisors, workers } = app.count(slashes(path));
    this.#lines.push(`children ${path}${shown.join("")}`);
    const counted = `specs=${dynamically ? 1 : specs} active=${active} supervisors=${supervisors} workers=${workers}`;
    this.#lines.push(`count ${path} ${counted}`);
    for (const { name, kind, state } of children) {
      if (kind === "supervisor" && state === "running") this.#stands(below(path, name));
    }
  }
}

function dots(path: string): string {
  return path.replaceAll("/", ".");
}

function slashes(path: string): string {
  return path.replaceAll(".", "/");
}
