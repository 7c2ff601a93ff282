import type { ClientAdmin } from "../../client/browser.js";
import { isHoldfastError } from "../../errors.js";
import type { TreeNode } from "../../system/tree.js";
import { type Audited, entryOf } from "./audit/audited.js";
import type { Connection } from "./connection.js";
import { askAndAct, type DialogText } from "./dialog.js";
import { Live } from "./kit/live.js";
import type { NodeAct } from "./node/node-acts.js";
import type { Outcome } from "./outcome-line.js";
import { problemText } from "./problem.js";

/** Sizes offered of a pool that could be larger: nobody looks for one in a list of more. */
const MOST_OFFERED = 128;
/** Of the audit log, read to find the entry of what was just done: others may act at the same time. */
const ENTRIES_READ = 20;

interface Confirmed extends Omit<DialogText, "password" | "remembered"> {
  /** What the audit log calls it; undefined for what only reads. */
  readonly audited?: Audited;
}

/** Acts for whoever has the admin token: each time it is named what is to be done, and may be left. */
export class Operator {
  readonly #connection: Connection;
  readonly #outcome: Live<Outcome | undefined>;
  /** Typed once; gone with the page, or when the server no longer takes it. */
  #token = "";
  /** Whether an admin token was taken: what operators alone may see can be read from then on. */
  readonly unlocked = new Live(false);

  constructor(connection: Connection, outcome: Live<Outcome | undefined>) {
    this.#connection = connection;
    this.#outcome = outcome;
  }

  /**
   * Reads what operators alone may see, with the token that was taken; undefined while none was, or once it is refused. A server
   * that began anew may have another: shown again and again, the old one would lock out everybody at this address.
   */
  async read<T>(look: (admin: ClientAdmin) => Promise<T>): Promise<T | undefined> {
    if (!this.unlocked.value) return undefined;
    const token = this.#token;
    try {
      return await this.#connection.asAdmin(token, look);
    } catch (error) {
      if (!isHoldfastError(error, "Unauthorized")) throw error;
      this.#forget(token);
      return undefined;
    }
  }

  async act(act: NodeAct, node: TreeNode): Promise<void> {
    const { path } = node;
    const { name, dangerous } = act;
    const audited = { act: name.toLowerCase(), on: path };
    const text = { title: `${name} ${path}?`, text: act.text(node), act: name, dangerous, audited };
    await this.confirm(text, (admin) => act.run(admin, path));
  }

  async resize({ path, scaling }: TreeNode): Promise<void> {
    if (!scaling) return;
    const { members, min, max, by } = scaling;
    const sizes = Array.from(
      { length: Math.min(max, MOST_OFFERED) + 1 },
      (_, n) => [String(n), membersText(n)] as const,
    );
    const text = {
      title: `Resize ${path}`,
      text: `It holds what you choose until you give it back to its rule (${min} to ${max}). Who leaves finishes its work first.`,
      act: "Resize",
      audited: { act: "resize", on: path },
      choice: {
        label: "Members",
        options: [["auto", "as its rule decides"], ...sizes] as const,
        chosen: by === "hand" ? "auto" : String(members),
      },
    };
    await this.confirm(text, async (admin, chosen) => {
      await admin.resize(path, chosen === "auto" ? "auto" : Number(chosen));
      return chosen === "auto" ? `${path} sizes itself again.` : `${path} has ${membersText(Number(chosen))}.`;
    });
  }

  /**
   * Asks, acts when told to, and says what came of it, also to whoever left the dialog while it was under way.
   * @param run what is done with the admin right, and what was chosen
   * @returns whether it was done before the dialog was left
   */
  async confirm(
    { audited, ...text }: Confirmed,
    run: (admin: ClientAdmin, chosen: string) => Promise<string>,
  ): Promise<boolean> {
    const asked = { ...text, password: "Admin token", remembered: this.#token };
    let left = false;
    const outcome = await askAndAct(asked, (token, chosen) =>
      this.#connection
        .asAdmin(token, (admin) => {
          // The token was taken, whatever becomes of the act.
          this.#token = token;
          this.unlocked.set(true);
          return run(admin, chosen);
        })
        .then(
          (text) => {
            this.#tell(text, audited);
            return text;
          },
          (error: unknown) => {
            if (isHoldfastError(error, "Unauthorized")) this.#forget(token);
            if (left) this.#tell(`${text.title} ${problemText(error)}`, audited);
            throw error;
          },
        ),
    );
    left = true;
    return outcome !== undefined;
  }

  #tell(text: string, audited: Audited | undefined): void {
    const told: Outcome | undefined = text === "" ? undefined : { text };
    this.#outcome.set(told);
    if (told && audited) void this.#tellEntry(told, audited);
  }

  /** What the server wrote down of it is told beside its outcome, unless that was put away meanwhile. */
  async #tellEntry(told: Outcome, audited: Audited): Promise<void> {
    try {
      const entries = await this.read((admin) => admin.audits({ limit: ENTRIES_READ }));
      const entry = entries && entryOf(entries, audited);
      if (entry && this.#outcome.value === told) this.#outcome.set({ ...told, entry });
    } catch {
      // The act is done, and its outcome told; the audit log has its entry.
    }
  }

  /** Another may have been taken meanwhile: that one stays. */
  #forget(token: string): void {
    if (token !== this.#token) return;
    this.#token = "";
    this.unlocked.set(false);
  }
}

function membersText(n: number): string {
  return n === 1 ? "1 member" : `${n} members`;
}
