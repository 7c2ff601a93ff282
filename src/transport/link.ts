/** One end of the line between a parent and one of its hosts: frames out, messages of the port in. */
export interface Link<Out> {
  /** Frames arrive in the order they were sent; what ends work (cancel, stop, fence, shut) may overtake requests. */
  send(frame: Out): void;
  /**
   * The short way of a host's `done` frame for a call that went well, with a result that nobody has packed.
   * @returns false where it has to be packed and sent
   */
  answer?(actor: number, incarnation: number, seq: number, result: unknown): boolean;
  /**
   * What was sent is where this side's death does not reach it, and the other side has been told of it. Where that looks
   * by itself nothing is to be told: it costs a bell for each time that it has gone to sleep.
   * @param patient what follows is most likely short: one that looks in a few ms all the same is left to do so
   */
  flush(patient?: boolean): void;
  /** A message came by the port. */
  heard(message: unknown): void;
  /** Reads what is there, unasked. */
  hear(): void;
  /** Hears what the other side, which has ended, had said until then. */
  last(): void;
  /** Nothing is heard any more. */
  close(): void;
}

/** What a link needs of a MessagePort. */
export interface LinkPort {
  /** @throws for what cannot be cloned; nothing was posted then */
  post(message: unknown): void;
  /** The next message that has come and was not heard yet; undefined for none. */
  take(): { readonly message: unknown } | undefined;
}

export interface LinkEnds<Out, In> {
  readonly port: LinkPort;
  /** Called with every frame as it comes in, before those that stand behind it on the same way. */
  open(frame: In): In;
  /** In their order. */
  onFrame(frame: In): void;
  /**
   * What comes by a ring as a `done` with a plain result and nothing else in it, in its place among the frames and with no
   * frame made of it.
   */
  onAnswer?(actor: number, incarnation: number, seq: number, result: unknown): void;
  /** Frames follow, one upon the other. */
  onTurn?(): void;
  /** A frame that holds what cannot be cloned; the others are sent all the same. */
  unsent(frame: Out, error: unknown): void;
}
