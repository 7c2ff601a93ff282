import { childRules } from "../../supervision/spec.js";
import type { LoadedActor } from "../../system/actor/loaded-actor.js";
import type { LoadedSpec } from "../../system/unit.js";
import { admissionLimits } from "../admission/admission-options.js";
import { poolMail } from "../routers/pool-routing.js";
import { memberRules } from "./member-rules.js";
import { poolBounds } from "./pool-bounds.js";
import type { PoolOptions } from "./pool-options.js";
import { PoolUnit } from "./pool-unit.js";

/** A pool spec with its member's, loaded. */
export function loadPool(member: LoadedActor, options: PoolOptions): LoadedSpec {
  return {
    rules(field, preset) {
      poolBounds(options, member, field);
      poolMail(options, field);
      admissionLimits(options.admission, `${field}.admission`);
      memberRules(member, field, preset);
      // As a child, a pool waits for its members; each member has its own time limits.
      return childRules({ shutdown: "unlimited", startTimeout: Number.POSITIVE_INFINITY }, field, preset);
    },
    create(context, place) {
      const rules = memberRules(member, place.path, place.preset);
      const { path } = place;
      const mail = poolMail(options, path)(context, member.mailbox(path));
      const bounds = poolBounds(options, member, path);
      const admission = admissionLimits(options.admission, `${path}.admission`);
      return new PoolUnit(context, place, { member, rules, bounds, mail, admission });
    },
  };
}
