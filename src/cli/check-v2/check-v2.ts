import { readFile } from "node:fs/promises";
import { baseUrl } from "../../client/v2/base-url.js";
import { HoldfastError, isHoldfastError } from "../../errors.js";
import { nearest } from "../../known-keys.js";
import { checkV2, type Finding, requirements, type V2Report } from "../../lab/v2/check-v2.js";
import { readInferRequest, type V2Tensor } from "../../protocol/v2/infer-request.js";
import { parseJson } from "../../protocol/v2/parse-json.js";
import { CommandError, durationOption, exitCodes, parseCommand } from "../command.js";
import { helpText } from "../terminal/help-text.js";
import { painter, showsColour } from "../terminal/paint.js";
import { findingLines } from "./check-v2-lines.js";

const help = `holdfast check-v2 <url> [options]

Holds any server to the Open Inference Protocol (V2) over HTTP: health, metadata, inference in JSON and in binary data, refusals,
and the extensions that it says it has. Each requirement is a sentence of the specification; what failed is told with that
sentence and as a curl line. Inputs are made from the metadata of the models.

  --model NAME     the only model to try; default: all that the server's index lists as ready
  --inputs FILE    what that model takes, where zeros are not it: an inference request as JSON
  --only NAME      one requirement, or those of one kind: infer.id, binary
  --reload         models may be unloaded and loaded again
  --token TOKEN    default HOLDFAST_TOKEN, which other users of this machine cannot read
  --timeout TIME   how long each answer may take: 500ms, 10s (default), 1m
  --json           the report as one JSON object
  -h, --help

A requirement is "required" where a server that fails it is none of this protocol, and "expected" where it only surprises its
callers. Exit codes: 0 all that is required holds, 1 something does not, or no server there, 2 wrong option or url.

  holdfast check-v2 http://127.0.0.1:8080
  holdfast check-v2 http://triton:8000 --model densenet_onnx --json
`;

/** `holdfast check-v2`. */
export async function checkV2Command(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("check-v2", args, {
    model: { type: "string" },
    inputs: { type: "string" },
    only: { type: "string" },
    reload: { type: "boolean" },
    token: { type: "string" },
    timeout: { type: "string" },
    json: { type: "boolean" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [given, ...rest] = positionals;
  if (given === undefined || rest.length > 0) {
    throw new CommandError(`check-v2 takes one url, not ${positionals.length}\nsee: holdfast check-v2 --help`);
  }
  if (values.inputs !== undefined && values.model === undefined) {
    throw new CommandError("--inputs are those of one model: name it with --model");
  }
  const url = usable(given);
  const { stdout, env } = process;
  const paint = painter(showsColour(stdout.isTTY === true, env));
  const show = (finding: Finding) => stdout.write(`${findingLines(finding, paint).join("\n")}\n`);
  const report = await checked(url, {
    model: values.model,
    inputs: values.inputs === undefined ? undefined : await inputsOf(values.inputs),
    mayReload: values.reload ?? false,
    token: values.token ?? env.HOLDFAST_TOKEN,
    timeoutMs: durationOption("timeout", values.timeout ?? "10s"),
    ...(values.only === undefined ? {} : { only: chosen(values.only) }),
    ...(values.json ? {} : { onFinding: show }),
  });
  stdout.write(values.json ? `${JSON.stringify(report)}\n` : summary(report));
  return report.conforms ? exitCodes.ok : exitCodes.failed;
}

async function checked(url: string, options: Parameters<typeof checkV2>[1]): Promise<V2Report> {
  try {
    return await checkV2(url, options);
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    const token = isHoldfastError(error, "Unauthorized") ? ": give its token in HOLDFAST_TOKEN" : "";
    const what = isHoldfastError(error, "ConnectionLost") ? "no server answers at" : "the server refuses at";
    throw new CommandError(`${what} ${url} (${error.message})${token}`, exitCodes.failed);
  }
}

function usable(url: string): string {
  try {
    return baseUrl(/^[\w.-]+:\d+/.test(url) ? `http://${url}` : url, "the url");
  } catch (error) {
    throw new CommandError((error as Error).message);
  }
}

/** A requirement by its name, or all whose names begin so. */
function chosen(name: string): (id: string) => boolean {
  const matches = (id: string) => id === name || id.startsWith(`${name}.`);
  if (requirements.some(({ id }) => matches(id))) return matches;
  const kinds = [...new Set(requirements.map(({ id }) => id.split(".")[0]!))];
  const near = nearest(name, [...kinds, ...requirements.map(({ id }) => id)]);
  const meant = near ? `did you mean "${near}"?` : `there are ${kinds.join(", ")}`;
  throw new CommandError(`no requirement is called "${name}": ${meant}`);
}

async function inputsOf(file: string): Promise<readonly V2Tensor[]> {
  try {
    return readInferRequest(parseJson(await readFile(file)), new Uint8Array()).inputs;
  } catch (error) {
    const why = error instanceof HoldfastError ? `: ${error.message}` : ` cannot be read (${(error as Error).message})`;
    throw new CommandError(`--inputs ${file}${why}`);
  }
}

function summary({ server, models, passed, failed, skipped, findings, conforms }: V2Report): string {
  const required = findings.filter(({ outcome, level }) => outcome === "fail" && level === "required").length;
  const tried = models.length === 0 ? "no model" : models.join(", ");
  const counts = `${passed} passed, ${failed} failed${failed > 0 ? ` (${required} required)` : ""}, ${skipped} skipped`;
  const verdict = conforms ? "all that is required holds" : "it does not conform";
  return `\n${server.name} ${server.version}, tried on ${tried}: ${counts}; ${verdict}\n`;
}
