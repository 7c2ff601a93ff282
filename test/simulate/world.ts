import type { ActorClass } from "../../src/actor/actor.js";
import type { ActorSelf } from "../../src/actor/lifecycle.js";
import { errorTable } from "../../src/error-table.js";
import type { SystemEvent } from "../../src/system/events.js";
import { actorClasses, type Ground, type Watcher } from "./actors.js";
import { Coroner } from "./coroner.js";
import type { Broken, HostWorld } from "./host-world.js";
import { Judge } from "./judge.js";
import { addressOf, Ledger, type Run } from "./ledger.js";
import type { Plan, Scenario } from "./plan.js";
import { Scheduler } from "./scheduler.js";
import type { SimHost } from "./sim-host.js";
import { Trace } from "./trace.js";
import { shapeOf, type TreeShape } from "./tree.js";

export interface WorldOptions {
  /** Breaks the promise of the transport, to see that the laws' judges notice. */
  tamper?: HostWorld["tamper"];
  broken?: Broken;
  /** Every line of the trace, as it comes. */
  tell?: (line: string) => void;
}

/** All that surrounds the system in one run: time, hosts, what its actors do, and who watches and judges. */
export class World implements HostWorld, Watcher {
  readonly scheduler: Scheduler;
  readonly ledger = new Ledger();
  readonly trace: Trace;
  readonly hosts: SimHost[] = [];
  readonly judge: Judge;
  readonly coroner: Coroner;
  readonly shape: TreeShape;
  readonly scenario: Scenario;
  readonly tamper: HostWorld["tamper"];
  readonly broken: Broken | undefined;
  readonly counts: Record<string, number> = {};
  /** No fault is planned any more. */
  healing = false;
  /** stop() has resolved: nothing may live or die any more. */
  stopped = false;
  /** What inline actors run, set once. */
  classes!: Record<string, ActorClass>;
  /** How often each death watch was told. */
  readonly watches = new Map<number, number>();
  /** What operators asked for and was not answered yet. */
  commands = 0;
  /** Every host that an actor was started in. */
  readonly #homes = new Map<string, Set<SimHost>>();
  #starts = 0;
  #stops = 0;
  #inner = 0;

  constructor(scenario: Scenario, { tamper = (frames) => frames, broken, tell }: WorldOptions) {
    this.scenario = scenario;
    this.tamper = tamper;
    this.broken = broken;
    this.scheduler = new Scheduler(scenario.seed);
    this.trace = new Trace(40, tell);
    this.judge = new Judge(this.ledger, () => this.scheduler.now());
    this.shape = shapeOf(scenario.tree);
    this.coroner = new Coroner(this.ledger, this.hosts);
  }

  hears(event: SystemEvent): void {
    this.note(describe(event));
    this.coroner.hears(event);
    if (this.stopped && ["life", "death", "report", "dead-letter"].includes(event.type)) {
      this.ledger.find("stop leaves nothing", `after stop(): ${describe(event)}`);
    }
    if (event.type === "dead-letter") this.#letter(event.letter.shape, event.letter.reason);
    this.count(event.type === "death" ? `death ${event.report.cause.kind}` : event.type);
  }

  count(what: string): void {
    this.counts[what] = (this.counts[what] ?? 0) + 1;
  }

  note(text: string): void {
    this.trace.add(this.scheduler.now(), text);
  }

  surprise(where: string, error: unknown): void {
    this.ledger.find("nothing surprising", `${where}: ${error instanceof Error ? error.stack : String(error)}`);
  }

  opening(number: number): { afterMs: number; dies: boolean } {
    const how = this.#openings(number);
    const afterMs = how.includes("slow") ? this.scheduler.between(300, 1500) : this.scheduler.between(0.5, 30);
    return { afterMs, dies: how.includes("dies") };
  }

  refusesToLeave(number: number): boolean {
    return this.#openings(number).includes("will-not-leave");
  }

  async load(module: string, host: SimHost): Promise<unknown> {
    const how = this.#openings(host.number);
    if (how.includes("boot-fails")) throw new Error("planned: the module cannot be loaded");
    const name = module.slice("sim:".length) as "worker";
    return { default: actorClasses(this, { host, clock: host.clock })[name] };
  }

  halted(host: SimHost): void {
    this.coroner.ends(host);
  }

  ending(host: SimHost): void {
    this.coroner.ends(host);
  }

  left(host: SimHost): void {
    this.note(`${host.name} has left`);
  }

  async loading({ host, clock }: Ground): Promise<void> {
    const hangs = host && this.#openings(host.number).includes("boot-hangs");
    if (hangs) await new Promise(() => {});
    if (host) await new Promise<void>((resolve) => clock.after(this.scheduler.between(0, 20), resolve));
  }

  async starting(self: ActorSelf, { host, clock }: Ground): Promise<"ignore" | undefined> {
    const nth = ++this.#starts;
    this.judge.starts(self);
    this.note(`start ${nth}: ${addressOf(self)}.${self.incarnation} in ${host?.name ?? "inline"}`);
    if (host) this.#alone(self, host);
    if (this.healing) return undefined;
    const how = this.scenario.ops.find((op) => op.kind === "starting" && op.nth === nth);
    if (how?.kind !== "starting") return undefined;
    if (how.how === "ignores") return "ignore";
    if (how.how === "throws") throw new Error("planned: start() throws");
    if (how.how === "hangs") await new Promise(() => {});
    await new Promise<void>((resolve) => clock.after(this.scheduler.between(5, 300), resolve));
    return undefined;
  }

  /** Removed or put down on purpose: the state there, and below, may go. */
  lose(path: string): void {
    for (const { address } of this.ledger.calls.values()) {
      if (address === path || address.startsWith(`${path}/`)) this.ledger.lossy.add(address);
    }
    this.ledger.lossy.add(path);
  }

  async stopping({ host, clock }: Ground): Promise<void> {
    const nth = ++this.#stops;
    if (this.healing) return;
    const how = this.scenario.ops.find((op) => op.kind === "stopping" && op.nth === nth);
    if (how?.kind !== "stopping") return;
    if (how.how === "throws") throw new Error(`planned: stop() throws in ${host?.name ?? "inline"}`);
    await new Promise<void>((resolve) => clock.after(this.scheduler.between(5, 1500), resolve));
  }

  /** Of an exclusive actor no host is left, and nothing of it runs, when the next incarnation begins. */
  #alone(self: ActorSelf, host: SimHost): void {
    const address = addressOf(self);
    const homes = this.#homes.get(address) ?? new Set();
    this.#homes.set(address, homes);
    if (this.shape.exclusive(address)) {
      for (const home of homes) {
        if (home !== host && !home.halted)
          this.ledger.find("exclusive", `${address} starts in ${host.name} beside ${home.name}`);
      }
      for (const run of this.ledger.runs) {
        if (run.address === address && run.host === host && !run.over && run.incarnation < self.incarnation) {
          this.ledger.find(
            "exclusive",
            `${address}.${self.incarnation} starts while ${run.call.id} of the last one runs`,
          );
        }
      }
    }
    homes.add(host);
  }

  begins(id: string, self: ActorSelf, ground: Ground): ReturnType<Watcher["begins"]> {
    const call = this.ledger.calls.get(id)!;
    this.judge.begins(call, self, ground);
    const attempt = call.runs.length;
    const done = call.runs.some(({ state }) => state === "completed");
    // What was answered once is answered again when it is replayed; a refusal is one for ever.
    const act = call.plan.acts[0] === "refuse" ? "refuse" : done ? "answer" : (call.plan.acts[attempt - 1] ?? "answer");
    this.note(
      `▶ ${id} ${call.method} ${addressOf(self)}.${self.incarnation} #${attempt} ${act} ${ground.host?.name ?? "inline"}`,
    );
    this.count(`act ${act}`);
    return { act, attempt };
  }

  completes(id: string, self: ActorSelf, ground: Ground): void {
    const run = this.#runOf(id, self, ground);
    if (run?.state === "open") run.state = "completed";
    if (run) run.over = true;
    this.note(`■ ${id} ${addressOf(self)}.${self.incarnation}`);
  }

  leaves(id: string, self: ActorSelf, ground: Ground): void {
    const run = this.#runOf(id, self, ground);
    if (run?.state === "open") run.state = "lingers";
    if (run) run.over = true;
  }

  throws(id: string, self: ActorSelf, ground: Ground): void {
    const run = this.#runOf(id, self, ground);
    if (run) run.state = "threw";
    if (run) run.over = true;
  }

  asks(id: string, self: ActorSelf): ReturnType<Watcher["asks"]> {
    const outer = this.ledger.calls.get(id)!;
    // Only the first attempt asks for trouble: else what is redelivered would ask for it for ever.
    const acts = outer.runs.length === 1 ? outer.plan.acts.slice(1, 2) : [];
    const plan: Plan = { ms: outer.plan.ms, acts, lingers: false, values: 0 };
    const call = this.ledger.add({
      id: `${id}i${++this.#inner}`,
      sender: `${addressOf(self)}.${self.incarnation}`,
      address: this.shape.nextOf(self.path) ?? "nowhere",
      method: "once",
      keyed: false,
      ask: true,
      idempotent: false,
      replayable: this.shape.replayable(this.shape.nextOf(self.path) ?? "nowhere"),
      plan,
      sentAt: this.scheduler.now(),
      deadline: Number.POSITIVE_INFINITY,
      ordered: false,
    });
    call.orphan = true;
    return {
      parcel: { [call.id]: plan },
      settled: (outcome, ok) => (ok ? this.judge.answered(call, outcome) : this.judge.failed(call, outcome)),
    };
  }

  #runOf(id: string, self: ActorSelf, { host }: Ground): Run | undefined {
    const { incarnation } = self;
    const address = addressOf(self);
    const own = (run: Run) => run.host === host && run.incarnation === incarnation && run.address === address;
    return this.ledger.calls.get(id)!.runs.findLast(own);
  }

  #openings(number: number): string[] {
    if (this.healing) return [];
    return this.scenario.ops.flatMap((op) => (op.kind === "opening" && op.number === number ? [op.how] : []));
  }

  #letter(shape: string, reason: string): void {
    const id = /^\[\{(\w+)/.exec(shape)?.[1];
    const call = id === undefined ? undefined : this.ledger.calls.get(id);
    if (!call || (call.ask && reason === "poison")) return;
    call.letters.push(reason);
    if (call.letters.length > 1)
      this.ledger.find("1 one outcome", `${id} is a dead letter twice: ${call.letters.join(", ")}`);
    if (call.ask) this.ledger.find("1 one outcome", `${id} is an ask and became a dead letter: ${reason}`);
    else if (reason in errorTable)
      this.judge.judgeCode(call, reason, errorTable[reason as keyof typeof errorTable].retryable);
  }
}

function describe(event: SystemEvent): string {
  switch (event.type) {
    case "life":
      return `life ${event.path} ${event.state}`;
    case "death":
      return `death ${event.report.id} ${event.report.path} ${event.report.cause.kind}`;
    case "report":
      return `report ${event.report.id} ${event.report.decision}`;
    case "dead-letter":
      return `letter ${event.letter.shape} ${event.letter.reason}`;
    case "audit":
      return `audit ${event.entry.act} ${event.entry.outcome}`;
    case "recycled":
      return `recycled ${event.path} ${event.what}`;
    case "not-recycled":
      return `not recycled ${event.path} ${event.because}`;
    case "scaled":
      return `scaled ${event.path} ${event.from} ${event.to} ${event.by}`;
    case "left":
      return `left ${event.path} ${event.answered}`;
    case "ejected":
      return `ejected ${event.path}/${event.member} ${event.why}`;
    case "judged":
      return `judged ${event.path} ${event.from} ${event.to} ${event.verdict}`;
    case "abandoned":
      return `abandoned ${event.host} ${event.exited}`;
    case "threshold":
      return `threshold ${event.rule} ${event.state}`;
    case "outvoted":
      return `outvoted ${event.path} ${event.members.join(" ")}`;
    case "rebuilt":
      return `rebuilt ${event.path} ${event.member} ${event.why}`;
    case "breaker":
      return `breaker ${event.path} ${event.state}`;
    case "standby":
      return `standby ${event.path} ${event.state} ${event.host ?? event.why ?? ""}`;
    case "lingering":
      return `lingering ${event.path}.${event.incarnation} ${event.methods.join(" ")}`;
    case "state-fell-back":
      return `fell back ${event.path}`;
    case "store-failed":
    case "store-recovered":
    case "store-degraded":
    case "store-repaired":
    case "backup-made":
    case "backup-failed":
      return `${event.type} ${event.about}`;
    case "fenced":
      return `fenced ${event.path}.${event.incarnation} ${event.what} ${event.count}`;
  }
}
