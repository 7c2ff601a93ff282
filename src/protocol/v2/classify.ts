import { elementsOf, type TensorData } from "../dtypes.js";
import type { V2Tensor } from "./infer-request.js";

/**
 * The highest elements of an output instead of all: BYTES[batch, n] of "value:index" or "value:index:label".
 * @param classes how many; no more than there are
 * @param batched the outermost dimension is a batch, and each item has classes of its own
 */
export function classified(
  tensor: V2Tensor,
  classes: number,
  batched: boolean,
  labels: readonly string[] = [],
): V2Tensor {
  const { name, shape, data } = tensor;
  const items = batched ? (shape[0] ?? 1) : 1;
  const each = items === 0 ? 0 : elementsOf(shape) / items;
  const count = Math.min(classes, each);
  const texts: Uint8Array[] = [];
  for (let item = 0; item < items; item++) {
    const values = Array.from(
      (data as TensorData).subarray(item * each, (item + 1) * each) as ArrayLike<number | bigint>,
    );
    const places = values.map((_, place) => place);
    places.sort((one, other) => (values[one]! < values[other]! ? 1 : values[one]! > values[other]! ? -1 : one - other));
    for (const place of places.slice(0, count)) {
      const label = labels[place] === undefined ? "" : `:${labels[place]}`;
      texts.push(new TextEncoder().encode(`${values[place]}:${place}${label}`));
    }
  }
  return { name, datatype: "BYTES", shape: batched ? [items, count] : [count], data: texts };
}
