import type { ActorLogic, AnyActorSystem, MachineSnapshot } from "xstate";

interface Context {
  opened: number;
  name: string;
  owner: string;
}

export type DoorEvent =
  | { type: "open" }
  | { type: "shut" }
  | { type: "ring" }
  | { type: "burn" }
  | { type: "kick" }
  | { type: "saw" }
  | { type: "card"; id: string };

type Snapshot = MachineSnapshot<Context, DoorEvent, object, string, never, { opened: number }, object, object>;

export declare const door: ActorLogic<
  Snapshot,
  DoorEvent,
  { name?: string } | undefined,
  AnyActorSystem,
  { type: "opened" }
>;
