// Cuts bench/traces/azure-llm-code-2023.csv out of the published trace (see README.md beside this file).
//   node bench/traces/cut.mjs AzureLLMInferenceTrace_code.csv > bench/traces/azure-llm-code-2023.csv
import { readFileSync } from "node:fs";

/** Seconds from the trace's first request: five minutes with bursts and silences of all lengths. */
const FROM_S = 1320;
const UNTIL_S = 1620;

const rows = readFileSync(process.argv[2], "utf8").trim().split(/\r?\n/).slice(1);
const requests = rows.map((row) => {
  const [stamp, context, generated] = row.split(",");
  return { at: Date.parse(`${stamp.slice(0, 23).replace(" ", "T")}Z`), context, generated };
});
const began = requests[0].at + FROM_S * 1000;
const lines = requests
  .map(({ at, context, generated }) => ({ ms: at - began, context, generated }))
  .filter(({ ms }) => ms >= 0 && ms < (UNTIL_S - FROM_S) * 1000)
  .map(({ ms, context, generated }) => `${ms},${context},${generated}`);
console.log(["ms,context_tokens,generated_tokens", ...lines].join("\n"));
