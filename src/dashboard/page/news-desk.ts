import type { News } from "../../client/browser.js";
import { causeText, type DeathReport } from "../../system/death/report.js";
import type { SystemEvent } from "../../system/events.js";
import type { TreeNode } from "../../system/tree.js";
import { withEvent } from "./incidents/activity.js";
import { whoText } from "./incidents/report-text.js";
import type { PageState } from "./page-state.js";

/** Reports that are kept; older ones are in the server's log. */
const REPORTS_KEPT = 200;

/** Takes what the server tells into what the page shows. */
export class NewsDesk {
  readonly #state: PageState;

  constructor(state: PageState) {
    this.#state = state;
  }

  take(news: News): void {
    if (news.type === "tree") this.#tree(news.tree, news.reports);
    else if (news.type === "event") this.#event(news.event);
  }

  /** Each second, also where nothing is told: then nothing has changed, and that is a look too. */
  look(at: number): void {
    const { tree, series, looked, link } = this.#state;
    if (!tree.value || link.value.kind !== "connected") return;
    series.look(tree.value, at);
    looked.set(looked.value + 1);
  }

  #tree(tree: TreeNode, reports: readonly DeathReport[] | undefined): void {
    this.#state.locked.set(undefined);
    this.#state.tree.set(tree);
    // Another server may have begun to count anew.
    if (reports) this.#state.incidents.set(reports.slice(-REPORTS_KEPT).reverse());
  }

  #event(event: SystemEvent): void {
    const { activity, incidents, news } = this.#state;
    if (event.type === "death" || event.type === "report") {
      const { report } = event;
      const known = incidents.value.some(({ id }) => id === report.id);
      incidents.set(withReport(incidents.value, report));
      if (!known) news.set(`${whoText(report)} died: ${causeText(report.cause)}`);
      return;
    }
    activity.set(withEvent(activity.value, event, Date.now()));
  }
}

/** A report comes twice: when the death is noticed, and when service is back. Newest first. */
function withReport(known: readonly DeathReport[], report: DeathReport): readonly DeathReport[] {
  if (known.some(({ id }) => id === report.id)) return known.map((one) => (one.id === report.id ? report : one));
  return [report, ...known.slice(0, REPORTS_KEPT - 1)];
}
