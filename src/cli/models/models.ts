import { fromWireError } from "../../protocol/wire-error.js";
import type { ModelEvent } from "../../serving/repository/model-events.js";
import { CommandError, exitCodes, parseCommand } from "../command.js";
import { helpText } from "../terminal/help-text.js";
import { harmless } from "../terminal/terminal-text.js";
import { modelLine } from "./model-line.js";

const help = `holdfast models <url> list
holdfast models <url> load|unload|swap|rollback <name> [options]

Looks at the models of a server, and changes them while they are asked. A swap takes a new version in beside the old one,
gives it a share of the requests, and promotes it or rolls it back; its steps are printed as they come.

  --version N           which version; default: the highest that lies in the server's folder
  --canary SHARE        of the requests, on probation: 10% (default), 0.5; 0: none
  --requests N          answers until it is judged; default 100
  --within TIME         or after so long, where fewer come: 30s, 1m (default)
  --max-errors N        failed requests that it may have; default 0. The old version answers them
  --max-latency-ratio N its p99 over that of the old version; default 3
  --keep-old            the old version stays loaded
  --token TOKEN         the admin token; default HOLDFAST_ADMIN_TOKEN, which other users of this machine cannot read
  --json                every step as JSON, one a line
  -h, --help

Environment: HOLDFAST_ADMIN_TOKEN; for list HOLDFAST_TOKEN will do.

Ctrl-C ends the printing, not the swap: holdfast models <url> rollback <name> does.
Exit codes: 0 done, 1 failed or rolled back, 2 wrong option or url.

  holdfast models http://127.0.0.1:8080 list
  holdfast models http://127.0.0.1:8080 swap digits --version 3 --canary 20%
`;

const acts = ["load", "unload", "swap", "rollback"] as const;

/** `holdfast models`. */
export async function models(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("models", args, {
    version: { type: "string" },
    canary: { type: "string" },
    requests: { type: "string" },
    within: { type: "string" },
    "max-errors": { type: "string" },
    "max-latency-ratio": { type: "string" },
    "keep-old": { type: "boolean" },
    token: { type: "string" },
    json: { type: "boolean" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [url, act, name, ...rest] = positionals;
  const { HOLDFAST_ADMIN_TOKEN: adminToken, HOLDFAST_TOKEN: token } = process.env;
  const server = { url: repositoryOf(url), token: values.token ?? adminToken ?? token, json: values.json ?? false };
  if (act === "list" && name === undefined) return list(server);
  const known = acts.find((one) => one === act);
  if (!known || name === undefined || rest.length > 0) {
    throw new CommandError(`give list, or load, unload, swap or rollback and a name\nsee: holdfast models --help`);
  }
  const options = {
    version: values.version,
    canary: values.canary?.endsWith("%") ? values.canary : numberOf("canary", values.canary),
    requests: numberOf("requests", values.requests),
    within: values.within,
    maxErrors: numberOf("max-errors", values["max-errors"]),
    maxLatencyRatio: numberOf("max-latency-ratio", values["max-latency-ratio"]),
    keepOld: values["keep-old"],
  };
  const stray = Object.entries(options).find(([key, value]) => value !== undefined && !takes(known, key));
  if (stray) throw new CommandError(`--${kebab(stray[0])} is not for ${known}\nsee: holdfast models --help`);
  return perform(server, known, name, options);
}

interface Server {
  /** Of its repository. */
  readonly url: string;
  readonly token: string | undefined;
  readonly json: boolean;
}

function takes(act: (typeof acts)[number], option: string): boolean {
  return act === "swap" || (act === "load" && option === "version");
}

async function list(server: Server): Promise<number> {
  const response = await send(server, "/index", {});
  const rows = (await response.json()) as { name: string; version: string; state: string; reason?: string }[];
  if (server.json) for (const row of rows) console.log(JSON.stringify(row));
  else if (rows.length === 0) console.log("no models");
  const width = (key: "name" | "version" | "state") => Math.max(...rows.map((row) => row[key].length));
  for (const { name, version, state, reason } of server.json ? [] : rows) {
    const cells = [
      name.padEnd(width("name")),
      version.padStart(width("version")),
      state.padEnd(width("state")),
      reason,
    ];
    // A reason is an error's text, and may hold anything.
    console.log(
      cells
        .map((cell) => harmless((cell ?? "").replace(/\s/g, " ")))
        .join("  ")
        .trimEnd(),
    );
  }
  return exitCodes.ok;
}

async function perform(server: Server, act: string, name: string, options: object): Promise<number> {
  const response = await send(server, `/models/${encodeURIComponent(name)}/${act}`, { parameters: options });
  if (act === "load" || act === "unload") {
    console.log(`${name} is ${act}ed`);
    return exitCodes.ok;
  }
  for await (const line of linesOf(response)) {
    const event = JSON.parse(line) as Step;
    if (server.json) console.log(line);
    else tell(event, name);
    if (event.type === "error") throw fromWireError(event.error);
    if (event.type === "swapped") return event.result === "promoted" ? exitCodes.ok : exitCodes.failed;
    if (event.type === "done") return exitCodes.ok;
  }
  throw new CommandError("the server went away before the end: list tells how it is now", exitCodes.failed);
}

type Step =
  | Exclude<ModelEvent, { type: "folder" }>
  | { readonly type: "progress"; readonly reason?: string }
  | { readonly type: "done" }
  | { readonly type: "error"; readonly error: Parameters<typeof fromWireError>[0] };

function tell(event: Step, name: string): void {
  if (event.type === "phase" || event.type === "state" || event.type === "swapped") console.log(modelLine(event));
  else if (event.type === "progress" && event.reason) console.log(`model ${name}: ${event.reason}`);
}

async function send({ url, token }: Server, path: string, body: object): Promise<Response> {
  let response: Response;
  try {
    const headers = { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) };
    response = await fetch(`${url}${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  } catch (error) {
    const { cause } = error as { cause?: Error };
    throw new CommandError(`no server answers at ${url} (${cause?.message ?? String(error)})`, exitCodes.failed);
  }
  if (response.ok) return response;
  const { error } = (await response.json().catch(() => ({}))) as { error?: unknown };
  // Who has no models does not speak their protocol at all.
  if (response.status === 405 && typeof error !== "string") {
    throw new CommandError(`${new URL(url).origin} serves no models: its config has none`, exitCodes.failed);
  }
  const why = typeof error === "string" ? error : `status ${response.status}`;
  const fix = response.status === 401 ? ": give the admin token in HOLDFAST_ADMIN_TOKEN" : "";
  throw new CommandError(`${why}${fix}`, response.status === 400 ? exitCodes.usage : exitCodes.failed);
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of response.body ?? []) {
    const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split("\n");
    rest = lines.pop()!;
    yield* lines.filter((line) => line !== "");
  }
}

/** @throws CommandError for what is no url of a server */
function repositoryOf(url: string | undefined): string {
  try {
    return `${new URL(url!).origin.replace(/^ws/, "http")}/v2/repository`;
  } catch {
    throw new CommandError(`give the url of a server, such as http://127.0.0.1:8080\nsee: holdfast models --help`);
  }
}

function numberOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new CommandError(`--${name} is "${text}": give a number`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
