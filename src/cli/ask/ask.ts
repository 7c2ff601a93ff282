import { readFile } from "node:fs/promises";
import { connect } from "../../client/node.js";
import { isHoldfastError } from "../../errors.js";
import type { ExposedActor } from "../../protocol/frames.js";
import { fromWire } from "../../protocol/values.js";
import { CommandError, durationOption, exitCodes, parseCommand } from "../command.js";
import { isWav } from "../media/wav.js";
import { helpText } from "../terminal/help-text.js";
import { askAudio } from "./ask-audio.js";
import { askModel } from "./ask-model.js";

const help = `holdfast ask <url> <actor> [method] [arguments as JSON …] [options]

Calls an actor that a server exposes. With --file the server's hint says what to do with it:
an audio file (.wav) is streamed in chunks, an image (.png) is sent whole, a request to a model (.json) is read.
A model alone tells its inputs and outputs; with JSON it is asked: '{ "input": [[1, 2]] }', lists as deep as its shape,
or { "shape": [1, 3, 224, 224], "fill": 0 }.

  --file PATH      a file for the actor
  --key KEY        which actor of a keyed group
  --timeout TIME   how long to wait for an answer: 500ms, 30s (default), 2m; a stream waits as long for a server that
                   went away, a single call hears of its end at once
  --json           results as JSON, one a line
  -h, --help
  --               what follows are arguments, also if they begin with "-"

Environment: HOLDFAST_TOKEN, where the server asks for one.

  holdfast ask http://127.0.0.1:8080 speech --file clip.wav
  holdfast ask http://127.0.0.1:8080 read --file line.png --json
  holdfast ask http://127.0.0.1:8080 counter add 5 --key mine
  holdfast ask http://127.0.0.1:8080 digits '{ "image": { "shape": [1, 1, 28, 28], "fill": 0 } }' --json
`;

/** `holdfast ask`. */
export async function ask(args: string[]): Promise<number> {
  const { values, positionals } = parseCommand("ask", args, {
    file: { type: "string" },
    key: { type: "string" },
    timeout: { type: "string" },
    json: { type: "boolean" },
  });
  if (values.help) {
    process.stdout.write(helpText(help));
    return exitCodes.ok;
  }
  const [url, name, method, ...words] = positionals;
  if (url === undefined || name === undefined)
    throw new CommandError("ask needs a url and an actor\nsee: holdfast ask --help");
  const file = values.file === undefined ? undefined : await read(values.file);
  const timeout = durationOption("timeout", values.timeout ?? "30s");
  const { HOLDFAST_TOKEN: token } = process.env;
  // What is streamed is taken up again by a server that comes back; one call would only wait for it in silence.
  const streams = file !== undefined && method === undefined && isWav(file);
  const client = await connect(url, {
    ...(token ? { token } : {}),
    ...(values.timeout === undefined ? {} : { connectTimeout: timeout }),
    ...(streams ? {} : { reconnect: false }),
    name: "holdfast ask",
  });
  try {
    const exposed = client.exposes[name];
    if (!exposed) {
      const known = Object.keys(client.exposes).join(", ");
      throw new CommandError(`${url} exposes no "${name}", but ${known}`, exitCodes.failed);
    }
    const media = exposed.media;
    const key = values.key === undefined ? {} : { key: values.key };
    if (file && media?.kind === "audio" && method === undefined) {
      return await askAudio(client, name, media, file, { ...key, timeout, json: values.json ?? false });
    }
    if (media?.kind === "tensors" && (method === undefined || !Object.hasOwn(exposed.methods, method))) {
      return await askModel(client, {
        url,
        name,
        text: file ? file.toString() : method,
        timeout,
        json: values.json ?? false,
      });
    }
    const call = file
      ? { method: method ?? media?.method, args: [new Uint8Array(file)] }
      : { method, args: words.map(argument) };
    if (call.method === undefined) throw new CommandError(`say which method of ${name}: ${methodsOf(exposed)}`);
    const callers = client.ref<Record<string, (...args: unknown[]) => unknown>>(name).with({ ...key, timeout }).ask;
    const answer = callers[call.method]!(...call.args) as unknown;
    if (exposed.methods[call.method]?.stream)
      for await (const part of answer as AsyncIterable<unknown>) print(part, values.json);
    else print(await answer, values.json);
    return exitCodes.ok;
  } catch (error) {
    if (values.key === undefined && isHoldfastError(error, "InvalidValue") && error.details.keyed === true) {
      throw new CommandError(`${name} has one actor per key: say which one, --key KEY`);
    }
    throw error;
  } finally {
    client.close();
  }
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new CommandError(`cannot read ${path}: ${(error as Error).message}`);
  }
}

/**
 * JSON where it is JSON, text otherwise: `5` is a number, `five` is "five", `{"dtype":"float32","shape":[2],"data":"…"}`
 * (data in base64) a Float32Array. @throws CommandError for what begins like JSON and is none
 */
function argument(text: string, index: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    if (!/^\s*["[{]/.test(text)) return text;
    throw new CommandError(`argument ${index + 1} begins like JSON and is none: ${(error as Error).message}`);
  }
  return fromWire(value, "text", `argument ${index + 1}`);
}

function methodsOf(exposed: ExposedActor): string {
  return Object.keys(exposed.methods).join(", ");
}

function print(value: unknown, json = false): void {
  const text = (value as { text?: unknown } | null)?.text;
  if (!json && typeof value === "string") console.log(value);
  else if (!json && typeof text === "string") console.log(text);
  else console.log(JSON.stringify(value, plain));
}

/** Typed arrays as lists, bigints as text: what JSON has no form for. */
function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return ArrayBuffer.isView(value) && !(value instanceof DataView) ? [...(value as Uint8Array)] : value;
}
