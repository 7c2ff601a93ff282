import { milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import type { MailboxLimits } from "../../mailbox/mailbox.js";
import type { SystemContext } from "../../system/context.js";
import { ejectionLimits } from "../ejection/eject-options.js";
import { routeOf } from "../picks/route.js";
import type { PoolMail } from "../pools/pool-mail.js";
import type { PoolOptions } from "../pools/pool-options.js";
import { SharedMail } from "../pools/shared-mail.js";
import { Router } from "./router.js";

/**
 * What the options say of a pool's mail, checked; to be made once for each pool.
 * @throws HoldfastError InvalidSpec naming the field
 */
export function poolMail(
  options: PoolOptions,
  field: string,
): (context: SystemContext, limits: MailboxLimits) => PoolMail {
  const route = routeOf(options.route, `${field}.route`);
  const { weights, slowStart, eject } = options;
  const pushes = { weights, slowStart, eject };
  if (!route) {
    for (const [name, value] of Object.entries(pushes)) {
      if (value !== undefined && value !== false)
        throw besides(`${field}.${name}`, value, "shared", "its members pull");
    }
    return (context, limits) => new SharedMail(field, limits, context.mailRoom);
  }
  if (route.keyed) {
    for (const [name, value] of Object.entries({ slowStart, eject })) {
      if (value !== undefined && value !== false) {
        throw besides(`${field}.${name}`, value, "consistent-hash", "its keys stay where they are");
      }
    }
  }
  checkWeights(weights, `${field}.weights`);
  const slowStartMs = slowStart === undefined ? 0 : milliseconds(slowStart, `${field}.slowStart`);
  const limitsOf = eject === undefined || eject === false ? undefined : ejectionLimits(eject, `${field}.eject`);
  const own = { path: field, route, weights: weights ?? [], slowStartMs, eject: limitsOf };
  return (context, limits) => new Router({ ...own, context, limits });
}

function checkWeights(weights: unknown, field: string): void {
  if (weights === undefined) return;
  const isShare = (weight: unknown) => typeof weight === "number" && weight > 0 && Number.isFinite(weight);
  const fix = "give a list of numbers above 0";
  let text = `${field} is ${shown(weights)}: ${fix}`;
  if (Array.isArray(weights)) {
    // What a list leaves out is no share either: `every` and its like would step over it.
    const at = [...weights].findIndex((weight) => !isShare(weight));
    if (at < 0) return;
    text = `${field}[${at}] is ${shown(weights[at])}: ${fix}`;
  }
  throw new HoldfastError("InvalidSpec", text, { details: { field } });
}

function besides(field: string, value: unknown, route: string, why: string): HoldfastError {
  const text = `${field} is ${shown(value)} beside the route "${route}": leave it out, ${why}`;
  return new HoldfastError("InvalidSpec", text, { details: { field } });
}
