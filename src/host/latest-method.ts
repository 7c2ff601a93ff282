import type { MethodFacts } from "../actor/methods.js";
import type { Surroundings } from "./surroundings.js";

/** What is known of the method that was called last: most messages call what the one before called. */
export class LatestMethod {
  readonly #around: Surroundings;
  #name: string | undefined;
  /** Its number in the flight recorder. */
  number = 0;
  facts: MethodFacts | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  of(name: string): this {
    if (name !== this.#name) this.#look(name);
    return this;
  }

  #look(name: string): void {
    const { facts, methodNumbers } = this.#around;
    this.#name = name;
    this.number = methodNumbers.get(name) ?? 0;
    this.facts = facts.methods[name];
  }
}
