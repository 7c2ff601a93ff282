import type { RuleOptions } from "./rule.js";

/**
 * What is worth a line in the log of most servers. They alert and do nothing else: what to do is the operator's to say.
 * @param folders beside the working directory
 */
export function defaultRules(folders: readonly string[], peers: readonly string[]): readonly RuleOptions[] {
  const quoted = (text: string) => `"${text}"`;
  return [
    // Health and heartbeats are late by then.
    { when: "loop-delay > 200 ms", for: "10s" },
    { when: "cpu > 95 %", for: "60s" },
    { when: "memory > 90 %", for: "30s" },
    // Everybody who runs has waited for memory in a tenth of the time: the machine swaps, or is about to.
    { when: "pressure-memory > 10 %", for: "30s" },
    ...[".", ...folders].map((folder) => ({ when: `disk of ${quoted(folder)} > 90 %`, for: "10s" }) as const),
    ...peers.map((peer) => ({ when: `unreachable of ${quoted(peer)} > 10 s`, for: "0ms" }) as const),
  ];
}
