import { Actor } from "holdfast";

export class Chaos extends Actor {
  work(how: "answer" | "refuse" | "throw" | "exit", ms: number): Promise<string>;
}
