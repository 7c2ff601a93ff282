import type { Terminal } from "../tree/tree-display.js";
import { painter, showsColour } from "./paint.js";

/** The terminal as it is now; where nothing tells its width, 80 columns. */
export function terminal(): Terminal {
  const { stdout, env } = process;
  const isTTY = stdout.isTTY === true;
  return { width: stdout.columns || 80, rows: stdout.rows || 24, paint: painter(showsColour(isTTY, env)) };
}
