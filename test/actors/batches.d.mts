import { Actor, type Ref } from "holdfast";
import type { Gate } from "../behaviour/gate.js";

export class Batches extends Actor<{ gate: Ref<Gate> }> {
  work(item: string): Promise<string>;
}
