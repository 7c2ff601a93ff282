// Fills the generated parts of README.md: the examples' files, the containment table, the figures.
//   node test/house/readme-parts.mjs          writes README.md
// test/house/readme.test.ts holds that nothing in it is out of date.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const read = (path) => readFileSync(path, "utf8");

/** README.md as it should be, from README.md as it is and the files that it quotes. */
export function fillReadme(text) {
  return text
    .replace(
      /(<!-- snippet: (\S+) -->\n```js\n)[\s\S]*?(```\n<!-- \/snippet -->)/g,
      (_, head, path, tail) => `${head}${read(path)}${tail}`,
    )
    .replace(
      /(<!-- containment -->\n)[\s\S]*?(<!-- \/containment -->)/,
      (_, head, tail) => `${head}${containment()}${tail}`,
    )
    .replace(/(<!-- figures -->\n)[\s\S]*?(<!-- \/figures -->)/, (_, head, tail) => `${head}${figures()}${tail}`);
}

/** The table of docs/containment.md. */
function containment() {
  const table = /^\|.*\|\n(\|.*\|\n)+/m.exec(read("docs/containment.md"));
  if (!table) throw new Error("docs/containment.md has no table: npm run containment");
  return table[0];
}

const meanings = {
  spare_empty_vs_piscina: "warm spare, small module, beside piscina as it comes",
  spare_empty_vs_piscina_one: "the same beside piscina with one thread",
  spare_empty_vs_piscina_standby: "the same beside piscina's best tuning: a second thread always on standby",
  spare_onnx_vs_piscina: "warm spare with the speech model, beside piscina as it comes",
  spare_onnx_vs_piscina_one: "the same beside piscina with one thread",
  spare_onnx_vs_piscina_standby: "the same beside a loaded thread on standby",
  cold_empty_vs_piscina: "no spare, small module, beside piscina as it comes",
  cold_empty_vs_piscina_one: "the same beside piscina with one thread",
  spare_onnx_p50_ms: "warm spare with the speech model, median, ms",
  spare_onnx_p99_ms: "the same, 99th percentile, ms",
  process_p50_ms: "forked process from a warm spare, small module, median, ms",
};

function figures() {
  const path = "docs/figures/recovery.json";
  if (!existsSync(path)) throw new Error(`${path} is missing: npm run bench -- recovery --json ${path}`);
  const result = JSON.parse(read(path));
  const rows = Object.entries(meanings).map(([key, says]) => {
    const value = result[key];
    if (typeof value !== "number") throw new Error(`${path} has no number ${key}`);
    return `| ${says} | \`${key}\` | ${key.includes("_vs_") ? `${value.toFixed(1)} x` : value.toFixed(1)} |`;
  });
  const { cpu, cores, node, commit } = result.meta;
  return `| | key | |\n|---|---|---|\n${rows.join("\n")}\n\nMeasured on ${cpu}, ${cores} cores, Node ${node}, at ${commit}.\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync("README.md", fillReadme(read("README.md")));
