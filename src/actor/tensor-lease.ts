import type { Dtype, layouts, Tensor, TensorData } from "../protocol/dtypes.js";

/** What holds the elements of a dtype: `DataOf<"float32">` is Float32Array. */
export type DataOf<D extends Dtype> = InstanceType<(typeof layouts)[D]["make"]>;

/**
 * A tensor in memory that the runtime handed out: fill `data`, send it in an ask without a copy, and have it back when the
 * ask settles; `release()` it at the end, or declare it with `using`.
 *
 *   tensor() ─▶ yours ── ask ──▶ lent ── the ask settles ──▶ yours ── release() ──▶ gone
 *                 ├── tell ───────────▶ gone when its handler has ended
 *                 └── a handler's result ▶ its caller's, who releases it
 */
export interface TensorLease<Data extends TensorData = TensorData> extends Tensor<Data>, Disposable {
  /**
   * The elements, in row-major order; at first whatever was in that memory before. Read it anew after each ask: memory that
   * somebody may still be using is not given back, the contents then come in another array.
   * @throws HoldfastError TensorMisused while it is lent, and after it was released
   */
  readonly data: Data;
  /**
   * Gives the memory back.
   * @throws HoldfastError TensorMisused while it is lent, and when it was released before
   */
  release(): void;
}

/** Hands out tensors: `app.tensor` and `this.tensor`. */
export type MakeTensor = <D extends Dtype>(dtype: D, shape: readonly number[]) => TensorLease<DataOf<D>>;
