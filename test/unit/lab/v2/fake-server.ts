import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, inflateSync } from "node:zlib";
import { onTestFinished } from "vitest";
import { classified } from "../../../../src/protocol/v2/classify.js";
import { type InferRequest, readInferRequest, type V2Tensor } from "../../../../src/protocol/v2/infer-request.js";
import { writeInferResponse } from "../../../../src/protocol/v2/infer-response.js";
import { parseJson } from "../../../../src/protocol/v2/parse-json.js";
import { HEADER_LENGTH, splitBody } from "../../../../src/protocol/v2/split-body.js";
import { type FakeModel, fakeModels } from "./fake-models.js";

/** A request as the fake understood it. */
export interface Got {
  readonly method: string;
  /** As it came. */
  readonly url: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Decompressed. */
  readonly body: Buffer;
  /** The JSON part; undefined where there is none. */
  readonly json: unknown;
}

/** An answer before it is sent. `json` is written before `tail`. */
export interface Sent {
  status: number;
  headers: Record<string, string>;
  json?: unknown;
  tail: Uint8Array;
}

/** How a fake is wrong: it changes what a correct one would send. */
export type Mutation = (sent: Sent, got: Got) => Sent | undefined;

export interface Hooks {
  /** Changes what a request says before it is looked at. */
  readonly before?: (got: Got) => Got;
  /** Answers itself, below HTTP; true when it did. */
  readonly raw?: (got: Got, response: ServerResponse) => boolean;
}

export interface FakeServer {
  readonly url: string;
  readonly requests: Got[];
}

/** A correct V2 server of two models, in as few lines as it takes: "echo" of every datatype, and "sum" of two inputs. */
export async function fakeServer(mutation?: Mutation, { before, raw }: Hooks = {}) {
  const requests: Got[] = [];
  const state = fakeModels();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const came = understood(request, Buffer.concat(chunks));
    const got = before?.(came) ?? came;
    requests.push(got);
    if (raw?.(got, response)) return;
    let sent: Sent;
    try {
      sent = answer(got, state);
    } catch (error) {
      const status = (error as { status?: number }).status ?? 400;
      sent = json({ error: (error as Error).message }, status);
    }
    send(mutation?.(sent, got) ?? sent, got, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests } satisfies FakeServer;
}

function understood(request: IncomingMessage, bytes: Buffer): Got {
  const { method = "", url = "/", headers } = request;
  const encoding = headers["content-encoding"];
  let body = bytes;
  let parsed: unknown;
  try {
    body = encoding === "gzip" ? gunzipSync(bytes) : encoding === "deflate" ? inflateSync(bytes) : bytes;
    parsed = parseJson(splitBody(body, headers[HEADER_LENGTH] as string | undefined).json);
  } catch {
    parsed = undefined;
  }
  return { method, url, path: decodeURIComponent(new URL(url, "http://x").pathname), headers, body, json: parsed };
}

function json(value: unknown, status = 200): Sent {
  return { status, headers: { "content-type": "application/json" }, json: value, tail: new Uint8Array() };
}

const says = (status: number, message: string) => Object.assign(new Error(message), { status });

const fixed: Record<string, (models: ReadonlyMap<string, FakeModel>, got: Got) => unknown> = {
  "GET /v2/health/live": () => ({ live: true }),
  "GET /v2/health/ready": () => ({ ready: true }),
  "GET /v2": () => ({ name: "fake", version: "1", extensions }),
  "GET /v2/models/stats": (models) => ({ model_stats: [...models].map(statistics) }),
  "POST /v2/repository/index": (models, got) =>
    [...models]
      .map(([name, { ready }]) => ({ name, version: "1", state: ready ? "READY" : "UNAVAILABLE", reason: "" }))
      .filter(({ state }) => state === "READY" || (got.json as { ready?: boolean } | undefined)?.ready !== true),
};

const extensions = [
  "binary_tensor_data",
  "classification",
  "model_configuration",
  "model_repository",
  "schedule_policy",
  "statistics",
];

function answer(got: Got, models: Map<string, FakeModel>): Sent {
  const known = fixed[`${got.method === "HEAD" ? "GET" : got.method} ${got.path}`];
  if (known) return json(known(models, got));
  const control = /^\/v2\/repository\/models\/([^/]+)\/(load|unload)$/.exec(got.path);
  const place = /^\/v2\/models\/([^/]+)(?:\/versions\/([^/]+))?(\/\w+)?$/.exec(got.path);
  const model = models.get((control ?? place)?.[1] ?? "");
  if (!control && !place) throw says(404, `there is nothing at ${got.path}`);
  if (!model) throw says(404, `there is no model "${(control ?? place)![1]}"`);
  if (control) {
    model.ready = control[2] === "load";
    return json({});
  }
  const [, name, version = "1", what = ""] = place!;
  if (version !== "1") throw says(404, `"${name}" has no version ${version}`);
  const verb = what === "/infer" ? "POST" : "GET";
  if (got.method !== verb && got.method !== "HEAD") throw says(405, `${got.path} takes ${verb}`);
  switch (what) {
    case "":
      return json({ name, versions: ["1"], platform: "fake", inputs: model.inputs, outputs: model.outputs });
    case "/ready":
      return json({ name, ready: model.ready }, model.ready ? 200 : 503);
    case "/config":
      return json({ name, platform: "fake" });
    case "/stats":
      return json({ model_stats: [statistics([name!, model])] });
    case "/infer":
      return infer(got, name!, model);
    default:
      throw says(404, `there is nothing at ${got.path}`);
  }
}

function infer(got: Got, name: string, model: FakeModel): Sent {
  if (!model.ready) throw says(503, `"${name}" is not loaded`);
  const { binary } = splitBody(got.body, got.headers[HEADER_LENGTH] as string | undefined);
  const request = readInferRequest(got.json, binary);
  const outputs = model.run(request.inputs);
  model.count += 1;
  const wanted = request.outputs ?? outputs.map(({ name: one }) => ({ name: one, binary: undefined, classes: 0 }));
  const written = writeInferResponse({
    model: name,
    version: "1",
    id: request.id,
    outputs: wanted.map((one) => ({ ...outputOf(one, outputs), binary: one.binary ?? request.binaryOutputs })),
  });
  const { headerBytes, parts } = written;
  return {
    status: 200,
    headers: {
      "content-type": headerBytes === undefined ? "application/json" : "application/octet-stream",
      ...(headerBytes === undefined ? {} : { [HEADER_LENGTH]: String(headerBytes) }),
    },
    json: parseJson(parts[0]!),
    tail: Buffer.concat(parts.slice(1)),
  };
}

function outputOf(
  { name, classes }: NonNullable<InferRequest["outputs"]>[number],
  outputs: readonly V2Tensor[],
): V2Tensor {
  const output = outputs.find((one) => one.name === name);
  if (!output) throw new Error(`the model has no output "${name}"`);
  return classes > 0 ? classified(output, classes, true) : output;
}

function statistics([name, { count }]: [string, FakeModel]) {
  const took = { count, ns: count * 1000 };
  const names = ["success", "fail", "queue", "compute_input", "compute_infer", "compute_output", "cache_hit"];
  return {
    name,
    version: "1",
    last_inference: 0,
    inference_count: count,
    execution_count: count,
    inference_stats: Object.fromEntries(names.map((one) => [one, took])),
    batch_stats: [{ batch_size: 1, compute_input: took, compute_infer: took, compute_output: took }],
  };
}

function send(sent: Sent, got: Got, response: ServerResponse): void {
  const head = sent.json === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(sent.json));
  const body = Buffer.concat([head, sent.tail]);
  // A mutation may have written the JSON part anew.
  const split = sent.headers[HEADER_LENGTH];
  const headers = split === undefined || split.startsWith("+") ? {} : { [HEADER_LENGTH]: String(head.length) };
  const lie = split?.startsWith("+") ? { [HEADER_LENGTH]: String(head.length + Number(split)) } : {};
  response.writeHead(sent.status, { "content-length": String(body.length), ...sent.headers, ...headers, ...lie });
  response.end(got.method === "HEAD" ? undefined : body);
}
