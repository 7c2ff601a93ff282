import { useState } from "preact/hooks";
import type { DeathReport } from "../../../system/death/report.js";
import { useLive } from "../kit/live.js";
import type { PageState } from "../page-state.js";
import type { Activity } from "./activity.js";
import { IncidentLine } from "./incident-line.js";
import { summaryText } from "./summary-text.js";
import { Timeline } from "./timeline.js";

const spans = [
  [15 * 60_000, "15 min"],
  [3_600_000, "1 hour"],
  [6 * 3_600_000, "6 hours"],
  [86_400_000, "1 day"],
] as const;

/** Lines drawn of the list; the strip above shows all that are kept. */
const LISTED = 60;

/** What happened, when, and what it took to come back: a strip of time and a list, each death opening to its report. */
export function Incidents({ state }: { readonly state: PageState }) {
  const reports = useLive(state.incidents);
  const activity = useLive(state.activity);
  const news = useLive(state.news);
  useLive(state.looked);
  const [spanMs, setSpan] = useState<number>(spans[0][0]);
  const [deathsOnly, setDeathsOnly] = useState(false);
  // Something may have happened since the server told the time last.
  const now = Math.max(state.clock.now(), reports[0]?.at ?? 0);
  const open = (id: number) => state.opened.set(id);
  const all = inOrder(reports, deathsOnly ? [] : activity).slice(0, LISTED);
  return (
    <section class="card incidents" aria-labelledby="incidents-title">
      <header class="card-head">
        <h2 id="incidents-title">Incidents</h2>
        <p class="soft grow">{summaryText(reports, now, spanMs)}</p>
        <label class="check">
          <input type="checkbox" checked={deathsOnly} onChange={() => setDeathsOnly(!deathsOnly)} /> Deaths only
        </label>
        <label>
          <span class="unseen">Span of the timeline</span>
          <select value={String(spanMs)} onChange={({ currentTarget }) => setSpan(Number(currentTarget.value))}>
            {spans.map(([ms, text]) => (
              <option key={ms} value={String(ms)}>
                {text}
              </option>
            ))}
          </select>
        </label>
      </header>
      <p class="unseen" role="status">
        {news}
      </p>
      <Timeline reports={reports} activity={activity} now={now} spanMs={spanMs} onOpen={open} />
      {reports.length === 0 && <p class="empty">No actor has died since the server started.</p>}
      {all.length > 0 && (
        <ol id="incidents">
          {all.map((one) => (
            <IncidentLine key={"cause" in one ? `death ${one.id}` : `other ${one.id}`} one={one} onOpen={open} />
          ))}
        </ol>
      )}
    </section>
  );
}

/** Newest first, out of two lists that are so already. */
function inOrder(reports: readonly DeathReport[], activity: readonly Activity[]): (DeathReport | Activity)[] {
  return [...reports, ...activity].sort((a, b) => b.at - a.at);
}
