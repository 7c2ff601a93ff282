import type { TreeNode } from "../../../system/tree.js";
import { countText } from "../kit/number-text.js";

/** How full a mailbox is, and what executes. */
export function MailboxBar({ mailbox }: { readonly mailbox: NonNullable<TreeNode["mailbox"]> }) {
  const { waiting, executing, capacity } = mailbox;
  const full = Math.min(1, waiting / Math.max(1, capacity));
  const level = full >= 0.9 ? "full" : full >= 0.5 ? "high" : "low";
  return (
    <span class="mailbox" title={`${waiting} waiting, ${executing} executing, room for ${capacity}`}>
      <span class="gauge" aria-hidden="true" data-level={level}>
        <span style={{ width: `${Math.ceil(100 * full)}%` }} />
      </span>
      <span>
        {countText(waiting)}
        <span class="soft"> + {countText(executing)}</span>
      </span>
    </span>
  );
}
