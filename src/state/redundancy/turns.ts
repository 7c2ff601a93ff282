/** Lets one at a time change what has a name: what is being sealed is not removed meanwhile. */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /** Waits for all that came before for any of these names. */
  async take<T>(names: readonly string[], act: () => Promise<T>): Promise<T> {
    const done = Promise.all(names.map((name) => this.#last.get(name))).then(act);
    const settled = done.then(
      () => {},
      () => {},
    );
    for (const name of names) this.#last.set(name, settled);
    try {
      return await done;
    } finally {
      for (const name of names) if (this.#last.get(name) === settled) this.#last.delete(name);
    }
  }
}
