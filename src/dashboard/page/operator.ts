import type { TreeNode } from "../../system/tree.js";
import type { Connection } from "./connection.js";
import { askAndAct } from "./dialog.js";
import { whereOf } from "./tree/tree-row.js";

/** Sizes offered of a pool that could be larger: nobody looks for one in a list of more. */
const MOST_OFFERED = 128;

/** Acts for whoever has the admin token: each time it is asked for and may be left. */
export class Operator {
  readonly #connection: Connection;
  readonly #say: (text: string) => void;
  /** Typed once; gone with the page. */
  #token = "";

  constructor(connection: Connection, say: (text: string) => void) {
    this.#connection = connection;
    this.#say = say;
  }

  async kill(node: TreeNode): Promise<void> {
    const { path, kind } = node;
    const lost = kind === "cell" ? "every actor in it, with what they are executing" : "what it is executing";
    const killed = await askAndAct(
      {
        title: `Kill ${path}?`,
        text: `This ends ${whereOf(node)} as a fault would, and ${lost}. What happens then is its supervisor's decision.`,
        act: "Kill",
        password: "Admin token",
        remembered: this.#token,
        dangerous: true,
      },
      async (token) => {
        const running = await this.#connection.kill(path, token);
        this.#token = token;
        return running;
      },
    );
    if (killed !== undefined) {
      this.#say(killed ? `Killed ${path}: see how it comes back.` : `Nothing was running at ${path}.`);
    }
  }

  async resize({ path, scaling }: TreeNode): Promise<void> {
    if (!scaling) return;
    const { members, min, max, by } = scaling;
    const sizes = Array.from(
      { length: Math.min(max, MOST_OFFERED) + 1 },
      (_, n) => [String(n), membersText(n)] as const,
    );
    const resized = await askAndAct(
      {
        title: `Resize ${path}`,
        text: `It holds what you choose until you give it back to its rule (${min} to ${max}). Who leaves finishes its work first.`,
        act: "Resize",
        choice: {
          label: "Members",
          options: [["auto", "as its rule decides"], ...sizes],
          chosen: by === "hand" ? "auto" : String(members),
        },
        password: "Admin token",
        remembered: this.#token,
      },
      async (token, chosen) => {
        await this.#connection.resize(path, chosen === "auto" ? "auto" : Number(chosen), token);
        this.#token = token;
        return chosen;
      },
    );
    if (resized === undefined) return;
    this.#say(resized === "auto" ? `${path} sizes itself again.` : `${path} has ${membersText(Number(resized))}.`);
  }
}

function membersText(n: number): string {
  return n === 1 ? "1 member" : `${n} members`;
}
