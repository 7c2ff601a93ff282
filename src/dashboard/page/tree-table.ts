import type { TreeRow } from "../../observe/tree-rows.js";
import { element } from "./element.js";
import { type RowActs, TreeRowView } from "./tree-row-view.js";

/** Name, class and what it says in full. */
const columns: readonly (readonly [string, string?, string?])[] = [
  ["Name"],
  ["State"],
  ["Runs in"],
  ["Inc.", "number", "Incarnation: how often it was started"],
  ["Restarts", "number"],
  ["Mailbox", undefined, "waiting + executing / room for"],
  ["Action", "quiet"],
];

/** The live tree: lines come, change and go; those that stay are never made anew. */
export class TreeTable {
  readonly node: HTMLTableElement;
  readonly #body = element("tbody", { role: "rowgroup" });
  readonly #acts: RowActs;
  readonly #views = new Map<string, TreeRowView>();

  /** @param labelledBy the id of its heading */
  constructor(labelledBy: string, acts: RowActs) {
    this.#acts = acts;
    const heads = columns.map(([text, name, title]) =>
      element("th", { role: "columnheader", scope: "col", class: name, title }, text),
    );
    // The roles are named because on a phone the cells are laid out as blocks, which hides the table from readers.
    const head = element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads));
    this.node = element("table", { role: "table", "aria-labelledby": labelledBy }, head, this.#body);
  }

  show(rows: readonly TreeRow[]): void {
    const gone = new Set(this.#views.keys());
    for (const { id } of rows) gone.delete(id);
    for (const id of gone) this.#remove(id);
    let place: ChildNode | null = this.#body.firstChild;
    for (const row of rows) {
      const { node } = this.#view(row);
      if (node === place) place = place.nextSibling;
      else this.#body.insertBefore(node, place);
    }
  }

  #view(row: TreeRow): TreeRowView {
    const known = this.#views.get(row.id);
    if (known) {
      known.show(row);
      return known;
    }
    const made = new TreeRowView(row, this.#acts);
    this.#views.set(row.id, made);
    return made;
  }

  #remove(id: string): void {
    this.#views.get(id)?.node.remove();
    this.#views.delete(id);
  }
}
