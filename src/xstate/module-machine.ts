import { type LoadedMachine, loadMachine } from "./load-machine.js";
import { MachineActor, type MachineProps } from "./machine-actor.js";

/** The machine of a module, wherever it runs: what thread() and fork() load. The module itself knows nothing of actors. */
export class ModuleMachine extends MachineActor {
  static load({ module, export: named }: MachineProps): Promise<LoadedMachine> {
    return loadMachine(module!, named);
  }
}
