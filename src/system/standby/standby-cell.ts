import type { ActorFacts } from "../../actor/methods.js";
import type { CellSpec } from "../../host/booting.js";
import type { Host } from "../../host/host.js";
import type { ToHost, ToParent } from "../../transport/frames.js";
import { Cell } from "../cell/cell.js";
import type { CellMember } from "../cell/cell-member.js";
import type { SystemContext } from "../context.js";
import type { Follower } from "./follower.js";

/**
 * The cell of an actor that has a standby, or of the standby itself. In one that stands by, the primary takes over the place
 * and the number of its follower: the object that is up there goes on as the next incarnation.
 *
 *   follow ─▶ follower is the member ─▶ join: the primary is, by the same number ─▶ start: "promoted", where the follower
 *                                                                                  holds the very state; else as anywhere
 */
export class StandbyCell extends Cell {
  readonly #context: SystemContext;
  #follower: Follower | undefined;
  /** The incarnation that its follower was promoted to: it has its events. */
  #asItIs: number | undefined;

  constructor(context: SystemContext, spec: CellSpec, host: Host, facts: ActorFacts, shared: boolean) {
    super(context, spec, host, facts, shared);
    this.#context = context;
    const { onFrame } = host;
    host.onFrame = (frame) => {
      if (this.alive || !isOutcome(frame)) onFrame(frame);
      else this.#fence(frame);
    };
  }

  /** What is there now stands by. Its memory is nobody's to recycle: it would be the primary that is restarted. */
  follow(follower: Follower): void {
    this.#context.memory.delete(this);
    this.join(follower);
    this.#follower = follower;
  }

  override join(member: CellMember): void {
    super.join(member, this.#follower);
  }

  override send(frame: ToHost): void {
    const follower = this.#follower;
    if (frame.t === "events" && frame.incarnation === this.#asItIs) return;
    if (frame.t !== "start" || !follower) super.send(frame);
    else if (follower.serves(frame.incarnation)) super.send({ ...frame, role: "standby" });
    else {
      this.#follower = undefined;
      this.#context.memory.add(this);
      if (!follower.holds(frame)) super.send(frame);
      else {
        this.#asItIs = frame.incarnation;
        super.send({ ...frame, state: undefined, role: "promoted" });
      }
    }
  }

  /** It was given up, and something in it has woken: nothing that it says counts. */
  #fence({ incarnation }: Extract<ToParent, { t: "done" | "part" }>): void {
    this.#context.events.emit({ type: "fenced", path: this.spec.path, incarnation, what: "outcome", count: 1 });
  }
}

function isOutcome(frame: ToParent): frame is Extract<ToParent, { t: "done" | "part" }> {
  return frame.t === "done" || frame.t === "part";
}
