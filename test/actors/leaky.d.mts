import { Actor, type Ref } from "holdfast";
export class Leaky extends Actor {
  leak(mb: number): Promise<number>;
  hoard(mb: number): Promise<number>;
  together(other: Ref<Leaky>, mb: number, times: number): Promise<number>;
  incarnation(): number;
}
