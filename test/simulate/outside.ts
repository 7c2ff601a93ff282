import type { Ref } from "../../src/actor/ref.js";
import { isHoldfastError } from "../../src/errors.js";
import type { RunningSystem } from "../../src/system/running-system.js";
import type { Parcel, Worker } from "./actors.js";
import type { Call } from "./ledger.js";
import type { Op } from "./plan.js";
import { buildChild } from "./tree.js";
import type { World } from "./world.js";

/** Clients, operators and faults: performs the operations of a scenario, one at a time. */
export class Outside {
  /** Taken at the start, kept for ever: a ref outlives its actor. */
  readonly refs = new Map<string, Ref<Worker>>();
  readonly #world: World;
  readonly #app: RunningSystem;

  constructor(world: World, app: RunningSystem) {
    this.#world = world;
    this.#app = app;
    for (const path of world.shape.paths) this.refs.set(path, app.ref(path) as unknown as Ref<Worker>);
  }

  perform(op: Op): void {
    const alive = this.#world.hosts.filter((host) => !host.halted && !host.ended);
    this.#world.count(op.kind);
    if (op.kind !== "call") this.#world.note(`op ${JSON.stringify(op)}`);
    switch (op.kind) {
      case "call":
        this.#call(op);
        return;
      case "kill":
        this.#operate(() =>
          this.#app.kill(op.path, { by: "the operator", ...(op.key === undefined ? {} : { key: op.key }) }),
        );
        return;
      case "restart":
        this.#operate(() => this.#app.restart(op.path));
        return;
      case "terminate":
      case "remove":
        this.#world.lose(`${this.#world.shape.root}/${op.path}`);
        this.#operate(() => (op.kind === "remove" ? this.#app.remove(op.path) : this.#app.terminate(op.path)));
        return;
      case "add":
        this.#operate(() => this.#add(op));
        return;
      case "watch":
        this.#watch(op);
        return;
      case "release":
        this.#world.ledger.lossy.add(`${this.#world.shape.root}/${op.path}/${op.key}`);
        this.#operate(() => this.#app.release(op.path, op.key));
        return;
      case "resize":
        this.#operate(() => this.#app.resize(op.path, op.to));
        return;
      case "lag":
        this.#world.judge.slackMs += op.ms;
        this.#world.scheduler.lag(op.ms);
        return;
      case "strike":
        alive[op.nth % alive.length]?.fault(op.fault);
        return;
      case "freeze":
        this.#world.judge.frozen = true;
        alive[op.nth % alive.length]?.freeze(op.ms);
        return;
      case "trip":
        if (op.moment.endsWith("begin")) this.#world.ledger.struckAtBegin += 3;
        alive[op.nth % alive.length]?.trip(op.moment, op.after, op.fault);
        return;
      default:
    }
  }

  /** What is there no more cannot be operated, and a stop gets in between: each is an answer, if it is a typed one. */
  #operate(act: () => unknown): void {
    const refused = (error: unknown) => {
      if (!isHoldfastError(error)) this.#world.surprise("an operator's command", error);
    };
    try {
      const answer = act();
      if (!(answer instanceof Promise)) return;
      this.#world.commands++;
      answer.catch(refused).finally(() => this.#world.commands--);
    } catch (error) {
      refused(error);
    }
  }

  /** A first start that fails leaves nothing behind. */
  async #add({ path, actor }: Extract<Op, { kind: "add" }>): Promise<void> {
    const { shape, ledger, classes } = this.#world;
    const below = path === "" ? actor.name : `${path}/${actor.name}`;
    const whole = `${shape.root}/${below}`;
    shape.adopt(actor, whole);
    try {
      this.refs.set(whole, (await this.#app.add(path, actor.name, buildChild(actor, classes))) as Ref<Worker>);
      this.#world.note(`added ${whole}`);
    } catch (error) {
      this.#world.note(`not added ${whole}: ${String(error)}`);
      if (isHoldfastError(error, "StartFailed") && this.#app.child(below)) {
        ledger.find("add leaves nothing", `${whole} could not start and is still listed: ${error.message}`);
      }
      throw error;
    }
  }

  #watch({ id, path, key }: Extract<Op, { kind: "watch" }>): void {
    const { ledger, coroner, shape } = this.#world;
    const whole = `${shape.root}/${path}`;
    const target = key === undefined ? whole : this.refs.get(whole)!.with({ key });
    this.#world.watches.set(id, 0);
    this.#app.watch(target, (notice) => {
      const heard = (this.#world.watches.get(id) ?? 0) + 1;
      this.#world.watches.set(id, heard);
      this.#world.note(`notice ${id} ${notice.path}.${notice.incarnation} ${notice.reason}`);
      if (heard > 1) ledger.find("one notice", `watch ${id} of ${whole} is told ${heard} times`);
      if (notice.report !== undefined && !coroner.knows(notice.report)) {
        ledger.find("one notice", `watch ${id} of ${whole} names report ${notice.report}, which nobody has seen`);
      }
    });
  }

  #call(op: Extract<Op, { kind: "call" }>): void {
    const { id, sender, key, method, plan, idempotent } = op;
    const path = `${this.#world.shape.root}/${op.path}`;
    const open = this.refs.get(path);
    if (!open) {
      this.#world.count("nobody to call yet");
      return;
    }
    const now = this.#world.scheduler.now();
    const call: Call = this.#world.ledger.add({
      id,
      sender,
      address: key === undefined ? path : `${path}/${key}`,
      method,
      keyed: key !== undefined,
      ask: op.ask,
      idempotent,
      replayable: this.#world.shape.replayable(path),
      plan,
      sentAt: now,
      deadline: op.ask ? now + op.timeout : Number.POSITIVE_INFINITY,
      ordered: !this.#world.shape.isPool(path),
    });
    if (this.#world.shape.forgets(path)) this.#world.ledger.lossy.add(call.address);
    const cancel = op.cancelAt === undefined ? undefined : new AbortController();
    if (cancel) this.#world.scheduler.at(now + op.cancelAt!, "cancel", () => cancel.abort());
    const ref = open.with({
      timeout: op.timeout,
      idempotent,
      sender,
      ...(key === undefined ? {} : { key }),
      ...(cancel ? { signal: cancel.signal } : {}),
    });
    const parcel: Parcel = { [id]: plan };
    this.#world.note(`${op.ask ? "ask" : "tell"} ${id} ${method} ▸ ${call.address} of ${sender}`);
    if (!op.ask) {
      call.accepted = ref.tell[method](parcel);
      if (!call.accepted && call.letters.length !== 1)
        this.#world.ledger.find("1 one outcome", `${id} is refused and no dead letter`);
      return;
    }
    const answer = method === "flow" ? this.#read(call, ref.ask.flow(parcel)) : ref.ask[method](parcel);
    answer.then(
      (value) => {
        this.#world.judge.answered(call, value);
        this.#world.note(`✓ ${id}`);
        this.#world.count("answered");
      },
      (error) => {
        this.#world.judge.failed(call, error);
        this.#world.note(`✗ ${id} ${(error as { code?: string }).code}`);
        this.#world.count(`failed ${(error as { code?: string }).code}`);
      },
    );
  }

  async #read(call: Call, stream: AsyncIterable<number>): Promise<unknown> {
    for await (const value of stream) {
      if (value !== call.parts.length + 1)
        this.#world.ledger.find("1 one outcome", `${call.id} streams ${value} after ${call.parts.length}`);
      call.parts.push(value);
    }
    if (call.parts.length !== call.plan.values) {
      this.#world.ledger.find(
        "1 one outcome",
        `${call.id} ends after ${call.parts.length} of ${call.plan.values} values`,
      );
    }
    return undefined;
  }
}
