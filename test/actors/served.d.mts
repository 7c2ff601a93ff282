import { Actor, type Tensor } from "holdfast";

export declare class Served extends Actor {
  sum(tensor: Tensor<Float32Array>): number;
  hasRoom(): boolean;
}
