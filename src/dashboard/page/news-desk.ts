import type { News } from "../../client/browser.js";
import { causeText, type DeathReport } from "../../system/death/report.js";
import type { SystemEvent } from "../../system/events.js";
import type { SystemStats } from "../../system/stats.js";
import type { TreeNode } from "../../system/tree.js";
import { type Activity, withEvent } from "./incidents/activity.js";
import { afterReconnect, type KeptEvent, type KnownReport, withRemembered } from "./incidents/known-reports.js";
import { whoText } from "./incidents/report-text.js";
import type { PageState } from "./page-state.js";

/** Reports that are kept; older ones are in the server's log. */
export const REPORTS_KEPT = 200;

/** Takes what the server tells into what the page shows. */
export class NewsDesk {
  readonly #state: PageState;

  constructor(state: PageState) {
    this.#state = state;
  }

  take(news: News): void {
    if (news.type === "tree") this.#tree(news.tree, news.reports);
    else if (news.type === "stats") this.#stats(news.stats, news.at);
    else if (news.type === "event") this.#event(news.event, this.#state.clock.now());
  }

  #tree(tree: TreeNode, reports: readonly DeathReport[] | undefined): void {
    this.#state.locked.set(undefined);
    this.#state.tree.set(tree);
    const { incidents } = this.#state;
    if (reports) incidents.set(afterReconnect(incidents.value, reports.slice(-REPORTS_KEPT).reverse()));
  }

  /**
   * What happened before the page was opened, oldest first.
   * @param deaths those events that tell of a death: of more of them than a tree brings along
   */
  remember(events: readonly KeptEvent[], deaths: readonly KeptEvent[] = events): void {
    let known: readonly Activity[] = [];
    for (const { at, event } of events) known = withEvent(known, event as SystemEvent, at);
    this.#state.activity.set(known);
    const { incidents } = this.#state;
    incidents.set(withRemembered(incidents.value, deaths, REPORTS_KEPT));
  }

  #stats(stats: SystemStats, at: number): void {
    const { clock, series, counted, looked } = this.#state;
    clock.set(at);
    series.take(stats, at);
    counted.set(stats);
    looked.set(looked.value + 1);
  }

  #event(event: SystemEvent, at: number): void {
    const { activity, incidents, news } = this.#state;
    if (event.type === "death" || event.type === "report") {
      const { report } = event;
      const known = incidents.value.some(({ id }) => id === report.id);
      incidents.set(withReport(incidents.value, report));
      if (!known) news.set(`${whoText(report)} died: ${causeText(report.cause)}`);
      return;
    }
    activity.set(withEvent(activity.value, event, at));
  }
}

/** A report comes twice: when the death is noticed, and when service is back. Newest first. */
function withReport(known: readonly KnownReport[], report: DeathReport): readonly KnownReport[] {
  if (known.some(({ id }) => id === report.id)) return known.map((one) => (one.id === report.id ? report : one));
  return [report, ...known.slice(0, REPORTS_KEPT - 1)];
}
