import type { AuditEntry } from "../../system/audit.js";
import { actorText, actText, outcomeText, whenText } from "./audit/audit-text.js";
import { useLive } from "./kit/live.js";
import { durationText } from "./kit/number-text.js";
import type { PageState } from "./page-state.js";

/** What came of an operator's act. */
export interface Outcome {
  readonly text: string;
  /** What the server wrote down of it; undefined until it is read. */
  readonly entry?: AuditEntry;
}

/** What came of the latest act, until it is put away, and below it who did it, when, and how it ended, as the server wrote it down. */
export function OutcomeLine({ state }: { readonly state: PageState }) {
  const outcome = useLive(state.outcome);
  return (
    <div class={outcome ? "outcome-line" : ""}>
      <div>
        <p role="status">{outcome?.text}</p>
        {outcome?.entry && <Entry entry={outcome.entry} />}
      </div>
      {outcome && (
        <button type="button" class="plain" onClick={() => state.outcome.set(undefined)}>
          Put away
        </button>
      )}
    </div>
  );
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  return (
    <p class="soft entry">
      <a href="#audit">Entry {entry.id}</a> of the audit log: {actText(entry)}, by {actorText(entry)},{" "}
      <time dateTime={new Date(entry.at).toISOString()}>{whenText(entry)}</time>, {outcomeText(entry)} in{" "}
      {durationText(entry.tookMs)}
    </p>
  );
}
