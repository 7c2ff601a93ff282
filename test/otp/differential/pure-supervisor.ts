import { decide, initial } from "../../../src/supervision/decide.js";
import type { EndReason, SupervisorAction, SupervisorEvent } from "../../../src/supervision/messages.js";
import type { SupervisorState } from "../../../src/supervision/state.js";
import { deathOf, failureOf, type Host, leaving } from "./pure-host.js";
import { standing } from "./pure-standing.js";
import type { World } from "./pure-world.js";
import { rulesOfChild, rulesOfSupervisor } from "./rules.js";
import { below, type Happening, type Node, type Sup, type Worker } from "./scenario.js";

type CallOf = Extract<Happening, { sup: string }>;

/** What reaches a supervisor from outside; it looks at one letter after the other, as a gen_server does. */
export type Mail =
  | { readonly kind: "start" }
  | { readonly kind: "stop" }
  | { readonly kind: "call"; readonly call: CallOf }
  | { readonly kind: "died"; readonly host: Host }
  /** A restart that failed: OTP tries again with the next letter, so ours hears of the failure no sooner. */
  | { readonly kind: "retry"; readonly host: Host };

interface Asked {
  readonly call: CallOf;
  outcome: string | undefined;
}

/**
 * The engine's part, played to OTP's rhythm: what decide asks for is answered before the next letter is looked at, so that
 * what differs from OTP is a decision and not the moment of an answer.
 */
export class PureSupervisor {
  onUp: () => void = () => {};
  onEnded: (reason: EndReason) => void = () => {};
  readonly #world: World;
  readonly #sup: Sup;
  readonly #path: string;
  #state: SupervisorState;
  readonly #nodes = new Map<string, Node>();
  readonly #hosts = new Map<string, Host>();
  readonly #mailbox: Mail[] = [];
  readonly #answers: SupervisorEvent[] = [];
  /** Hosts that are on their way up or down. */
  readonly #awaited = new Set<Host>();
  #handling: Mail["kind"] = "start";
  /** Asked and not yet answered. */
  #calls: Asked[] = [];
  #working = false;
  #ended = false;

  constructor(world: World, sup: Sup, path: string) {
    this.#world = world;
    this.#sup = sup;
    this.#path = path;
    for (const child of sup.children) this.#nodes.set(child.id, child);
    const rules = sup.children.map((child) => ({ id: child.id, rules: rulesOfChild(child, sup) }));
    this.#state = initial(rulesOfSupervisor(sup), rules, "rollback");
  }

  post(mail: Mail): void {
    this.#mailbox.push(mail);
  }

  /** A worker leaves by itself. */
  exit(id: string, reason: string): void {
    const host = this.#hosts.get(id);
    if (host?.is !== "up" || this.#awaited.has(host)) return;
    host.is = "dead";
    host.reason = reason === "kill" ? "killed" : reason;
    this.post({ kind: "died", host });
  }

  work(): void {
    if (this.#working) return;
    this.#working = true;
    for (;;) {
      const answer = this.#answers.shift();
      if (answer) this.#tell(answer);
      else if (this.#awaited.size > 0 || this.#ended) break;
      else {
        this.#reply();
        const mail = this.#mailbox.shift();
        if (!mail) break;
        this.#take(mail);
      }
    }
    this.#working = false;
  }

  /** What stands, from here down. */
  stands(): void {
    for (const line of standing(this.#path, this.#sup, this.#state, this.#nodes)) this.#world.line(line);
    for (const id of this.#state.children.keys()) this.#hosts.get(id)?.below?.stands();
  }

  #take(mail: Mail): void {
    this.#handling = mail.kind;
    switch (mail.kind) {
      case "start":
        this.#world.supervisors.set(this.#path, this);
        this.#tell({ type: "start" });
        return;
      case "stop":
        this.#tell({ type: "stop" });
        return;
      case "died":
        this.#world.line(`died ${mail.host.path} ${mail.host.reason}`);
        this.#hosts.delete(mail.host.node.id);
        this.#tell(deathOf(mail.host));
        return;
      case "retry":
        this.#hosts.delete(mail.host.node.id);
        this.#tell(failureOf(mail.host));
        return;
      case "call":
        this.#asked(mail.call);
        return;
    }
  }

  /** OTP refuses what ours would do: to delete or restart what runs. So the question is asked here, in its words. */
  #asked(call: CallOf): void {
    const id = call.do === "start_child" ? call.child.id : call.id;
    const life = this.#state.children.get(id)?.life;
    const asked: Asked = { call, outcome: undefined };
    this.#calls.push(asked);
    const answer = (outcome: string) => {
      asked.outcome = outcome;
    };
    if (call.do === "start_child") {
      if (life) answer("exists");
      else {
        this.#nodes.set(id, call.child);
        this.#tell({
          type: "add",
          id: call.child.id,
          rules: rulesOfChild(call.child, this.#sup),
          onFailedStart: "forget",
        });
      }
    } else if (!life) answer("not_found");
    else if (call.do === "terminate_child") {
      this.#tell({ type: "stop-child", id });
      answer("ok");
    } else if (life !== "stopped") answer(life === "running" ? "running" : "restarting");
    else if (call.do === "restart_child") this.#tell({ type: "restart", id });
    else {
      this.#tell({ type: "remove", id });
      answer("ok");
    }
  }

  #reply(): void {
    for (const { call, outcome } of this.#calls) {
      if (outcome === undefined) continue;
      const id = call.do === "start_child" ? call.child.id : call.id;
      this.#world.line(`call ${call.sup} ${call.do} ${id} ${outcome}`);
    }
    this.#calls = this.#calls.filter(({ outcome }) => outcome === undefined);
  }

  #tell(event: SupervisorEvent): void {
    const { state, actions } = decide(this.#state, event, this.#world.now, () => 0);
    this.#state = state;
    for (const action of actions) this.#perform(action);
  }

  #perform(action: SupervisorAction): void {
    switch (action.type) {
      case "start":
        this.#start(this.#nodes.get(action.id)!);
        return;
      case "stop":
        this.#stop(this.#hosts.get(action.id)!);
        return;
      case "up":
        this.onUp();
        return;
      case "ended":
        this.#end(action.reason);
        return;
      case "forget":
      case "down":
        return;
      default:
        throw new Error(`${this.#path}: ${JSON.stringify(action)} where nothing waits and nothing is parked`);
    }
  }

  #start(node: Node): void {
    const path = below(this.#path, node.id);
    if (node.kind === "sup") {
      this.#startBelow(node, path);
      return;
    }
    const outcome = node.starts[this.#world.startsOf(path)] ?? "ok";
    const host: Host = { node, path, is: "up", reason: "" };
    this.#hosts.set(node.id, host);
    this.#started(host, outcome);
  }

  #startBelow(node: Sup, path: string): void {
    const sup = new PureSupervisor(this.#world, node, path);
    const host: Host = { node, path, below: sup, is: "up", reason: "" };
    this.#hosts.set(node.id, host);
    this.#awaited.add(host);
    let up = false;
    sup.onUp = () => {
      up = true;
      this.#awaited.delete(host);
      this.#started(host, "ok");
      this.work();
    };
    sup.onEnded = (reason) => {
      const awaited = this.#awaited.delete(host);
      if (!up) this.#started(host, "fail");
      else if (awaited) this.#stopped(host, "shutdown", { type: "stopped", id: node.id });
      else {
        host.is = "dead";
        host.reason = reason;
        this.post({ kind: "died", host });
      }
      this.work();
    };
    sup.post({ kind: "start" });
    sup.work();
  }

  #started(host: Host, outcome: "ok" | "fail" | "ignore"): void {
    const { id } = host.node;
    this.#world.line(`start ${host.path} ${outcome}`);
    const asked = this.#calls.find(({ call }) => startsBy(call, id));
    if (asked) asked.outcome = { ok: "ok", fail: "failed", ignore: "ignored" }[outcome];
    if (outcome === "ok") this.#answers.push({ type: "ready", id });
    else if (outcome === "ignore") {
      this.#hosts.delete(id);
      this.#answers.push({ type: "ignored", id });
    } else if (this.#handling === "died" || this.#handling === "retry") {
      host.is = "failed";
      this.post({ kind: "retry", host });
    } else {
      this.#hosts.delete(id);
      this.#answers.push(failureOf(host));
    }
  }

  #stop(host: Host): void {
    const { node, below: sup } = host;
    if (host.is !== "up") {
      // It is down already and its letter is on the way: that is the answer.
      this.#mailbox.splice(
        0,
        this.#mailbox.length,
        ...this.#mailbox.filter((mail) => !("host" in mail && mail.host === host)),
      );
      if (host.is === "dead") this.#stopped(host, host.reason, deathOf(host));
      else {
        this.#hosts.delete(node.id);
        this.#answers.push(failureOf(host));
      }
      return;
    }
    const stopped = { type: "stopped", id: node.id } as const;
    if (sup) {
      this.#awaited.add(host);
      sup.post({ kind: "stop" });
      sup.work();
      return;
    }
    const { after, reason } = leaving(node as Worker, (this.#sup.template ?? node).shutdown);
    const down = () => this.#stopped(host, reason, reason === "boom" ? deathOf({ ...host, reason }) : stopped);
    if (after === 0) {
      down();
      return;
    }
    this.#awaited.add(host);
    this.#world.after(after, () => {
      this.#awaited.delete(host);
      down();
      this.work();
    });
  }

  #stopped(host: Host, reason: string, answer: SupervisorEvent): void {
    this.#world.line(`stop ${host.path} ${reason}`);
    this.#hosts.delete(host.node.id);
    this.#answers.push(answer);
  }

  #end(reason: EndReason): void {
    this.#ended = true;
    this.#world.supervisors.delete(this.#path);
    for (const mail of this.#mailbox)
      if (mail.kind === "call") this.#calls.push({ call: mail.call, outcome: undefined });
    for (const asked of this.#calls) asked.outcome = "gone";
    this.#reply();
    this.onEnded(reason);
  }
}

function startsBy(call: CallOf, id: string): boolean {
  return call.do === "start_child" ? call.child.id === id : call.do === "restart_child" && call.id === id;
}
