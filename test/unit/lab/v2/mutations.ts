import { gzipSync } from "node:zlib";
import { datatypes } from "../../../../src/protocol/v2/datatypes.js";
import { HEADER_LENGTH } from "../../../../src/protocol/v2/split-body.js";
import type { Got, Hooks, Mutation, Sent } from "./fake-server.js";

/** A server that is wrong in one way, and the requirement by which that has to be found. */
export interface Broken {
  readonly what: string;
  readonly found: string;
  readonly after?: Mutation;
  readonly before?: Hooks["before"];
}

type Json = Record<string, unknown>;

const status = (sent: Sent, code: number): Sent => ({
  ...sent,
  status: code,
  json: { error: "broken" },
  tail: new Uint8Array(),
});
const body = (sent: Sent, change: (json: Json) => unknown): Sent => ({ ...sent, json: change(sent.json as Json) });
const without = (name: string) => (json: Json) =>
  Object.fromEntries(Object.entries(json).filter(([one]) => one !== name));
const typed = (sent: Sent, type: string): Sent => ({ ...sent, headers: { ...sent.headers, "content-type": type } });

/** The mutation where a request is of that kind and was answered well. */
const at =
  (path: RegExp, change: (sent: Sent, got: Got) => Sent): Mutation =>
  (sent, got) =>
    path.test(got.path) && sent.status === 200 ? change(sent, got) : undefined;

const infer = /\/infer$/;
const requestOf = ({ json }: Got) =>
  (json ?? {}) as { inputs?: Json[]; outputs?: Json[]; parameters?: Json; id?: string };

/** An inference that a server refuses, although it is right. */
const refuses = (what: string, found: string, which: (got: Got) => boolean): Broken => ({
  what,
  found,
  after: at(infer, (sent, got) => (which(got) ? status(sent, 400) : sent)),
});

/** A server that overlooks a field of the request. */
const overlooks = (what: string, found: string, look: (json: ReturnType<typeof requestOf>) => Json): Broken => ({
  what,
  found,
  before: (got) => (infer.test(got.path) && got.json ? { ...got, json: look(requestOf(got)) } : got),
});

const answers = (what: string, found: string, path: RegExp, change: (sent: Sent, got: Got) => Sent): Broken => ({
  what,
  found,
  after: at(path, change),
});

/** Every refusal is a requirement of its own; these two servers fail all of them. */
const refusal = (found: string): Broken[] => [
  {
    what: `answers ${found} with 200`,
    found,
    after: (sent) => (sent.status >= 400 ? { ...sent, status: 200 } : undefined),
  },
  {
    what: `answers ${found} with an object for an error`,
    found,
    after: (sent) => (sent.status >= 400 ? { ...sent, json: { error: { message: "no" } } } : undefined),
  },
];

const firstOutput = (change: (output: Json) => unknown) => (json: Json) => ({
  ...json,
  outputs: (json.outputs as Json[]).map((output, i) => (i === 0 ? change(output) : output)),
});

/** The bytes of one output are short by one element, and say so. */
const shortOf =
  (name: string) =>
  (sent: Sent): Sent =>
    body(sent, (json) => ({
      ...json,
      outputs: (json.outputs as Json[]).map((output) => (output.name === name ? { ...output, shape: [1, 3] } : output)),
    }));

/** Broken for good after something that should not have harmed it. */
function stunned(): Broken {
  let isStunned = false;
  return {
    what: "is down after deep JSON",
    found: "http.nothing-disturbed",
    before(got) {
      isStunned ||= got.body.length >= 20_000 && infer.test(got.path);
      return got;
    },
    after: (sent) => (isStunned ? status(sent, 500) : undefined),
  };
}

/** Says that its binary answers are shorter than they are, once it is known what its models take. */
function short(): Broken {
  let asked = 0;
  return answers("counts its body short", "binary.content-length", infer, (sent) => {
    asked += 1;
    if (asked <= 2 || sent.tail.length === 0) return sent;
    return { ...sent, headers: { ...sent.headers, "content-length": "200", connection: "close" } };
  });
}

/** All of them. Made anew, because some remember. */
export const brokenServers = (): readonly Broken[] => [
  answers("does not live", "health.live", /live$/, (sent) => status(sent, 503)),
  answers("is not ready", "health.ready", /health\/ready$/, (sent) => status(sent, 503)),
  answers("says 200 and false", "health.body", /live$/, (sent) => ({ ...sent, json: { live: false } })),
  answers("has no readiness of models", "health.model", /models\/\w+\/ready$/, (sent) => status(sent, 404)),
  answers("has no readiness of versions", "health.version", /versions\/1\/ready$/, (sent) => status(sent, 404)),
  {
    what: "is ready for whatever is asked",
    found: "health.unknown-model",
    after: (sent, got) => (got.path.endsWith("/ready") ? { ...sent, status: 200 } : undefined),
  },
  answers("does not say its version", "metadata.server", /^\/v2$/, (sent) => body(sent, without("version"))),
  answers("has one extension in text", "metadata.extensions", /^\/v2$/, (sent) =>
    body(sent, (json) => ({ ...json, extensions: "statistics" })),
  ),
  answers("calls its metadata text", "metadata.content-type", /^\/v2$/, (sent) => typed(sent, "text/plain")),
  answers("does not say the platform", "metadata.model", /models\/(echo|sum)$/, (sent) =>
    body(sent, without("platform")),
  ),
  answers("has numbers for versions", "metadata.model", /models\/(echo|sum)$/, (sent) =>
    body(sent, (json) => ({ ...json, versions: [1] })),
  ),
  answers("has names for varying sizes", "metadata.tensors", /models\/(echo|sum)$/, (sent) =>
    body(sent, (json) => ({
      ...json,
      outputs: (json.outputs as Json[]).map((port) => ({ ...port, shape: ["batch", 4] })),
    })),
  ),
  answers("has a datatype of its own", "metadata.tensors", /models\/(echo|sum)$/, (sent) =>
    body(sent, (json) => ({
      ...json,
      outputs: (json.outputs as Json[]).map((port) => ({ ...port, datatype: "float32" })),
    })),
  ),
  answers("knows no versions", "metadata.version", /versions\/1$/, (sent) => status(sent, 404)),
  answers("has no configuration", "configuration", /config$/, (sent) => ({ ...sent, json: [] })),
  refuses("takes no input at all", "infer.sample", () => true),
  answers("forgets an output", "infer.json", infer, (sent, got) =>
    got.headers[HEADER_LENGTH] ? sent : body(sent, (json) => ({ ...json, outputs: (json.outputs as Json[]).slice(1) })),
  ),
  answers("has an output of another shape", "infer.json", infer, (sent) =>
    body(
      sent,
      firstOutput((output) => ({ ...output, shape: [4] })),
    ),
  ),
  answers("calls JSON text", "infer.content-type", infer, (sent) =>
    sent.tail.length > 0 ? sent : typed(sent, "text/html"),
  ),
  answers("does not name the model", "infer.model-name", infer, (sent) => body(sent, without("model_name"))),
  overlooks("forgets the id", "infer.id", ({ id: _, ...rest }) => rest),
  answers("does not say which version", "infer.version", infer, (sent) => body(sent, without("model_version"))),
  refuses("takes flat data only", "infer.nested", (got) =>
    Boolean(requestOf(got).inputs?.some(({ data }) => Array.isArray((data as unknown[])?.[0]))),
  ),
  refuses(
    "refuses parameters that it does not know",
    "infer.parameters",
    (got) => requestOf(got).parameters?.check_text !== undefined,
  ),
  overlooks("sends all outputs, whatever is asked", "infer.outputs", ({ outputs: _, ...rest }) => rest),
  refuses("takes inputs by their place", "infer.input-order", (got) => requestOf(got).inputs?.[0]?.name === "b"),
  ...datatypes.flatMap((datatype) => [
    answers(
      `answers ${datatype} with too few elements`,
      `infer.datatype.${datatype}`,
      infer,
      shortOf(`out_${datatype}`),
    ),
    answers(
      `answers ${datatype} with too few elements`,
      `binary.datatype.${datatype}`,
      infer,
      shortOf(`out_${datatype}`),
    ),
  ]),
  refuses(
    "takes no binary inputs where JSON is wanted",
    "binary.inputs",
    (got) => got.headers[HEADER_LENGTH] !== undefined && !requestOf(got).parameters,
  ),
  overlooks("knows no binary_data_output", "binary.outputs", ({ parameters: _, ...rest }) => rest),
  overlooks("knows no binary_data", "binary.one-output", (json) => ({
    ...json,
    ...(json.outputs ? { outputs: json.outputs.map(({ name }) => ({ name })) } : {}),
  })),
  refuses("takes all inputs in one form", "binary.mixed", (got) => {
    const forms = requestOf(got).inputs?.map(({ data }) => data === undefined);
    return (forms?.includes(true) && forms.includes(false)) ?? false;
  }),
  answers("has its bytes the other way round", "binary.same", infer, (sent) => ({
    ...sent,
    tail: Uint8Array.from(sent.tail, (byte) => byte ^ 1),
  })),
  answers("calls binary data JSON", "binary.content-type", infer, (sent) => typed(sent, "application/json")),
  short(),
  answers("lies about its JSON part", "binary.outputs", infer, (sent) =>
    sent.tail.length === 0 ? sent : { ...sent, headers: { ...sent.headers, [HEADER_LENGTH]: "+4" } },
  ),
  answers("has no length of its JSON part", "binary.outputs", infer, (sent) => ({
    ...sent,
    headers: { "content-type": "application/octet-stream" },
  })),
  {
    what: "says that everything is its own fault",
    found: "refused.as-the-callers-fault",
    after: (sent) => (sent.status >= 400 ? { ...sent, status: 500 } : undefined),
  },
  answers("lists names alone", "repository.index", /index$/, (sent) => ({
    ...sent,
    json: (sent.json as Json[]).map(({ name }) => name),
  })),
  answers("lists what is not ready", "repository.ready", /index$/, (sent) => ({
    ...sent,
    json: [...(sent.json as Json[]), { name: "x", state: "UNAVAILABLE" }],
  })),
  {
    what: "goes on with what was unloaded",
    found: "repository.reload",
    after: (sent, got) => (/models\/(sum|echo)\/ready$/.test(got.path) ? { ...sent, status: 200 } : undefined),
  },
  answers("has no list of statistics", "statistics.all", /models\/stats$/, (sent) => ({ ...sent, json: {} })),
  answers("has times without counts", "statistics.model", /\w+\/stats$/, (sent) =>
    body(sent, (json) => ({
      model_stats: (json.model_stats as Json[]).map((stat) => ({ ...stat, inference_stats: { success: { ns: 1 } } })),
    })),
  ),
  answers("does not count", "statistics.counts", /stats$/, (sent) =>
    body(sent, (json) => ({
      model_stats: (json.model_stats as Json[]).map((stat) => ({
        ...stat,
        inference_stats: { success: { count: 5 } },
      })),
    })),
  ),
  overlooks("knows no classes", "classification", (json) => ({
    ...json,
    ...(json.outputs ? { outputs: json.outputs.map(({ parameters: _, ...rest }) => rest) } : {}),
  })),
  refuses("refuses a priority", "schedule-policy", (got) => requestOf(got).parameters?.priority !== undefined),
  {
    what: "looks for queries in paths",
    found: "http.query",
    after: (sent, got) => (got.url.includes("?") ? status(sent, 404) : undefined),
  },
  refuses("looks for queries in the paths of inferences", "http.query-of-infer", (got) => got.url.includes("?")),
  {
    what: "leaves names escaped",
    found: "http.escaped-name",
    after: (sent, got) => (got.url.includes("%") ? status(sent, 404) : undefined),
  },
  {
    what: "knows no HEAD",
    found: "http.head",
    after: (sent, got) => (got.method === "HEAD" ? status(sent, 405) : undefined),
  },
  {
    what: "closes each connection",
    found: "http.keep-alive",
    after: (sent) => ({ ...sent, headers: { ...sent.headers, connection: "close" } }),
  },
  {
    what: "closes the connection of who was wrong",
    found: "http.keep-alive-after-refusal",
    after: (sent) => (sent.status >= 400 ? { ...sent, headers: { ...sent.headers, connection: "close" } } : undefined),
  },
  refuses("wants a length", "http.chunked", (got) => got.headers["transfer-encoding"] === "chunked"),
  refuses("knows no gzip", "http.gzip", (got) => got.headers["content-encoding"] === "gzip"),
  refuses("knows no deflate", "http.deflate", (got) => got.headers["content-encoding"] === "deflate"),
  answers("compresses for everybody", "http.accept-encoding", infer, (sent) => ({
    ...sent,
    headers: { ...sent.headers, "content-encoding": "gzip" },
    json: undefined,
    tail: gzipSync(Buffer.concat([Buffer.from(JSON.stringify(sent.json)), sent.tail])),
  })),
  {
    what: "breaks at GET",
    found: "http.method",
    after: (sent, got) => (got.method === "GET" && infer.test(got.path) ? status(sent, 500) : undefined),
  },
  {
    what: "answers everything below /v2",
    found: "http.unknown-path",
    after: (sent) => (sent.status === 404 ? { ...sent, status: 200 } : undefined),
  },
  stunned(),
  ...["metadata.unknown-model", "repository.unknown-model", "statistics.unknown-model", "http.corrupt-gzip"].flatMap(
    refusal,
  ),
  ...refusedIds.flatMap(refusal),
];

/** What the two servers of `refusal` are held to beside those that are written out above. */
const refusedIds = [
  "refused.no-json",
  "refused.empty-body",
  "refused.no-object",
  "refused.no-inputs",
  "refused.inputs-no-list",
  "refused.missing-input",
  "refused.unknown-input",
  "refused.nameless-input",
  "refused.twice-the-same-input",
  "refused.unknown-output",
  "refused.twice-the-same-output",
  "refused.too-few-elements",
  "refused.too-many-elements",
  "refused.no-data",
  "refused.rank",
  "refused.negative-dimension",
  "refused.fractional-dimension",
  "refused.huge-dimension",
  "refused.no-shape",
  "refused.datatype",
  "refused.unknown-datatype",
  "refused.no-element",
  "refused.deep-json",
  "refused.unknown-model",
  "refused.unknown-version",
  "binary.header-too-long",
  "binary.header-too-short",
  "binary.header-no-number",
  "binary.header-negative",
  "binary.truncated",
  "binary.too-much",
  "binary.size-and-shape",
  "binary.bytes-length",
];
