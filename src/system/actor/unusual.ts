import type { ActorFacts } from "../../actor/methods.js";
import type { HoldfastError } from "../../errors.js";
import type { Cell } from "../cell/cell.js";
import type { OpenReport } from "../death/death-log.js";
import type { Begun } from "../unit.js";
import type { Attempt } from "./attempt.js";
import type { Replaying } from "./replaying.js";
import type { Spawned } from "./spawned.js";
import type { WayOut } from "./way-out.js";

/** A start that was sent to a host and is not answered yet. */
interface Beginning {
  readonly at: number;
  resolve(how: Begun): void;
  reject(error: Error): void;
}

/** What is to be kept of few actors among many: of those that start, stop, died, were parked, drain, or have children. */
export class Unusual {
  /** Of its latest death. */
  report: OpenReport | undefined;
  /** Why it takes no mail: it was parked or has ended. */
  refusal: HoldfastError | undefined;
  /** It takes no new mail: the system stops. What its own actors ask of each other belongs to work already taken. */
  draining = false;
  /** Who has drained it by hand: it takes no new mail until somebody resumes it. */
  heldBy: string | undefined;
  /** Of its class, as its latest cell said before it left. */
  facts: ActorFacts | undefined;
  /** There while a start is under way. */
  attempt: Attempt | undefined;
  /** There while that start is with the host. */
  beginning: Beginning | undefined;
  /** There while that host is told of its events. */
  replaying: Replaying | undefined;
  /** There while it is on its way out. */
  wayOut: WayOut | undefined;
  /** Its place is another than the cell it is a member of: it is about to join `place`, or has left. */
  apart = false;
  place: Cell | undefined;
  /** The children that it asked for. */
  spawned: Spawned | undefined;

  /** The incarnation is over. */
  ended(): void {
    const { wayOut } = this;
    this.beginning = undefined;
    this.replaying = undefined;
    this.wayOut = undefined;
    wayOut?.limit?.cancel();
    for (const tell of wayOut?.told ?? []) tell();
  }

  /** There is nothing to be kept any more. */
  get over(): boolean {
    const under =
      this.attempt || this.beginning || this.wayOut || this.apart || this.draining || this.heldBy !== undefined;
    return !under && !this.report && !this.refusal && !this.facts && !this.spawned;
  }
}
