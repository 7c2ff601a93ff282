/**
 * A scenario in OTP's words: a tree of supervisors, and what happens to it moment by moment. The same one is played by
 * OTP (erlang/player.erl), by the pure core and by a running system.
 */
export interface Scenario {
  readonly seed: number;
  readonly root: Sup;
  readonly moments: readonly Moment[];
}

/** Events of one moment are handed over before any of them has had a consequence. All are of one supervisor. */
export interface Moment {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly events: readonly Happening[];
}

export type Restart = "permanent" | "transient" | "temporary";

interface Spec {
  /** Unique among its siblings. A child's path is its ancestors' ids and its own: "r.a.b". */
  readonly id: string;
  readonly restart: Restart;
  readonly significant: boolean;
}

export interface Worker extends Spec {
  readonly kind: "worker";
  readonly shutdown: number | "brutal_kill" | "infinity";
  /** What its n-th start does, however often its supervisor is rebuilt meanwhile; past the end: ok. */
  readonly starts: readonly ("ok" | "fail" | "ignore")[];
  /** Told to stop it does so at once, dies of it, needs so many ms, or never does. */
  readonly stopping: "prompt" | "crash" | "stuck" | number;
}

export interface Sup extends Spec {
  readonly kind: "sup";
  readonly shutdown: "infinity";
  readonly strategy: "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";
  readonly intensity: number;
  /** Milliseconds: OTP's is played on a clock of milliseconds. */
  readonly period: number;
  readonly auto_shutdown: "never" | "any_significant" | "all_significant";
  /** In start order; none under simple_one_for_one. */
  readonly children: readonly Node[];
  /** What every child of a simple_one_for_one is. */
  readonly template?: Pick<Worker, "restart" | "shutdown" | "significant">;
}

export type Node = Worker | Sup;

export type Happening =
  /** A worker ends by itself, or is killed from outside. */
  | { readonly do: "exit"; readonly path: string; readonly reason: "boom" | "normal" | "shutdown" | "kill" }
  | { readonly do: "start_child"; readonly sup: string; readonly dynamic: boolean; readonly child: Node }
  | { readonly do: Call; readonly sup: string; readonly dynamic: boolean; readonly id: string }
  /** Of the whole tree, as an application stops. */
  | { readonly do: "stop" };

export type Call = "terminate_child" | "restart_child" | "delete_child";

/** What one player saw: the lines of each moment, the first being the start. */
export interface Trace {
  readonly moments: readonly { readonly at: number; readonly lines: readonly string[] }[];
}

export function below(parent: string, id: string): string {
  return parent === "" ? id : `${parent}.${id}`;
}

/** Lines as a player printed them, where "at MS" ends the events of a moment and begins what stands after it. */
export function traceOf(lines: readonly string[]): Trace {
  const moments: { at: number; lines: string[] }[] = [];
  let events: string[] = [];
  let current: { at: number; lines: string[] } | undefined;
  for (const line of lines) {
    if (line.startsWith("at ")) {
      current = { at: Number(line.slice(3)), lines: events };
      events = [];
      moments.push(current);
    } else if (/^(children|count) /.test(line)) current!.lines.push(line);
    else events.push(line);
  }
  if (events.length > 0) throw new Error(`lines of no moment: ${events.join(" | ")}`);
  return { moments };
}

/** Every node of a scenario, those that calls bring included, by path. */
export function nodesOf(scenario: Scenario): Map<string, Node> {
  const nodes = new Map<string, Node>();
  const walk = (node: Node, path: string): void => {
    nodes.set(path, node);
    if (node.kind === "sup") for (const child of node.children) walk(child, below(path, child.id));
  };
  walk(scenario.root, "r");
  for (const { events } of scenario.moments) {
    for (const event of events) {
      if (event.do === "start_child") walk(event.child, below(event.sup, event.child.id));
    }
  }
  return nodes;
}
