import { scalingReason } from "../../observe/scaling-text.js";
import type { TreeRow } from "../../observe/tree-rows.js";
import { sizeText } from "../../system/tree.js";
import { element, setText } from "./element.js";
import { StateMark } from "./state-mark.js";

/** What an operator may ask for in a line. */
export interface RowActs {
  kill(row: TreeRow): unknown;
  resize(row: TreeRow): unknown;
}

/** The line of one node. It is made once and changed in place, so nothing flickers and the focus stays where it is. */
export class TreeRowView {
  readonly node: HTMLTableRowElement;
  readonly #mark = new StateMark();
  readonly #name = element("span", { class: "name" });
  readonly #kind = element("span", { class: "kind" });
  readonly #state = element("span");
  readonly #size = element("span", { class: "size" });
  readonly #why = element("div", { class: "note why" });
  readonly #note = element("div", { class: "note" });
  readonly #where = cell("where");
  readonly #incarnation = cell("number");
  readonly #restarts = cell("number");
  readonly #mailbox = element("span");
  readonly #fill = element("span", { class: "fill" });
  readonly #gauge = element("span", { class: "gauge", "aria-hidden": "true" }, this.#fill);
  readonly #kill = element("button", { type: "button", class: "kill" }, "Kill");
  readonly #resize = element("button", { type: "button", class: "resize" }, "Resize");
  #row: TreeRow;

  constructor(row: TreeRow, acts: RowActs) {
    this.#row = row;
    this.#incarnation.dataset.label = "incarnation";
    this.#restarts.dataset.label = "restarts";
    // Named roles and labels: see the table, and tree.css for phones.
    const mailbox = cell("mail", this.#mailbox, this.#gauge);
    mailbox.dataset.label = "mailbox";
    const title = element("div", { class: "title" }, this.#mark.node, this.#name, this.#kind, this.#size);
    const head = element("th", { scope: "row", role: "rowheader" }, title, this.#note, this.#why);
    const state = cell("state", this.#state);
    const act = cell("act", this.#kill, this.#resize);
    const cells = [head, state, this.#where, this.#incarnation, this.#restarts, mailbox, act];
    this.node = element("tr", { role: "row" }, ...cells);
    this.node.style.setProperty("--depth", String(row.depth));
    this.#kill.addEventListener("click", () => acts.kill(this.#row));
    this.#resize.addEventListener("click", () => acts.resize(this.#row));
    this.show(row);
  }

  show(row: TreeRow): void {
    this.#row = row;
    const {
      path,
      name,
      kind,
      state,
      reason,
      where,
      incarnation,
      restarts,
      mailbox,
      scaling,
      standby,
      killable,
      hidden,
    } = row;
    this.#mark.show(state);
    if (this.node.dataset.path !== path) {
      this.node.dataset.path = path;
      this.#name.title = path;
      this.#kill.setAttribute("aria-label", `Kill ${path}`);
      this.#resize.setAttribute("aria-label", `Resize ${path}`);
    }
    if (this.node.dataset.state !== state) this.node.dataset.state = state;
    setText(this.#name, name);
    setText(this.#kind, kind);
    setText(this.#state, state);
    setText(this.#note, noteOf(reason, hidden));
    setText(this.#where, where);
    setText(this.#incarnation, incarnation === undefined ? "" : String(incarnation));
    setText(this.#restarts, String(restarts));
    this.#restarts.classList.toggle("some", restarts > 0);
    this.#kill.hidden = !killable;
    this.#resize.hidden = scaling === undefined;
    setText(this.#size, scaling ? sizeText(scaling) : standby ? `standby ${standby}` : "");
    setText(this.#why, (scaling && scalingReason(scaling)) ?? "");
    this.#showMailbox(mailbox);
  }

  #showMailbox(mailbox: TreeRow["mailbox"]): void {
    this.#gauge.hidden = mailbox === undefined;
    if (!mailbox) {
      setText(this.#mailbox, "");
      return;
    }
    const { waiting, executing, capacity } = mailbox;
    setText(this.#mailbox, `${waiting}+${executing}/${capacity}`);
    const label = `${waiting} waiting, ${executing} executing, room for ${capacity}`;
    if (this.#mailbox.title !== label) {
      this.#mailbox.title = label;
      this.#fill.style.width = `${Math.min(100, Math.ceil((100 * waiting) / Math.max(1, capacity)))}%`;
    }
  }
}

function noteOf(reason: string | undefined, hidden: number): string {
  const more = hidden > 0 ? `${hidden} more below it are not shown` : undefined;
  return [reason, more].filter((part) => part !== undefined).join("; ");
}

function cell(name: string, ...children: Node[]): HTMLTableCellElement {
  return element("td", { role: "cell", class: name }, ...children);
}
