import type { Timer } from "../../clock.js";
import { HoldfastError, toError } from "../../errors.js";
import type { CellSpec } from "../../host/booting.js";
import type { Packed } from "../../transport/frames.js";
import type { After, KeptState } from "../actor/kept-state.js";
import { openCell } from "../cell/open-cell.js";
import type { SystemContext } from "../context.js";
import { decideStandby, initialStandby, type StandbyAction, type StandbyEvent } from "./decide-standby.js";
import { Follower } from "./follower.js";
import { StandbyCell } from "./standby-cell.js";
import { MOST_BEHIND, standbyPace } from "./standby-pace.js";
import { StandbyReport } from "./standby-report.js";

const notNeeded = { kind: "killed", by: "its supervisor" } as const;

/**
 * Keeps a replica behind one actor: carries out what decide-standby.ts decides.
 *
 *   committed state ─▶ changed ─▶ feed ─▶ follower, in its own cell ─▶ took ─▶ rest ─▶ the newest by then …
 *   the primary's cell is gone ─▶ take() ─▶ the follower, to be the next incarnation; another one is made behind it
 */
export class Standby {
  readonly #context: SystemContext;
  readonly #spec: CellSpec;
  #state = initialStandby;
  /** The state of its primary, as far as it counts. */
  #kept: KeptState | undefined;
  /** Events that its replica has not been given, message by message. */
  #events: Packed[] = [];
  #follower: Follower | undefined;
  #timer: Timer | undefined;
  readonly #report: StandbyReport;
  /** Fires when a start, or a state that it was given, takes too long. */
  #late: Timer | undefined;
  /** Ends the start that is under way. */
  #starting: AbortController | undefined;
  #answer: ((follower: Follower | undefined) => void) | undefined;

  /** @param spec of its actor's cell */
  constructor(context: SystemContext, spec: CellSpec) {
    this.#context = context;
    this.#spec = spec;
    this.#report = new StandbyReport(context);
  }

  /** For the tree. */
  get standing(): "ready" | "starting" | undefined {
    const { phase } = this.#state;
    return phase === "following" ? "ready" : phase === "off" ? undefined : "starting";
  }

  primaryUp(): void {
    this.#post({ type: "primary-up" });
  }

  /** The state of its actor has changed, and that counts. */
  readonly onKept = (kept: KeptState, { events, anew }: After): void => {
    this.#kept = kept;
    if (!this.#follower) return;
    if (anew) {
      this.#lost(new HoldfastError("StoreFailed", `${this.#spec.path}: what its standby was given may be undone`));
      return;
    }
    if (events) this.#events.push(events);
    if (this.#events.length <= MOST_BEHIND) this.#post({ type: "changed" });
    else
      this.#lost(new HoldfastError("Overloaded", `${this.#spec.path}: its standby is ${MOST_BEHIND} messages behind`));
  };

  /**
   * Its actor is to be started: calls back with the replica that it shall be, or undefined where there is none. In this turn
   * where nothing has to be waited for.
   * @param signal gives the start up
   */
  take(signal: AbortSignal, answer: (follower: Follower | undefined) => void): void {
    this.#answer = answer;
    signal.addEventListener("abort", () => {
      if (this.#answer !== answer) return;
      this.#post({ type: "unwanted" });
      this.#answered(undefined);
    });
    this.#post({ type: "wanted" });
  }

  /** It was handed over, and died before it served. */
  diedWhenPromoted(follower: Follower, error: Error): void {
    this.#report.died(follower, { cause: { kind: "start-failed", error }, at: undefined });
    this.#tell("lost", { why: error.message });
  }

  stop(): void {
    this.#report.close();
    this.#post({ type: "stop" });
  }

  /** @param tell of it, once it is so and before anything comes of it */
  #post(event: StandbyEvent, tell?: () => void): void {
    const { state, actions } = decideStandby(this.#state, event, this.#context.clock.now(), standbyPace);
    this.#state = state;
    tell?.();
    for (const action of actions) this.#perform(action);
  }

  #perform(action: StandbyAction): void {
    switch (action.type) {
      case "open-in":
        this.#after(action.ms, { type: "due" });
        return;
      case "open":
        void this.#open();
        return;
      case "feed":
        this.#feed();
        return;
      case "rest":
        this.#after(action.ms, { type: "rested" });
        return;
      case "drop":
        this.#drop();
        return;
      case "promote":
        this.#promote();
        return;
      case "cold":
        this.#answered(undefined);
        return;
      default:
        action satisfies never;
    }
  }

  #after(ms: number, event: StandbyEvent): void {
    this.#timer?.cancel();
    this.#timer = this.#context.clock.after(ms, () => this.#post(event), { background: true });
  }

  async #open(): Promise<void> {
    const context = this.#context;
    const spec = this.#spec;
    const starting = new AbortController();
    this.#starting = starting;
    const { signal } = starting;
    const current = () => this.#starting === starting;
    this.#tell("starting");
    this.#limit("up");
    try {
      if (context.hosts.forGrowth === 0) {
        throw new HoldfastError(
          "Unavailable",
          `${spec.path}: this system holds as many threads and processes as it may`,
        );
      }
      const options = { withinMs: spec.bootWithinMs, signal, onHost: this.#report.onHost, make: StandbyCell };
      const cell = (await openCell(context, spec, options)) as StandbyCell;
      if (!current() || !cell.alive) {
        cell.kill(notNeeded);
        throw new HoldfastError("StartFailed", `${spec.path}: the host of its standby ended while it was starting`);
      }
      const follower = new Follower(spec.path, cell, {
        mark: () => this.#kept?.mark,
        up: () => {
          this.#late?.cancel();
          this.#report.up();
          this.#post({ type: "replica-up" }, () => this.#tell("ready", { host: cell.host.name }));
          context.hosts.refill(spec);
        },
        took: () => {
          this.#late?.cancel();
          this.#post({ type: "took" });
        },
        down: (error, death) => {
          if (death) this.#report.died(follower, death);
          this.#lost(error);
        },
      });
      this.#follower = follower;
      follower.start(this.#kept);
    } catch (thrown) {
      if (current()) this.#lost(toError(thrown));
    }
  }

  #feed(): void {
    const events = this.#events;
    this.#events = [];
    if (this.#follower!.feed(this.#kept!, events)) this.#limit("done with a state");
    else this.#post({ type: "took" });
  }

  #limit(what: string): void {
    const { path, bootWithinMs: ms } = this.#spec;
    this.#late = this.#context.clock.after(
      ms,
      () => this.#lost(new HoldfastError("StartFailed", `${path}: its standby was not ${what} within ${ms} ms`)),
      { background: true },
    );
  }

  /** Nothing of its primary is touched. */
  #lost(error: Error): void {
    this.#drop();
    if (this.#context.hosts.closed) {
      this.stop();
      return;
    }
    this.#post({ type: "replica-down" }, () => this.#tell("lost", { why: error.message }));
  }

  #drop(): void {
    const follower = this.#follower;
    this.#forget();
    follower?.end();
    follower?.cell.kill(notNeeded);
  }

  #forget(): void {
    this.#timer?.cancel();
    this.#late?.cancel();
    const starting = this.#starting;
    this.#starting = undefined;
    this.#follower = undefined;
    this.#events = [];
    starting?.abort();
  }

  #promote(): void {
    const follower = this.#follower!;
    this.#forget();
    follower.end();
    this.#tell("promoted", { host: follower.cell.host.name });
    this.#answered(follower);
  }

  #answered(follower: Follower | undefined): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(follower);
  }

  #tell(state: "starting" | "ready" | "promoted" | "lost", more: { host?: string; why?: string } = {}): void {
    this.#context.events.emit({ type: "standby", path: this.#spec.path, state, ...more });
  }
}
