import { Actor, ignore } from "holdfast";
import type { Worker } from "./scenario.js";

export interface PlayedProps {
  readonly path: string;
  readonly starts: readonly Worker["starts"][number][];
  readonly stopping: Worker["stopping"];
  /** How long it may take to stop, ms. */
  readonly limit: number;
}

export type PlayedActor = Actor<PlayedProps>;

export interface Director {
  /** An actor begins its start: how shall it go? */
  begins(path: string, actor: PlayedActor): "ok" | "fail" | "ignore";
  /** An actor is told to stop. */
  ends(props: PlayedProps): Promise<void> | undefined;
}

/** A class of actors that do as their scenario says. */
export function playedClass(director: Director): new () => PlayedActor {
  return class Played extends Actor<PlayedProps> {
    start() {
      const outcome = director.begins(this.props.path, this);
      if (outcome === "fail") throw new Error("refused");
      return outcome === "ignore" ? ignore : undefined;
    }
    stop() {
      return director.ends(this.props);
    }
  };
}
