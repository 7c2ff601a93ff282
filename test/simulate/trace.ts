/** What happened, line by line: the newest lines for people, a hash of all of them to prove that a replay is exact. */
export class Trace {
  readonly #kept: string[] = [];
  readonly #keep: number;
  readonly #tell: ((line: string) => void) | undefined;
  #hash = 0x811c9dc5;
  count = 0;

  constructor(keep: number, tell?: (line: string) => void) {
    this.#keep = keep;
    this.#tell = tell;
  }

  add(now: number, text: string): void {
    const line = `${now.toFixed(3)} ${text}`;
    this.count++;
    for (let i = 0; i < line.length; i++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 0x01000193);
    this.#kept.push(line);
    if (this.#kept.length > 2 * this.#keep) this.#kept.splice(0, this.#keep);
    this.#tell?.(line);
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, "0");
  }

  last(): string[] {
    return this.#kept.slice(-this.#keep);
  }
}
