/**
 * Names in a line: the first is looked at again and again, any may leave from anywhere, and 100,000 cost no more a piece
 * than ten. (A Set keeps a hole for each name that left, and looks for its first through all of them.)
 */
export class Line {
  readonly #names: string[];
  /** Where each stands among the names; one that left and came again has its old place no more. */
  readonly #there = new Map<string, number>();
  #at = 0;

  constructor(names: readonly string[] = []) {
    this.#names = [...names];
    for (const [place, name] of names.entries()) this.#there.set(name, place);
  }

  get size(): number {
    return this.#there.size;
  }

  get first(): string | undefined {
    while (this.#at < this.#names.length && this.#there.get(this.#names[this.#at]!) !== this.#at) this.#at++;
    return this.#names[this.#at];
  }

  has(name: string): boolean {
    return this.#there.has(name);
  }

  /** At the end; one that is in the line keeps its place. */
  add(name: string): void {
    if (this.#there.has(name)) return;
    this.#there.set(name, this.#names.length);
    this.#names.push(name);
  }

  delete(name: string): boolean {
    return this.#there.delete(name);
  }
}
