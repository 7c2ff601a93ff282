// Fills the generated parts of docs/supervision.md: the picture of a child's life, the presets.
//   npm run build && node test/house/supervision-parts.mjs      writes the page
// test/house/supervision-parts.test.ts holds that nothing in it is out of date.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lifeMachine } from "../../dist/supervision/machine.js";
import { presets } from "../../dist/supervision/presets.js";

export const page = "docs/supervision.md";

/** The page as it should be, from the page as it is. */
export function fillPage(text) {
  const part = (name, content) => (whole) =>
    whole.replace(
      new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`),
      (_, head, tail) => `${head}${content}${tail}`,
    );
  return part("presets", presetTable())(part("life", picture())(text));
}

/** The machine as a Mermaid state diagram: edges between the same two states share one arrow. */
function picture() {
  const edges = new Map();
  for (const [from, state] of Object.entries(lifeMachine().states)) {
    for (const [step, [transition]] of state.transitions) {
      const arrow = `${from} --> ${transition.target[0].key}`;
      edges.set(arrow, [...(edges.get(arrow) ?? []), step]);
    }
  }
  const lines = [...edges].map(([arrow, steps]) => `    ${arrow}: ${steps.join(" | ")}`);
  return `\`\`\`mermaid\nstateDiagram-v2\n    [*] --> stopped\n${lines.join("\n")}\n\`\`\`\n`;
}

function presetTable() {
  const names = Object.keys(presets);
  const rows = {
    restart: (set) => `\`${set.restart}\``,
    shutdown: (set) => time(set.shutdownMs),
    startTimeout: (set) => time(set.startTimeoutMs),
    "intensity, of a child": (set) => budget(set.intensity),
    guiltyIntensity: (set) => budget(set.guiltyIntensity),
    "intensity, of a supervisor": (set) => budget(set.supervisorIntensity),
    overBudget: (set) => `\`${set.overBudget}\``,
    "the same for guilty deaths": (set) => `\`${set.guiltyOverBudget}\``,
    backoff: ({ backoff }) => `0, ${time(backoff.initialMs)}, × ${backoff.factor} … ${time(backoff.maxMs)}`,
    "forgotten after": ({ backoff }) => time(backoff.healthyAfterMs),
  };
  const lines = Object.entries(rows).map(
    ([says, of]) => `| ${says} | ${names.map((name) => of(presets[name])).join(" | ")} |`,
  );
  return `| | ${names.map((name) => `\`${name}\``).join(" | ")} |\n|---|${names.map(() => "---|").join("")}\n${lines.join("\n")}\n`;
}

function time(ms) {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function budget({ restarts, withinMs }) {
  return restarts === Number.POSITIVE_INFINITY ? "no bound" : `${restarts} in ${time(withinMs)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, fillPage(readFileSync(page, "utf8")));
