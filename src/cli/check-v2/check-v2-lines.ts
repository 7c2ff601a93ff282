import type { Finding } from "../../lab/v2/check-v2.js";
import type { Paint } from "../terminal/paint.js";
import { oneLine, padded } from "../terminal/terminal-text.js";

/**
 * A requirement of the table, and, where it failed, what is wrong, the sentence it stands for and what was sent. Pure.
 *
 *   pass  infer.json                  an inference is answered with all outputs
 *   FAIL  infer.id                    the id of the request comes back
 *           id is undefined, given was "check-42"
 *           inference_rest.md: "An identifier for this request. …"
 *           curl -i -X POST …
 */
export function findingLines({ id, title, level, outcome, why, says, source, curl }: Finding, paint: Paint): string[] {
  const name = padded(id, 34);
  if (outcome === "pass") return [`  ${paint("pass", "green")}  ${name} ${title}`];
  if (outcome === "skip") return [paint(`  skip  ${name} ${title}: ${oneLine(why ?? "")}`, "dim")];
  const head =
    level === "required"
      ? `  ${paint("FAIL", "bold", "red")}  ${name} ${title}`
      : `  ${paint("fail", "yellow")}  ${name} ${title} (expected, not required)`;
  const more = [oneLine(why ?? ""), `${source}: "${says}"`, ...(curl ?? []).map(oneLine)];
  return [head, ...more.map((line) => `          ${line}`)];
}
