import { Actor } from "holdfast";
export class Leaky extends Actor {
  leak(mb: number): Promise<number>;
  hoard(mb: number): Promise<number>;
  incarnation(): number;
}
