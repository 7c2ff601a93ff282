import { HoldfastError } from "../../errors.js";
import { nearest, shown } from "../../known-keys.js";
import type { Parameters } from "../../protocol/v2/infer-request.js";
import type { SwapOptions } from "../../serving/repository/swap/swap-options.js";
import { toldFromAfar } from "../../serving/repository/swap/told-from-afar.js";

/**
 * The options of a swap out of a request's parameters, by the names that they have in code. Their values are checked by the
 * swap.
 * @throws HoldfastError InvalidValue for a name that is none
 */
export function swapOptionsOf(parameters: Parameters): SwapOptions {
  for (const [name, value] of Object.entries(parameters)) {
    if (Object.hasOwn(toldFromAfar, name)) continue;
    const near = nearest(name, Object.keys(toldFromAfar));
    const fix = near ? `did you mean "${near}"?` : `there are: ${Object.keys(toldFromAfar).join(", ")}`;
    throw new HoldfastError("InvalidValue", `parameters.${name} is ${shown(value)}, and no option of a swap: ${fix}`, {
      details: { path: `parameters.${name}` },
    });
  }
  return parameters as SwapOptions;
}
