import { HoldfastError } from "../../errors.js";
import { elementsOf, type TensorData } from "../dtypes.js";
import type { V2Tensor } from "./infer-request.js";
import { bf16, fp16 } from "./small-floats.js";

/**
 * The highest elements of an output instead of all: BYTES[batch, n] of "value:index" or "value:index:label". Equal ones come
 * in their order, and what is not a number comes last.
 * @param classes how many; no more than there are
 * @param batched the outermost dimension is a batch, and each item has classes of its own
 * @throws HoldfastError InvalidValue for an output of text
 */
export function classified(
  tensor: V2Tensor,
  classes: number,
  batched: boolean,
  labels: readonly string[] = [],
): V2Tensor {
  const { name, shape, datatype } = tensor;
  if (datatype === "BYTES") {
    throw new HoldfastError("InvalidValue", `output ${JSON.stringify(name)} is BYTES, which has no highest elements`, {
      details: { output: name },
    });
  }
  const data = tensor.data as TensorData;
  const small = datatype === "FP16" ? fp16 : datatype === "BF16" ? bf16 : undefined;
  const valueAt = (place: number) => (small ? small.toNumber(data[place] as number) : data[place]!);
  const items = batched ? (shape[0] ?? 1) : 1;
  const each = items === 0 ? 0 : elementsOf(shape) / items;
  const count = Math.min(classes, each);
  const texts: Uint8Array[] = [];
  for (let item = 0; item < items; item++) {
    const from = item * each;
    for (const place of highest(each, count, (at) => valueAt(from + at))) {
      const label = labels[place] === undefined ? "" : `:${labels[place]}`;
      texts.push(new TextEncoder().encode(`${valueAt(from + place)}:${place}${label}`));
    }
  }
  return { name, datatype: "BYTES", shape: batched ? [items, count] : [count], data: texts };
}

/** Places of the `count` highest of `size` values, the highest first. */
function highest(size: number, count: number, valueAt: (place: number) => number | bigint): number[] {
  const before = (one: number, other: number) => {
    const [a, b] = [valueAt(one), valueAt(other)];
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) === Number.isNaN(b) ? one < other : !Number.isNaN(a);
    return a === b ? one < other : a > b;
  };
  if (count > FEW)
    return Array.from({ length: size }, (_, at) => at)
      .sort((a, b) => (before(a, b) ? -1 : 1))
      .slice(0, count);
  const best: number[] = [];
  for (let place = 0; place < size && count > 0; place++) {
    if (best.length === count && !before(place, best[count - 1]!)) continue;
    let at = best.length;
    while (at > 0 && before(place, best[at - 1]!)) at -= 1;
    best.splice(at, 0, place);
    if (best.length > count) best.pop();
  }
  return best;
}

/** Up to so many are kept sorted on the way, which spares sorting a vocabulary for its five best. */
const FEW = 100;
