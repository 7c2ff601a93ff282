import { join } from "node:path";
import { table } from "../measure/table.mjs";
import { contend } from "../messaging/contend.mjs";

/** What a started system takes that has nothing to do. */
export async function idleSystem(rounds, say) {
  say(`an idle system, ${rounds} rounds`);
  const { idle } = await contend(
    { idle: { command: process.execPath, args: [join(import.meta.dirname, "ours-idle.mjs")] } },
    rounds,
  );
  return {
    figures: { idle_cpu_ms_per_s: idle.cpu_ms_per_s, idle_wakeups_per_s: idle.wakeups_per_s },
    text: table(
      "1000 actors, 5 threads, a spare and 2 processes with nothing to do",
      ["", "in a second"],
      [
        ["processor, ms", idle.cpu_ms_per_s],
        ["wake-ups of all threads", idle.wakeups_per_s],
      ],
    ),
  };
}
