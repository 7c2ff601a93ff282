/** What a death watch is told, exactly once: `this.watch(ref)` in an actor, `app.watch(ref, listener)` outside. */
export interface Notice {
  /** Of what was watched: "app/digits". */
  readonly path: string;
  /** Which actor of a keyed group. */
  readonly key?: string;
  /** Which one ended; 0 where nothing has ever been there. */
  readonly incarnation: number;
  /**
   * died: of a fault, or killed; its supervisor decides what follows. stopped: by its supervisor, by hand, or by its own
   * wish. gone: it was down already, or nothing is at that path.
   */
  readonly reason: "died" | "stopped" | "gone";
  /** Of what has a report: one line for people. */
  readonly cause?: string;
  /** The `id` of that report. */
  readonly report?: number;
}
