import type { ActorFacts } from "../../actor/methods.js";
import type { HoldfastError } from "../../errors.js";
import type { StartMode } from "../../supervision/state.js";
import type { SystemContext } from "../../system/context.js";
import type { Place } from "../../system/unit.js";
import type { Member } from "../pools/member.js";
import { type PoolPlan, PoolUnit } from "../pools/pool-unit.js";

/** Holds options to the class of the members. @throws HoldfastError InvalidSpec */
export type Suits = (facts: ActorFacts, path: string) => void;

/** Members of which several are asked. Where its options do not suit their class, it serves nobody. */
export class FanOutUnit extends PoolUnit {
  readonly #suits: Suits | undefined;
  #misfit: HoldfastError | undefined;

  constructor(context: SystemContext, place: Place, plan: PoolPlan, suits: Suits | undefined) {
    super(context, place, plan);
    this.#suits = suits;
  }

  /** Who waits for its members hears here what is wrong; else those who ask do. */
  override async start(mode: StartMode): Promise<void> {
    await super.start(mode);
    if (!this.#misfit) return;
    await this.stop("brutal");
    throw this.#misfit;
  }

  override up(member: Member): void {
    const unknown = this.facts === undefined;
    super.up(member);
    if (!unknown || !this.facts) return;
    try {
      this.#suits?.(this.facts, this.path);
    } catch (error) {
      this.#misfit = error as HoldfastError;
    }
  }

  protected override admit(inner: boolean): void {
    if (this.#misfit) throw this.#misfit;
    super.admit(inner);
  }
}
