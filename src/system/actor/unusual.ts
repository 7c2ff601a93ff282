import type { ActorFacts } from "../../actor/methods.js";
import type { HoldfastError } from "../../errors.js";
import type { OpenReport } from "../death/death-log.js";

/** What is to be kept of few actors among many: of those that died, were parked, drain, or are without a place. */
export class Unusual {
  /** Of its latest death. */
  report: OpenReport | undefined;
  /** Why it takes no mail: it was parked or has ended. */
  refusal: HoldfastError | undefined;
  /** It takes no new mail: the system stops. What its own actors ask of each other belongs to work already taken. */
  draining = false;
  /** Of its class, as its latest cell said before it left. */
  facts: ActorFacts | undefined;
}
