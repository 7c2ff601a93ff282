import type { Client } from "../../client/client.js";
import { isHoldfastError } from "../../errors.js";
import type { LetterFilter } from "../../system/letters/dead-letters.js";
import { CommandError, durationOption, exitCodes, parseCommand, wholeNumber } from "../command.js";
import { urlOf } from "../connection/reach.js";
import { reachAdmin, reachAdminHelp } from "../connection/reach-admin.js";
import { helpText } from "../terminal/help-text.js";
import { terminal } from "../terminal/terminal.js";
import { oneLine } from "../terminal/terminal-text.js";
import { letterLines, letterTable } from "./letter-lines.js";

const help = `holdfast dead-letters <url> [options]
holdfast dead-letters <url> show <id>
holdfast dead-letters <url> retry|discard <id> … [options]
holdfast dead-letters <url> retry|discard --all [options]

Messages that nobody will handle: tells that were lost or refused, and messages that killed twice and are quarantined. Nothing
of what they carry is shown: form, size and digest instead. A retry sends one again, as a new message with an outcome of its own;
one that killed is quarantined again at its first kill.

  --path PATH      of this branch only: models/speech
  --method NAME    of this method only
  --reason REASON  poison, MailboxFull, ActorStopped, …
  --limit N        the newest so many; default 100, at most 1000 (with retry and discard: all)
  --all            all that fit, oldest first
  --within TIME    how long each retry may take: 30s (default)
  --json           a line of JSON for each letter, or for each outcome: { "id", "outcome", "code", "message" }; with --all the
                   counts { "succeeded", "failed", "refused" } or { "discarded" }
${reachAdminHelp}
  -h, --help

Environment: HOLDFAST_ADMIN_TOKEN. NO_COLOR: without colour.

Exit codes: 0 done, 1 no server there, a wrong token, no such letter, or one that failed again, 2 wrong option or url.

  holdfast dead-letters http://127.0.0.1:8080 --reason MailboxFull
  holdfast dead-letters http://127.0.0.1:8080 retry 12
`;

/** `holdfast dead-letters`. */
export async function deadLetters(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("dead-letters", args, {
    path: { type: "string" },
    method: { type: "string" },
    reason: { type: "string" },
    limit: { type: "string" },
    all: { type: "boolean" },
    within: { type: "string" },
    json: { type: "boolean" },
    token: { type: "string" },
    timeout: { type: "string" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [url, act = "list", ...named] = urlOf("dead-letters", positionals, 1000);
  const ids = named.map(letterId);
  const { all = false, json = false, path, method, reason } = values;
  const limit = wholeNumber("limit", values.limit, 1, 1000);
  const filter: LetterFilter = {
    ...(path === undefined ? {} : { path }),
    ...(method === undefined ? {} : { method }),
    ...(reason === undefined ? {} : { reason }),
    ...(limit === undefined ? {} : { limit }),
  };
  refuseOdd(act, ids, all, Object.keys(filter).length > 0);
  const withinMs = durationOption("within", values.within ?? "30s");
  const client = await reachAdmin({ command: "dead-letters", url, ...values });
  const job = { client, url, ids, filter, json, withinMs };
  try {
    if (act === "list") return await list(job);
    if (act === "show") return await show(job);
    if (act === "retry") return all ? await retryAll(job) : await each(job, "retried", retryOne);
    return all ? await discardAll(job) : await each(job, "discarded", discardOne);
  } finally {
    client.close();
  }
}

interface Job {
  readonly client: Client;
  readonly url: string;
  readonly ids: readonly number[];
  readonly filter: LetterFilter;
  readonly json: boolean;
  readonly withinMs: number;
}

async function list({ client, filter, json }: Job): Promise<number> {
  const letters = await client.admin.deadLetters.list(filter);
  if (json) for (const letter of letters) console.log(JSON.stringify(letter));
  else {
    const { width, paint } = terminal();
    console.log(letterTable(letters, width, paint).join("\n"));
  }
  return exitCodes.ok;
}

async function show({ client, url, ids, json }: Job): Promise<number> {
  const letter = await client.admin.deadLetters.get(ids[0]!);
  if (!letter) throw new CommandError(`${url} has no dead letter ${ids[0]}`, exitCodes.failed);
  const { width, paint } = terminal();
  console.log(json ? JSON.stringify(letter) : letterLines(letter, width, paint).join("\n"));
  return exitCodes.ok;
}

/** One after the other: what fails is told, and the others are done all the same. */
async function each({ ids, json, ...job }: Job, done: string, act: typeof retryOne): Promise<number> {
  let failed = false;
  for (const id of ids) {
    const error = await act({ ids, json, ...job }, id).catch((thrown: unknown) => {
      if (isHoldfastError(thrown) && thrown.code !== "ConnectionLost") return thrown;
      throw thrown;
    });
    failed ||= error !== undefined;
    const outcome = error ? { id, outcome: "failed", code: error.code, message: error.message } : { id, outcome: done };
    if (json) console.log(JSON.stringify(outcome));
    else console.log(`letter ${id} ${error ? `failed: ${error.code}: ${oneLine(error.message)}` : `is ${done}`}`);
  }
  return failed ? exitCodes.failed : exitCodes.ok;
}

async function retryOne({ client, withinMs }: Job, id: number): Promise<{ code: string; message: string } | undefined> {
  await client.admin.deadLetters.retry(id, { timeout: withinMs });
  return undefined;
}

async function discardOne({ client }: Job, id: number): ReturnType<typeof retryOne> {
  if (await client.admin.deadLetters.discard(id)) return undefined;
  return { code: "InvalidValue", message: "there is no such letter" };
}

async function retryAll({ client, filter, withinMs, json }: Job): Promise<number> {
  const { succeeded, failed, refused } = await client.admin.deadLetters.retryAll(filter, { timeout: withinMs });
  if (json) console.log(JSON.stringify({ succeeded, failed, refused }));
  else console.log(`${succeeded} succeeded, ${failed} failed again, ${refused} could not be sent again`);
  return failed + refused > 0 ? exitCodes.failed : exitCodes.ok;
}

async function discardAll({ client, filter, json }: Job): Promise<number> {
  const discarded = await client.admin.deadLetters.discardAll(filter);
  console.log(json ? JSON.stringify({ discarded }) : `${discarded} discarded`);
  return exitCodes.ok;
}

/** @throws CommandError */
function refuseOdd(act: string, ids: readonly number[], all: boolean, filtered: boolean): void {
  const see = "see: holdfast dead-letters --help";
  if (!["list", "show", "retry", "discard"].includes(act)) {
    throw new CommandError(`"${act}" is none of list, show, retry and discard\n${see}`);
  }
  if (act === "list" && (ids.length > 0 || all)) throw new CommandError(`list takes no number, and no --all\n${see}`);
  if (act === "show" && (ids.length !== 1 || all)) throw new CommandError(`show takes one number of a letter\n${see}`);
  if (act !== "retry" && act !== "discard") return;
  if (all === ids.length > 0) throw new CommandError(`${act} takes numbers of letters, or --all\n${see}`);
  if (!all && filtered)
    throw new CommandError(`--path, --method, --reason and --limit are for --all and for list\n${see}`);
}

function letterId(text: string): number {
  if (!/^\d{1,15}$/.test(text))
    throw new CommandError(`"${text}" is no number of a dead letter\nsee: holdfast dead-letters --help`);
  return Number(text);
}
