import type { RunningSystem } from "../../src/system/running-system.js";
import type { TreeNode } from "../../src/system/tree.js";
import type { World } from "./world.js";

/** Law 6, and the truth of the live tree, after every step. */
export class Bounds {
  readonly #world: World;
  readonly #app: RunningSystem;

  constructor(world: World, app: RunningSystem) {
    this.#world = world;
    this.#app = app;
  }

  afterStep(): void {
    this.#look(this.#app.tree());
    const { hosts, ledger, shape } = this.#world;
    const held = hosts.filter(({ ended, killed }) => !ended && !killed).length;
    // Each place has one host and, at most, one that stands by, and its replica where it has one; empty ones are shared.
    if (held > 2 * shape.places + shape.standbys + 2) {
      ledger.find("6 everything is bounded", `${held} hosts are held for ${shape.places} places`);
    }
  }

  #look({ path, mailbox, host, children }: TreeNode): void {
    const { ledger, shape, hosts } = this.#world;
    if (mailbox) {
      const { waiting, executing } = shape.bounds(path);
      if (mailbox.waiting > waiting) {
        ledger.find("6 everything is bounded", `${mailbox.waiting} messages wait at ${path}, at most ${waiting} may`);
      }
      if (mailbox.executing > executing) {
        ledger.find(
          "6 everything is bounded",
          `${mailbox.executing} messages are with ${path}, at most ${executing} may`,
        );
      }
    }
    if (host && host !== "inline" && hosts.some(({ name, ended }) => name === host && ended)) {
      ledger.find("8 health tells the truth", `${path} is said to be in ${host}, which has ended`);
    }
    for (const child of children ?? []) this.#look(child);
  }
}
