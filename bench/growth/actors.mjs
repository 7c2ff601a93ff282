import { join } from "node:path";
import { table } from "../measure/table.mjs";
import { contend } from "../messaging/contend.mjs";

/** What a message costs where few actors, or many, have mail in turn. */
const SIZES = [1, 100, 10_000];

export async function manyActors(rounds, say) {
  say(`${SIZES.join(", ")} actors, ${rounds} rounds`);
  const file = join(import.meta.dirname, "ours-actors.mjs");
  const contenders = Object.fromEntries(
    SIZES.map((size) => [size, { command: process.execPath, args: [file, String(size)] }]),
  );
  const seen = await contend(contenders, rounds);
  const key = (size) => `tell_per_s_${size}_actors`;
  return {
    figures: Object.fromEntries(SIZES.map((size) => [key(size), seen[size].tell_per_s])),
    text: table(
      "throughput by the number of actors that have mail in turn",
      ["actors", "tell/s"],
      SIZES.map((size) => [String(size), seen[size].tell_per_s]),
    ),
  };
}
