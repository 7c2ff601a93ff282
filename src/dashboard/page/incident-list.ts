import { causeText, type DeathReport } from "../../system/death/report.js";
import { setText } from "./element.js";
import { IncidentView } from "./incident-view.js";

/** The most recent ones: older ones are in the server's log. */
const kept = 30;

/** The latest deaths, newest first. A report comes twice: when it is noticed and when service is back. */
export class IncidentList {
  readonly #list: HTMLElement;
  readonly #empty: HTMLElement;
  readonly #news: HTMLElement;
  /** In the order of their deaths. */
  readonly #views = new Map<number, IncidentView>();

  constructor(list: HTMLElement, empty: HTMLElement, news: HTMLElement) {
    this.#list = list;
    this.#empty = empty;
    this.#news = news;
  }

  /** What the server remembers; another server may have begun to count anew. */
  reset(reports: readonly DeathReport[]): void {
    this.#views.clear();
    this.#list.replaceChildren();
    for (const report of reports) this.#put(report);
    this.#showEmpty();
  }

  show(report: DeathReport): void {
    const isNew = !this.#views.has(report.id);
    this.#put(report);
    this.#showEmpty();
    if (isNew) setText(this.#news, `${report.path} died: ${causeText(report.cause)}`);
  }

  #put(report: DeathReport): void {
    const known = this.#views.get(report.id);
    if (known) {
      known.show(report);
      return;
    }
    const view = new IncidentView(report);
    this.#views.set(report.id, view);
    this.#list.prepend(view.node);
    if (this.#views.size <= kept) return;
    const [oldest, old] = this.#views.entries().next().value!;
    this.#views.delete(oldest);
    old.node.remove();
  }

  #showEmpty(): void {
    this.#empty.hidden = this.#views.size > 0;
  }
}
