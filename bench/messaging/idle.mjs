import { join } from "node:path";
import { table } from "../measure/table.mjs";
import { contend } from "./contend.mjs";

const COUNT = 1_000_000;

/** What an idle actor weighs, and how fast they are made. */
export async function idle(rounds, say) {
  say(`${COUNT} idle actors: ${rounds} rounds`);
  const args = ["--expose-gc", "--max-old-space-size=4096", join(import.meta.dirname, "ours-idle.mjs"), String(COUNT)];
  const { ours } = await contend({ ours: { command: process.execPath, args } }, rounds);
  const { bytes_per_actor, spawn_per_s } = ours;
  return {
    figures: { bytes_per_actor, spawn_per_s },
    text: table(
      `${COUNT} idle actors`,
      ["", "bytes each", "spawned/s"],
      [["holdfast, inline", bytes_per_actor, spawn_per_s]],
    ),
  };
}
