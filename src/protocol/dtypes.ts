/** What holds the elements of a tensor. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** How the elements of a dtype lie in memory. */
export interface Layout {
  readonly bytes: number;
  readonly make: new (buffer: ArrayBuffer) => TensorData;
  /** The typed array alone does not tell this dtype, so even one dimension keeps the object form. */
  readonly ambiguous?: true;
}

/** The one table of element types, by ONNX's names: whatever crosses a wire or a model's border is one of these. */
export const layouts = {
  float32: { bytes: 4, make: Float32Array },
  float64: { bytes: 8, make: Float64Array },
  int8: { bytes: 1, make: Int8Array },
  uint8: { bytes: 1, make: Uint8Array },
  int16: { bytes: 2, make: Int16Array },
  uint16: { bytes: 2, make: Uint16Array },
  int32: { bytes: 4, make: Int32Array },
  uint32: { bytes: 4, make: Uint32Array },
  int64: { bytes: 8, make: BigInt64Array },
  uint64: { bytes: 8, make: BigUint64Array },
  /** IEEE 754 half precision; the bits, as Uint16Array: Node before 24 has no Float16Array. */
  float16: { bytes: 2, make: Uint16Array, ambiguous: true },
  /** The upper half of a float32; the bits, as Uint16Array. */
  bfloat16: { bytes: 2, make: Uint16Array, ambiguous: true },
  /** One byte each, 0 or 1; as Uint8Array. */
  bool: { bytes: 1, make: Uint8Array, ambiguous: true },
} as const satisfies Record<string, Layout>;

export type Dtype = keyof typeof layouts;
export const dtypes = Object.keys(layouts) as Dtype[];

/**
 * An n-dimensional array at an actor, a caller or a model: `data` in row-major order, `shape` from the outermost
 * dimension; a scalar has shape `[]`.
 */
export interface Tensor<D extends TensorData = TensorData> {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: D;
}

export function isDtype(name: unknown): name is Dtype {
  return typeof name === "string" && Object.hasOwn(layouts, name);
}

/** How many elements a shape holds: the product of its dimensions, 1 for a scalar. */
export function elementsOf(shape: readonly number[]): number {
  let count = 1;
  for (const size of shape) count *= size;
  return count;
}
