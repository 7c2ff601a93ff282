import { sizeText, type TreeNode } from "../../../system/tree.js";
import { type Finding, grouped, type Rule } from "../finding.js";

const refusals = new Set(["MailboxFull", "Overloaded", "Dropped", "Timeout"]);

/** More came than could be taken. Asks that were refused had an error for an answer; these tells are gone. */
export const lostTells: Rule = ({ events }) => {
  const letters = events.flatMap(({ event }) =>
    event.type === "dead-letter" && !event.letter.evidence ? [event.letter] : [],
  );
  return [...grouped(letters, ({ path, reason }) => `${path}\n${reason}`).values()].map((same): Finding => {
    const { path, reason } = same[0]!;
    const methods = [...new Set(same.map(({ method }) => method))];
    const senders = [...new Set(same.map(({ sender }) => sender))];
    return {
      rule: refusals.has(reason) ? "tells-refused" : "dead-letters",
      severity: "warning",
      path,
      title: `${same.length} tell${same.length === 1 ? " was" : "s were"} lost: ${reason}`,
      evidence: [`methods: ${some(methods)}`, `senders: ${some(senders)}`],
      advice: refusals.has(reason)
        ? "Ask instead of telling, so that the sender hears of it and slows down; or raise mailbox: { messages } or the pool's max."
        : "A tell to what is down or gone is lost: ask where the outcome matters, or keep the mail: durable: { mail: true }.",
      reports: [],
    };
  });
};

/** Mail waits in a pool that may not grow any more. */
export const poolsAtTheirMost: Rule = ({ input }) => {
  const findings: Finding[] = [];
  const look = (node: TreeNode) => {
    const { scaling, mailbox, path } = node;
    if (scaling && mailbox && mailbox.waiting > 0 && scaling.members >= scaling.max) {
      findings.push({
        rule: "pool-at-max",
        severity: mailbox.waiting >= mailbox.capacity ? "critical" : "warning",
        path,
        title: `${mailbox.waiting} of ${mailbox.capacity} messages wait, and the pool is at its most (${sizeText(scaling)})`,
        evidence: [scaling.stays ?? scaling.why],
        advice:
          "Raise max where the machine has cores to spare; else shed earlier (admission), or make each run cheaper (batching).",
        reports: [],
      });
    }
    for (const child of node.children ?? []) look(child);
  };
  look(input.tree);
  return findings;
};

function some(names: readonly string[]): string {
  return names.length <= 4 ? names.join(", ") : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
}
