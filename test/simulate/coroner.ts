import type { DeathReport } from "../../src/system/death/report.js";
import type { SystemEvent } from "../../src/system/events.js";
import { addressOf, type Ledger, type Run } from "./ledger.js";
import type { SimHost } from "./sim-host.js";

const OF_HOSTS = ["exit", "uncaught", "heap", "hung", "killed"];

/** Laws 4 and 10: every death has one report, and the report names what was executing: that, and nothing else. */
export class Coroner {
  readonly #ledger: Ledger;
  readonly #hosts: readonly SimHost[];
  readonly #closed = new Map<number, number>();
  readonly #opened = new Map<number, DeathReport>();
  readonly #left = new Map<string, "abandoned" | "gone">();
  /** What truly executed when a host ended. */
  readonly #executing = new Map<SimHost, readonly Run[]>();

  constructor(ledger: Ledger, hosts: readonly SimHost[]) {
    this.#ledger = ledger;
    this.#hosts = hosts;
  }

  knows(report: number): boolean {
    return this.#opened.has(report);
  }

  /** A host ends, by itself or for the parent: the first moment of the two is that of the truth. */
  ends(host: SimHost): void {
    if (!this.#executing.has(host)) {
      this.#executing.set(
        host,
        this.#ledger.runs.filter((run) => run.host === host && run.state === "open"),
      );
    }
    if (!host.halted) return;
    for (const run of this.#ledger.runs) if (run.host === host && run.state === "open") run.state = "struck";
  }

  hears(event: SystemEvent): void {
    if (event.type === "abandoned") this.#abandoned(event.host, event.exited);
    if (event.type === "death") this.#death(event.report);
    if (event.type === "report") {
      const { id } = event.report;
      this.#closed.set(id, (this.#closed.get(id) ?? 0) + 1);
      if (this.#closed.get(id) !== 1) this.#find(event.report, "is closed twice");
      if (!this.#opened.has(id)) this.#find(event.report, "is closed and was never opened");
    }
  }

  #abandoned(host: string, exited: boolean): void {
    const told = this.#left.get(host);
    if (told !== (exited ? "abandoned" : undefined)) {
      this.#ledger.find(
        "10 one report per death",
        `${host} is told to be ${exited ? "gone" : "abandoned"} after: ${told}`,
      );
    }
    this.#left.set(host, exited ? "gone" : "abandoned");
  }

  #death(report: DeathReport): void {
    if (this.#opened.has(report.id)) this.#find(report, "is opened twice");
    const kind = report.cause.kind;
    if (OF_HOSTS.includes(kind) && report.host !== "inline") {
      for (const other of this.#opened.values()) {
        if (other.host === report.host && other.path === report.path && OF_HOSTS.includes(other.cause.kind)) {
          this.#find(report, `tells again of the end of ${report.host}, as report ${other.id} did`);
        }
      }
    }
    this.#opened.set(report.id, report);
    const named = report.executing.map(({ shape }) => /^\[\{(\w+)/.exec(shape)?.[1]);
    const host = this.#hosts.find(({ name }) => name === report.host);
    // The incarnation ended with it: what else it executes may go on, and counts for nothing.
    if (kind === "threw") {
      for (const run of this.#ledger.runs) {
        const own = run.address === addressOf(report) && run.incarnation === report.incarnation;
        if (own && run.state === "open") run.state = "lingers";
      }
    }
    // Inline nothing ends for real: what the dead incarnations execute goes on unheard.
    for (const run of report.host === "inline" ? this.#ledger.runs : []) {
      const own = run.address === addressOf(report) || named.includes(run.call.id);
      if (own && run.state === "open" && !run.host) run.state = "lingers";
    }
    // Twice blamed, a message that was only to be replayed is left out: its effect is lost, and said to be.
    for (const [at, { deaths }] of report.executing.entries())
      if (deaths >= 2 && named[at]) this.#ledger.dropped.add(named[at]);
    for (const id of named) {
      const call = id === undefined ? undefined : this.#ledger.calls.get(id);
      if (!call) continue;
      if (!call.runs.some((run) => run.host === host) && this.#ledger.struckAtBegin === 0) {
        this.#find(report, `names ${id}, which never began there`);
      }
    }
    if (!host || !OF_HOSTS.includes(kind)) return;
    const address = addressOf(report);
    for (const { call, address: where, incarnation } of this.#executing.get(host) ?? []) {
      if (where !== address || incarnation !== report.incarnation || named.includes(call.id)) continue;
      this.#find(report, `does not name ${call.id}, which was executing`);
    }
  }

  /** At the end: none is open, none is missing. */
  close(): void {
    for (const report of this.#opened.values()) {
      if (!this.#closed.has(report.id)) this.#find(report, "was never completed");
    }
    for (const host of this.#hosts) {
      const { end } = host;
      if (!end || end.kind === "killed" || (end.kind === "exit" && end.code === 0)) continue;
      if (!host.heard.has("started") || ["stop", "shut", "fence"].some((told) => host.asked.has(told as never)))
        continue;
      const reported = [...this.#opened.values()].some((report) => report.host === host.name);
      if (!reported)
        this.#ledger.find("10 nothing dies silently", `${host.name} ended (${end.kind}) and no report tells of it`);
    }
  }

  #find({ id, path, key, incarnation, cause }: DeathReport, what: string): void {
    const who = `${path}${key ? ` ${key}` : ""}.${incarnation}`;
    this.#ledger.find("10 one report per death", `report ${id} (${who}, ${cause.kind}) ${what}`);
  }
}
