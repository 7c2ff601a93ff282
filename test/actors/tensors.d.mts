import { Actor, type Ref, type TensorLease } from "holdfast";

export interface Floats {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export declare class Tensors extends Actor<{ failsOnce: string } | undefined> {
  boom(): never;
  sum(tensor: Floats): number;
  last(tensor: Floats): number;
  facts(tensor: object): { keys: string[]; dtype: string; shape: number[]; kind: string; shared: boolean };
  doubled(tensor: Floats): TensorLease<Float32Array>;
  twice(tensor: Floats): [TensorLease<Float32Array>, { again: TensorLease<Float32Array> }];
  counted(upTo: number): AsyncGenerator<TensorLease<Int32Array>>;
  negate(tensor: Floats): void;
  secretly(tensor: Floats): void;
  crashOnce(tensor: Floats, marker: string): Promise<number>;
  slowly(tensor: Floats, ms: number): Promise<number | string>;
  hang(tensor: Floats): never;
  through(other: Ref<Tensors>, value: number): Promise<[number, number]>;
  misuse(): string;
}
