import type { ActorFacts } from "../../actor/methods.js";
import type { Target } from "../../actor/ref.js";
import { ABANDON_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import { HoldfastError, toError } from "../../errors.js";
import { HOST_ENTRIES } from "../../host/actor-number.js";
import type { CellSpec } from "../../host/booting.js";
import type { Host, Isolation } from "../../host/host.js";
import { bothMail, noMail } from "../../mailbox/mail-stats.js";
import { Tally } from "../../mailbox/tally.js";
import type { ChildRules, Shutdown } from "../../supervision/spec.js";
import type { ChildRecord } from "../../supervision/state.js";
import { Exclusive } from "../../system/actor/exclusive.js";
import { stoppedBefore } from "../../system/actor/start-failure.js";
import type { Cell, CellDeath } from "../../system/cell/cell.js";
import { hangCell } from "../../system/cell/hang-cell.js";
import { openCell } from "../../system/cell/open-cell.js";
import type { SystemContext } from "../../system/context.js";
import type { Remains } from "../../system/death/after-death.js";
import type { OpenReport } from "../../system/death/death-log.js";
import { jointRemains, nothingLost } from "../../system/death/joint-remains.js";
import { causeText } from "../../system/death/report.js";
import { deathError, decidedOn, reportDeath } from "../../system/death/report-death.js";
import type { UnitStats } from "../../system/stats.js";
import type { TreeNode } from "../../system/tree.js";
import { type Keeper, noKeeper, type Standing, type Unit } from "../../system/unit.js";
import { unitStats } from "../../system/unit-stats.js";
import { within } from "../../system/within.js";
import type { KeyUnit } from "./key-unit.js";

export interface CellUnitOptions {
  readonly spec: CellSpec;
  readonly rules: ChildRules;
  /** Keys it must be able to hold. */
  readonly room: number;
  readonly target: Target;
  /** Its group's: the mail of its keys counts there. */
  readonly tally: Tally;
}

/**
 * One host of a keyed group as a supervised child. Its death takes its keys down with it, and is charged to it alone. What
 * becomes of its keys where it does not come back is for its group to say.
 */
export class CellUnit implements Unit {
  readonly kind = "cell";
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  keeper: Keeper = noKeeper;
  record: ChildRecord | undefined;
  readonly #context: SystemContext;
  readonly #spec: CellSpec;
  readonly #rules: ChildRules;
  /** The keys that live in it, or are about to. */
  readonly residents = new Set<KeyUnit>();
  /** The keys whose actors are in it, or were last: residents, and those that move out. */
  readonly #inside = new Set<KeyUnit>();
  /** Nobody lives in it or is in it any more. */
  onVacant: () => void = () => {};
  /** Its host has died, and its keys are homeless; what its supervisor makes of it follows. */
  onLost: () => void = () => {};
  /** A message of one of its keys is settled. */
  onServed: () => void = () => {};
  readonly #room: number;
  /** Its restarts. */
  readonly own: Tally;
  readonly #exclusive: Exclusive | undefined;
  #cell: Cell | undefined;
  /** A cell that was told to stop: its keys leave it, and no other moves in. */
  #leaving: Cell | undefined;
  #starting: AbortController | undefined;
  #incarnation = 0;
  #report: OpenReport | undefined;

  constructor(context: SystemContext, name: string, path: string, options: CellUnitOptions) {
    this.#context = context;
    this.name = name;
    this.path = path;
    this.#spec = options.spec;
    this.#rules = options.rules;
    this.#room = options.room;
    this.#exclusive = options.spec.exclusive ? new Exclusive(context, path) : undefined;
    this.target = options.target;
    this.own = new Tally(context.meter, options.tally);
  }

  /** The cell that keys may move into, or undefined while there is none. */
  get cell(): Cell | undefined {
    return this.#cell?.alive && this.#cell !== this.#leaving ? this.#cell : undefined;
  }

  /** What its host said of the actor's class when it last came up; kept while it is away. */
  get facts(): ActorFacts | undefined {
    return this.#cell?.facts;
  }

  get isolation(): Isolation {
    return this.#spec.isolation;
  }

  /** The name of its latest host. */
  get host(): string {
    return this.#cell?.host.name ?? this.#spec.isolation;
  }

  /** How many keys it can hold: known from its first start on. */
  get room(): number {
    return this.facts ? Math.floor(HOST_ENTRIES / this.facts.concurrency) : this.#room;
  }

  get vacant(): boolean {
    return this.residents.size === 0 && this.#inside.size === 0;
  }

  /** It lives here from now on. */
  expect(key: KeyUnit): void {
    this.residents.add(key);
  }

  /** It lives elsewhere from now on, or has gone. */
  dismiss(key: KeyUnit): void {
    if (this.residents.delete(key) && this.vacant) this.onVacant();
  }

  /** Its actor is here from now on. */
  enter(key: KeyUnit): void {
    this.#inside.add(key);
  }

  leave(key: KeyUnit): void {
    if (this.#inside.delete(key) && this.vacant) this.onVacant();
  }

  /** A key of this cell was served: after a death, service is back. */
  served(): void {
    this.onServed();
    this.#report?.served();
  }

  async start(): Promise<void> {
    const starting = new AbortController();
    this.#starting = starting;
    try {
      const { signal } = starting;
      await this.#exclusive?.alone(signal);
      if (signal.aborted) throw stoppedBefore(this.path);
      const withinMs = this.#rules.startTimeoutMs;
      const onHost = (level: "spare" | "cold") => this.#report?.restarted(level);
      const onOpened = (host: Host) => this.#exclusive?.add(host);
      const cell = await openCell(this.#context, this.#spec, { withinMs, signal, onHost, onOpened });
      this.#take(cell, signal);
      this.#report?.warmed([...this.residents].some((key) => key.pending() > 0));
      this.#context.hosts.refill(this.#spec);
    } catch (thrown) {
      const cause = { kind: "start-failed", error: toError(thrown) } as const;
      // A restart that failed is a death more; of a first start only the caller hears.
      if (this.#report && !starting.signal.aborted) this.#open(this.host, { ...nothingLost, cause, at: undefined });
      throw thrown;
    } finally {
      if (this.#starting === starting) this.#starting = undefined;
    }
  }

  /** @throws InvalidSpec when it could not hold its part of the keys; StartFailed when it ended in this very moment */
  #take(cell: Cell, signal: AbortSignal): void {
    const holds = Math.floor(HOST_ENTRIES / cell.facts.concurrency);
    if (holds < this.#room) {
      cell.kill({ kind: "killed", by: "its supervisor" });
      throw new HoldfastError(
        "InvalidSpec",
        `${this.path} has to hold ${this.#room} keys (maxKeys / cells) and has room for ${holds} with a concurrency of ` +
          `${cell.facts.concurrency}: give a smaller maxKeys or more cells`,
        { details: { room: this.#room, holds } },
      );
    }
    // Nobody listened between its boot and this turn.
    if (!cell.alive || signal.aborted) {
      cell.kill({ kind: "killed", by: "its supervisor" });
      throw new HoldfastError("StartFailed", `${this.path}: its host ended as it became ready`);
    }
    this.#cell = cell;
    this.#incarnation++;
    cell.unitPath = this.path;
    cell.onDeath = (death) => this.#died(cell, death);
  }

  /**
   * Keys leave first: what they execute ends in peace, and nobody finds the cell dying under a handler.
   *
   *   (no key moves in) ─▶ each key: finish, stop() ─▶ unload() ─▶ gone ─▶ keys wait for the next cell
   *                            └─ too late, or "brutal": killed, reported, and waited for until it has really left
   */
  async stop(shutdown: Shutdown): Promise<void> {
    const starting = this.#starting;
    starting?.abort();
    const cell = this.#cell;
    if (!cell?.alive) return;
    this.#leaving = cell;
    if (shutdown === "brutal" || starting) await this.#killed(cell, "its supervisor");
    else {
      const { clock } = this.#context;
      const limit = shutdown === "unlimited" ? Number.POSITIVE_INFINITY : shutdown;
      const began = clock.now();
      let late = false;
      const vacated = Promise.all([...this.#inside].map((key) => key.vacate())).then(() => {});
      await within(clock, limit, Promise.race([vacated, cell.over]), () => {
        late = true;
        return undefined;
      });
      if (late) await this.#killed(cell, "its supervisor, past its shutdown time");
      else await cell.shut(Math.max(0, limit - (clock.now() - began)));
    }
    for (const key of [...this.#inside]) {
      key.lostCell({ kind: "killed", by: "its supervisor" }, undefined);
      this.#context.watches.ended(key, "stopped");
    }
  }

  /** A killed process is there until its exit: the cell that follows must not find it alive. */
  async #killed(cell: Cell, by: string): Promise<void> {
    cell.kill({ kind: "killed", by });
    await within(this.#context.clock, milliseconds(ABANDON_AFTER, "abandonAfter"), cell.over, () => {
      cell.abandon();
      return undefined;
    });
  }

  dispose(): void {
    this.#report?.close();
  }

  drain(): void {}

  pending(): number {
    return 0;
  }

  kill(by: string): boolean {
    if (!this.#cell?.alive) return false;
    this.#cell.kill({ kind: "killed", by });
    return true;
  }

  hang(forMs: number, by: string): boolean {
    return hangCell(this.#cell, this.path, forMs, by);
  }

  child(): undefined {
    return undefined;
  }

  tree({ state, restarts, ...standing }: Standing): TreeNode {
    const { path, name, kind, isolation } = this;
    const reason = this.#exclusive?.waits ?? standing.reason;
    const spare = this.#context.hosts.spare(this.#spec);
    return {
      path,
      name,
      kind,
      state,
      isolation,
      incarnation: this.#incarnation,
      restarts,
      ...(this.#cell?.alive ? { host: this.#cell.host.name } : {}),
      ...(spare ? { spare } : {}),
      ...(reason && state !== "running" ? { reason } : {}),
    };
  }

  stats(list: UnitStats[], partOf?: string): void {
    const { path, kind } = this;
    const mail = [...this.#inside].map(({ handle }) => handle.owed).reduce(bothMail, noMail);
    list.push(unitStats(this.own, { path, kind, partOf, now: this.#context.clock.now(), mail, cell: this.#cell }));
  }

  /** One death per member; one report, which lists what each was executing. */
  #died(cell: Cell, { cause, at }: CellDeath): void {
    const lost = [...this.#inside];
    const remains = lost.map((key) => key.lostCell(cause, at));
    const whole = jointRemains(cell, cause, at, remains);
    const { id } = this.#open(cell.host.name, whole).report;
    for (const key of lost) this.#context.watches.ended(key, "died", causeText(cause), id);
    this.onLost();
    this.keeper.unitDied(this.name, {
      guilty: cause.kind === "killed" || whole.guilty,
      normal: false,
      error: deathError(this.path, cause),
      decided: (decision) => decidedOn(this.#report, this.own)(decision),
    });
  }

  #open(host: string, remains: Remains): OpenReport {
    this.#report?.close();
    const who = { path: this.path, key: undefined, incarnation: this.#incarnation };
    this.#report = reportDeath(this.#context, who, this.#spec.isolation, host, remains);
    return this.#report;
  }
}
