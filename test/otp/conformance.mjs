// Writes docs/otp-conformance.md from test/otp/cases/*.json and from the names of the tests beside them.
//   node test/otp/conformance.mjs
// A test says which cases it answers to at the end of its name: it("a temporary child … [temporary_normal]").
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = new URL("./", import.meta.url);
const page = new URL("../../docs/otp-conformance.md", import.meta.url);

/** The case files, in order: one part of a suite each. */
export function readParts() {
  const files = readdirSync(new URL("cases/", here)).toSorted();
  return files.map((file) => JSON.parse(readFileSync(new URL(`cases/${file}`, here), "utf8")));
}

/** Every test of this folder that names cases: its file, its whole name without them, and the cases. */
export function readTests() {
  const files = readdirSync(here).filter((name) => name.endsWith(".test.ts"));
  return files.toSorted().flatMap((file) => {
    const text = readFileSync(new URL(file, here), "utf8");
    const named = text.matchAll(/(?:\bit|\))\(\s*"((?:[^"\\]|\\.)+?) \[([^\]"]+)\]",/g);
    return [...named].map(({ 1: name, 2: cases, index }) => ({
      file,
      name: `${groupAt(text, index)}: ${name}`.replaceAll(/%[a-z]|\$\w+/g, "…"),
      cases: casesOf(cases),
    }));
  });
}

/** The title of the `describe` that a place in a file is in. */
function groupAt(text, index) {
  const titles = text.slice(0, index).matchAll(/^describe\("((?:[^"\\]|\\.)+)"/gm);
  return [...titles].at(-1)[1];
}

/** A comma may be part of a case's name, so what is one case as it stands is one. */
function casesOf(text) {
  return known().has(text) ? [text] : text.split(", ");
}

let names;
function known() {
  names ??= new Set(readParts().flatMap(({ cases }) => cases.map((one) => one.case)));
  return names;
}

const suites = {
  supervisor_SUITE:
    "Erlang/OTP's own tests of `supervisor` (`lib/stdlib/test/supervisor_SUITE.erl`, OTP 28): every case of its `all()`.",
  dynamic_supervisor_test:
    "Elixir's tests of `DynamicSupervisor` (`lib/elixir/test/elixir/dynamic_supervisor_test.exs`, 1.21-dev).",
  supervisor_test: "Elixir's tests of `Supervisor` (`lib/elixir/test/elixir/supervisor_test.exs`, 1.21-dev).",
};

const verdicts = ["same", "different", "not applicable"];
const says = { same: "**same**", different: "**different on purpose**", "not applicable": "not applicable" };

/** The page as it should be. */
export function conformance(parts = readParts(), tests = readTests()) {
  const sections = Object.entries(suites).map(([suite, intro]) => {
    const own = parts.filter((part) => part.suite === suite);
    return `## ${suite}\n\n${intro}\n\n${own.map((part) => section(part, tests)).join("\n\n")}`;
  });
  return `# Conformance with OTP

What Erlang/OTP and Elixir demand of their supervisors, case by case, and what holdfast does. **Same**: a test of ours, in
our own words, demands the same and passes. **Different on purpose**: what differs and why, with a test that holds it.
*Not applicable*: there is nothing here that it could be asked of. The tests are in the folder \`test/otp\`; each names the
cases it answers to. This page is written by \`node test/otp/conformance.mjs\`, and a test fails when it is out of step.
Beside it, generated scenarios run on Erlang itself and here: [otp-differences.md](otp-differences.md).

${summary(parts)}

Differences that run through all of it: restarts have back-off and each child a budget of its own; a supervisor that gave
up ended abnormally; a failed restart in a group is retried without felling what was already restarted; unknown options
are refused; children are known by path, not by pid; deaths that a message is guilty of are charged to the message first.

${sections.join("\n\n")}
`;
}

function summary(parts) {
  const rows = Object.keys(suites).map((suite) => {
    const cases = parts.filter((part) => part.suite === suite).flatMap((part) => part.cases);
    const counts = verdicts.map((verdict) => cases.filter((one) => one.verdict === verdict).length);
    return `| ${suite} | ${cases.length} | ${counts.join(" | ")} |`;
  });
  return `| | cases | ${verdicts.join(" | ")} |\n|---|---|---|---|---|\n${rows.join("\n")}`;
}

function section({ title, cases }, tests) {
  const rows = cases.map((one) => `| \`${one.case}\` | ${cell(one.demands)} | ${answer(one, tests)} |`);
  return `### ${title}\n\n| case | demands | here |\n|---|---|---|\n${rows.join("\n")}`;
}

function answer(one, tests) {
  const why = one.why ? `: ${cell(one.why)}` : "";
  const held = tests.filter(({ cases }) => cases.includes(one.case));
  const names = held.map(({ file, name }) => `\`${file}\`: ${cell(name)}`);
  return [`${says[one.verdict]}${why}`, ...names].join("<br>");
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(page, conformance());
