import { join } from "node:path";
import { table } from "../measure/table.mjs";
import { contend } from "../messaging/contend.mjs";

/** How many threads answer to one caller. */
const COUNTS = [1, 2, 3, 4, 6, 8];

export async function manyWorkers(rounds, say) {
  say(`${COUNTS.join(", ")} workers, ${rounds} rounds`);
  const file = join(import.meta.dirname, "ours-workers.mjs");
  const contenders = Object.fromEntries(
    COUNTS.map((count) => [count, { command: process.execPath, args: [file, String(count)] }]),
  );
  const seen = await contend(contenders, rounds);
  const key = (count) => `ask_per_s_${count}_workers`;
  return {
    figures: Object.fromEntries(COUNTS.map((count) => [key(count), seen[count].ask_per_s])),
    text: table(
      "empty asks a second by the number of worker threads, 64 in flight at each",
      ["workers", "ask/s"],
      COUNTS.map((count) => [String(count), seen[count].ask_per_s]),
    ),
  };
}
