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
    .replace(
      /(<!-- figures: (\w+) -->\n)[\s\S]*?(<!-- \/figures -->)/g,
      (_, head, name, tail) => `${head}${figures(name)}${tail}`,
    );
}

/** The table of docs/containment.md. */
function containment() {
  const table = /^\|.*\|\n(\|.*\|\n)+/m.exec(read("docs/containment.md"));
  if (!table) throw new Error("docs/containment.md has no table: npm run containment");
  return table[0];
}

/** What each figure says, by bench. */
const meanings = {
  recovery: {
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
  },
  supervision: {
    handler_error_inline_us: "a handler's error to the next answer of that actor, inline, median, µs",
    handler_error_inline_vs_beam: "the same beside a gen_server under OTP's supervisor",
    handler_error_inline_vs_nact: "the same beside nact",
    handler_error_thread_us: "the same in a worker thread, median, µs",
    handler_error_thread_vs_beam: "the same beside OTP",
    restarts_per_second: "restarts of one inline child, a second",
    beam_restarts_per_second: "of one child of OTP's, a second",
    bytes_per_child: "one of 100,000 inline children with a spec and a name of its own, bytes",
    bytes_per_child_vs_beam: "the same beside OTP's",
    start_100k_ms: "start of 100,000 of them, one after the other, ms",
    start_100k_vs_beam: "the same beside OTP's",
    stop_100k_ms: "their stop, ms",
    stop_100k_vs_beam: "the same beside OTP's",
    stop_growth: "time to stop one of 100,000, over one of 10,000",
  },
};

function figures(name) {
  const path = `docs/figures/${name}.json`;
  if (!existsSync(path)) throw new Error(`${path} is missing: npm run bench -- ${name} --json ${path}`);
  const result = JSON.parse(read(path));
  const rows = Object.entries(meanings[name]).map(([key, says]) => {
    const value = result[key];
    if (typeof value !== "number") throw new Error(`${path} has no number ${key}`);
    return `| ${says} | \`${key}\` | ${key.includes("_vs_") ? `${value.toFixed(1)} x` : shown(value)} |`;
  });
  const { cpu, cores, node, commit } = result.meta;
  return `| | key | |\n|---|---|---|\n${rows.join("\n")}\n\nMeasured on ${cpu}, ${cores} cores, Node ${node}, at ${commit}.\n`;
}

function shown(value) {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync("README.md", fillReadme(read("README.md")));
