import { type Chance, seededChance } from "../../../src/clock.js";
import { below, type Happening, type Moment, type Node, type Scenario, type Sup, type Worker } from "./scenario.js";

/** The same seed makes the same scenario for ever. */
export function generate(seed: number): Scenario {
  return new Generator(seed).scenario();
}

/** A supervisor, and the children it has or had. */
interface Place {
  readonly path: string;
  readonly sup: Sup;
  readonly ids: Map<string, Node["kind"]>;
}

class Generator {
  readonly #seed: number;
  readonly #chance: Chance;
  /** How many more nodes the tree may get. */
  #room: number;
  #names = 0;
  readonly #sups: Place[] = [];

  constructor(seed: number) {
    this.#seed = seed;
    this.#chance = seededChance(seed);
    this.#room = 2 + this.#below(10);
  }

  scenario(): Scenario {
    const root = this.#sup("r", "", 1, "never");
    const moments: Moment[] = [];
    let at = 0;
    for (let n = 2 + this.#below(8); n > 0; n--) {
      // About the edges of the windows: a charge counts for as long as its period, and not a millisecond more.
      at += this.#pick([1, 1, 400, 999, 1000, 1000, 1001, 2000, 2001]);
      moments.push({ at, events: this.#events() });
    }
    moments.push({ at: at + 1000, events: [{ do: "stop" }] });
    return { seed: this.#seed, root, moments };
  }

  #sup(id: string, parent: string, depth: number, above: Sup["auto_shutdown"]): Sup {
    const path = below(parent, id);
    const auto = this.#pick(["never", "never", "never", "any_significant", "all_significant"] as const);
    const dynamic = depth > 1 && this.#odds(0.25);
    const strategy = dynamic
      ? "simple_one_for_one"
      : this.#pick(["one_for_one", "one_for_one", "rest_for_one", "rest_for_one", "one_for_all"] as const);
    const children: Node[] = [];
    const rules = { ...this.#spec(above), shutdown: "infinity" as const };
    const more = { intensity: this.#pick([0, 1, 1, 2, 2, 3, 5]), period: this.#pick([1000, 2000, 3000, 5000]) };
    for (let n = dynamic ? 0 : this.#below(5); n > 0 && this.#room > 0; n--) {
      this.#room--;
      const name = "abcdefgh"[children.length]!;
      children.push(
        depth < 3 && this.#odds(0.3) ? this.#sup(name, path, depth + 1, auto) : this.#worker(name, auto, true),
      );
    }
    const { restart, shutdown, significant } = this.#worker("template", auto, true);
    const template = dynamic ? { template: { restart, shutdown, significant } } : {};
    const sup: Sup = { kind: "sup", id, ...rules, strategy, ...more, auto_shutdown: auto, children, ...template };
    this.#sups.push({ path, sup, ids: new Map(children.map((child) => [child.id, child.kind])) });
    return sup;
  }

  #spec(above: Sup["auto_shutdown"]) {
    const restart = this.#pick(["permanent", "permanent", "transient", "temporary"] as const);
    const significant = above !== "never" && restart !== "permanent" && this.#odds(0.6);
    return { restart, significant };
  }

  #worker(id: string, above: Sup["auto_shutdown"], first: boolean): Worker {
    const shutdown = this.#pick(["brutal_kill", 30, 50, "infinity"] as const);
    // A start of the tree that fails ends the scenario: it is rarer than one that fails later.
    const early = first ? 0.05 : 0.2;
    const starts: Worker["starts"][number][] = [this.#odds(early) ? this.#pick(["fail", "ignore", "ignore"]) : "ok"];
    while (this.#odds(0.3)) starts.push(this.#pick(["ok", "fail", "fail", "fail", "ignore"]));
    const slow = this.#pick(["prompt", "prompt", "prompt", "crash", "stuck", 10, 20, 40] as const);
    const stopping = slow === "stuck" && (shutdown === "infinity" || id.startsWith("n")) ? "prompt" : slow;
    return { kind: "worker", id, ...this.#spec(above), shutdown, starts, stopping };
  }

  /** Not played: a dynamic child whose restart answers "ignore". OTP keeps `undefined` as its pid, and falls over it. */
  #added(id: string, sup: Sup, dynamic: boolean): Worker {
    const worker = this.#worker(id, sup.auto_shutdown, false);
    if (!dynamic) return worker;
    return { ...worker, starts: worker.starts.map((outcome, n) => (n > 0 && outcome === "ignore" ? "fail" : outcome)) };
  }

  #events(): Happening[] {
    const place = this.#pick(this.#sups);
    const events: Happening[] = [];
    const leaving = new Set<string>();
    for (let n = this.#odds(0.65) ? 1 : 2 + this.#below(3); n > 0; n--) {
      const event = this.#event(place, leaving);
      if (event) events.push(event);
    }
    return events;
  }

  #event({ path, sup, ids }: Place, leaving: Set<string>): Happening | undefined {
    const dynamic = sup.strategy === "simple_one_for_one";
    if (sup.id === "r" && path === "r" && this.#odds(0.02)) return { do: "stop" };
    if (this.#odds(dynamic ? 0.4 : 0.15)) {
      const id = `n${++this.#names}`;
      const child = !dynamic && this.#odds(0.15) ? this.#sup(id, path, 3, sup.auto_shutdown) : undefined;
      ids.set(id, child ? "sup" : "worker");
      if (dynamic) leaving.add(id);
      return { do: "start_child", sup: path, dynamic, child: child ?? this.#added(id, sup, dynamic) };
    }
    const known = [...ids.keys()];
    if (known.length === 0) return undefined;
    const id = this.#pick(known);
    // A process that is told to leave twice in one moment would obey a kill before a message that came earlier; and a
    // dynamic child is known to OTP by its pid, which in the moment of its start or death says nothing.
    if (leaving.has(id) && dynamic) return undefined;
    const exits = ids.get(id) === "worker" && this.#odds(0.6);
    if (leaving.has(id) && exits) return undefined;
    if (exits || dynamic) leaving.add(id);
    if (!exits) {
      const call = dynamic
        ? "terminate_child"
        : this.#pick(["terminate_child", "terminate_child", "restart_child", "restart_child", "delete_child"] as const);
      return { do: call, sup: path, dynamic, id };
    }
    const reason = this.#pick(["boom", "boom", "boom", "kill", "normal", "shutdown"] as const);
    return { do: "exit", path: below(path, id), reason };
  }

  #below(n: number): number {
    return Math.floor(this.#chance() * n);
  }

  #odds(part: number): boolean {
    return this.#chance() < part;
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#below(from.length)]!;
  }
}
