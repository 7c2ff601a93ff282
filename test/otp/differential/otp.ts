import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Scenario, type Trace, traceOf } from "./scenario.js";

/** Whether Erlang is installed here. */
export function otpIsThere(): boolean {
  return spawnSync("escript", [], { stdio: "ignore" }).error === undefined;
}

/** From the root of the package: bundled or not, this is run from there. */
const program = resolve("test/otp/erlang/play.escript");

/** Far above what thousands of scenarios need: reaching it means that one of them never comes to rest. */
const GIVE_UP_AFTER_MS = 120_000;

/** Plays scenarios on OTP's own supervisors, all in one emulator. */
export function playOnOtp(scenarios: readonly Scenario[]): Trace[] {
  const dir = mkdtempSync(join(tmpdir(), "holdfast-otp-"));
  try {
    const file = join(dir, "scenarios");
    writeFileSync(file, scenarios.map((scenario) => `${term(scenario)}.\n`).join(""));
    const run = spawnSync("escript", [program, file], {
      encoding: "utf8",
      timeout: GIVE_UP_AFTER_MS,
      maxBuffer: 1024 ** 3,
      env: { ...process.env, ERL_CRASH_DUMP: join(dir, "crash") },
    });
    if (run.status !== 0) throw new Error(`escript ended with ${run.status}: ${run.stderr}${run.stdout.slice(-2000)}`);
    return parse(run.stdout, scenarios);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function parse(output: string, scenarios: readonly Scenario[]): Trace[] {
  const blocks = output.split("\n\n");
  return scenarios.map(({ seed }, index) => {
    const [head, ...lines] = (blocks[index] ?? "").split("\n");
    if (head !== `scenario ${seed}`) throw new Error(`expected scenario ${seed}, read ${JSON.stringify(head)}`);
    return traceOf(lines);
  });
}

/** Plain data as an Erlang term: objects are maps, texts atoms, keys atoms. */
function term(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(term).join(",")}]`;
  if (typeof value === "string") return atom(value);
  if (typeof value === "object" && value !== null) {
    const pairs = Object.entries(value).map(([key, item]) => `${atom(key)}=>${term(item)}`);
    return `#{${pairs.join(",")}}`;
  }
  return String(value);
}

function atom(text: string): string {
  return /^[a-z]\w*$/.test(text) && !reserved.has(text) ? text : `'${text}'`;
}

const reserved = new Set([
  "after",
  "and",
  "begin",
  "case",
  "div",
  "end",
  "fun",
  "if",
  "not",
  "of",
  "or",
  "receive",
  "rem",
]);
