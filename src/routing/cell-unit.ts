import type { Target } from "../actor/ref.js";
import type { HoldfastError } from "../errors.js";
import type { CellSpec } from "../host/booting.js";
import type { ChildRules, Shutdown } from "../supervision/spec.js";
import { Cell, type CellDeath } from "../system/cell.js";
import type { SystemContext } from "../system/context.js";
import type { OpenReport } from "../system/death-log.js";
import { deathError, reportDeath } from "../system/report-death.js";
import type { TreeNode } from "../system/tree.js";
import type { Standing, Unit, UnitExit } from "../system/unit.js";
import type { KeyUnit } from "./key-unit.js";

/** One host of a keyed group as a supervised child. Its death takes its keys down with it, and is charged to it alone. */
export class CellUnit implements Unit {
  readonly name: string;
  readonly path: string;
  readonly target: Target;
  onExit: (exit: UnitExit) => void = () => {};
  readonly #context: SystemContext;
  readonly #spec: CellSpec;
  readonly #rules: ChildRules;
  readonly #keys = new Set<KeyUnit>();
  #cell: Cell | undefined;
  #starting: AbortController | undefined;
  #incarnation = 0;
  #report: OpenReport | undefined;

  constructor(context: SystemContext, name: string, path: string, spec: CellSpec, rules: ChildRules, target: Target) {
    this.#context = context;
    this.name = name;
    this.path = path;
    this.#spec = spec;
    this.#rules = rules;
    this.target = target;
  }

  /** The live cell, or undefined while there is none. */
  get cell(): Cell | undefined {
    return this.#cell?.alive ? this.#cell : undefined;
  }

  get load(): number {
    return this.#keys.size;
  }

  enter(key: KeyUnit): void {
    this.#keys.add(key);
  }

  leave(key: KeyUnit): void {
    this.#keys.delete(key);
  }

  /** A key of this cell was served: after a death, service is back. */
  served(): void {
    this.#report?.served();
  }

  async start(): Promise<void> {
    const starting = new AbortController();
    this.#starting = starting;
    try {
      const { signal } = starting;
      const withinMs = this.#rules.startTimeoutMs;
      const onHost = (level: "spare" | "cold") => this.#report?.restarted(level);
      const cell = await Cell.open(this.#context, this.#spec, { withinMs, signal, onHost });
      this.#cell = cell;
      this.#incarnation++;
      cell.onDeath = (death) => this.#died(death);
      this.#report?.warmed([...this.#keys].some((key) => key.pending() > 0));
      this.#context.hosts.refill(this.#spec);
    } finally {
      this.#starting = undefined;
    }
  }

  async stop(shutdown: Shutdown): Promise<void> {
    const starting = this.#starting;
    starting?.abort();
    const cell = this.#cell;
    if (!cell?.alive) return;
    if (shutdown === "brutal" || starting) cell.kill({ kind: "killed", by: "its supervisor" });
    else await cell.shut(shutdown === "unlimited" ? Number.POSITIVE_INFINITY : shutdown);
    for (const key of [...this.#keys]) key.lostCell({ kind: "killed", by: "its supervisor" }, undefined);
  }

  dispose(error: HoldfastError): void {
    this.#report?.close();
    for (const key of [...this.#keys]) key.dispose(error);
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

  child(): undefined {
    return undefined;
  }

  tree({ state, reason, restarts }: Standing): TreeNode {
    const { path, name } = this;
    const { isolation } = this.#spec;
    const spare = this.#context.hosts.spare(this.#spec);
    return {
      path,
      name,
      kind: "cell",
      state,
      isolation,
      incarnation: this.#incarnation,
      restarts,
      ...(this.#cell?.alive ? { host: this.#cell.host.name } : {}),
      ...(spare ? { spare } : {}),
      ...(reason && state !== "running" ? { reason } : {}),
    };
  }

  /** One death per member; one report, which lists what each was executing. */
  #died({ cause, at }: CellDeath): void {
    const host = this.#cell!.host.name;
    const remains = [...this.#keys].map((key) => key.lostCell(cause, at));
    const executing = remains.flatMap((one) => one.executing);
    const sum = (field: "redelivered" | "failed" | "poisoned") => remains.reduce((total, one) => total + one[field], 0);
    this.#report?.close();
    this.#report = reportDeath(
      this.#context,
      { path: this.path, key: undefined, incarnation: this.#incarnation },
      this.#spec.isolation,
      host,
      {
        cause,
        at,
        executing,
        guilty: false,
        redelivered: sum("redelivered"),
        failed: sum("failed"),
        poisoned: sum("poisoned"),
      },
    );
    this.onExit({
      guilty: cause.kind === "killed" || executing.length > 0,
      normal: false,
      error: deathError(this.path, cause),
      decided: (decision) => this.#report?.decided(decision),
    });
  }
}
