import type { PoolRef } from "../../../actor/ref.js";
import type { Clock } from "../../../clock.js";
import type { App } from "../../../system/app.js";
import type { ChildSpec } from "../../../system/unit.js";
import type { VersionPolicy } from "../choice.js";
import type { ModelEvent } from "../model-events.js";
import type { Stage } from "../stage.js";
import type { SwapSettings } from "../swap/swap-settings.js";
import type { ProbeSettings } from "../version/probe.js";
import type { Serving } from "../version/served-version.js";

/** What a model needs of its repository. */
export interface EntryParts {
  readonly app: App<unknown>;
  readonly clock: Clock;
  readonly stage: Stage;
  /** Path of the supervisor of all models. */
  readonly at: string;
  readonly name: string;
  readonly policy: VersionPolicy;
  /** How its versions prove themselves where nobody says otherwise. */
  readonly rollout: SwapSettings;
  /** How long what is under way on a version that goes may take to finish. */
  readonly drainMs: number;
  /** How its versions are tried where nobody asks them; undefined: not at all. */
  readonly probe: ProbeSettings | undefined;
  /** As its options say; undefined: as its runtime is. */
  readonly idempotent: boolean | undefined;
  /** What a version is in the tree. @param model the file to load */
  spec(model: string): ChildSpec<PoolRef<Serving>>;
  emit(event: ModelEvent): void;
}
