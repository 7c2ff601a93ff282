import { HoldfastError } from "../../errors.js";
import type { V2Tensor } from "../../protocol/v2/infer-request.js";
import type { HttpAnswer, HttpExchange, HttpRequest } from "./http-exchange.js";
import { get, infer, modelPath, post } from "./requests.js";
import { sampleInputs, trySizes } from "./sample-inputs.js";
import type { Port, Subject, TestedModel } from "./subject.js";

export interface FindOptions {
  /** The only model to be tried. Default: all that the index lists as ready. */
  readonly model?: string | undefined;
  /** What that model takes, where zeros of the declared shape are not it. */
  readonly inputs?: readonly V2Tensor[] | undefined;
  readonly mayReload: boolean;
}

/** Enough to find one of each kind, few enough to be waited for. */
const MOST_MODELS = 20;

/**
 * Looks at a server before it is judged: what it says of itself, its models, and which inputs they take. What it says wrong is
 * passed over here; the checks will find it.
 * @throws (rejects) HoldfastError ConnectionLost where nobody answers
 */
export async function findSubject(exchange: HttpExchange, options: FindOptions): Promise<Subject> {
  const first = await exchange.send(get("v2")).catch((error: Error) => {
    throw new HoldfastError("ConnectionLost", error.message, { retryable: true, cause: error });
  });
  if (first.status === 401 || first.status === 403) {
    throw new HoldfastError("Unauthorized", `it answers ${first.status}`, { details: { status: first.status } });
  }
  const { name, version, extensions } = record(first);
  const known = Array.isArray(extensions) ? extensions.filter((one) => typeof one === "string") : [];
  const names = options.model === undefined ? await listed(exchange) : [options.model];
  const models: TestedModel[] = [];
  for (const one of names?.slice(0, MOST_MODELS) ?? []) {
    const model = await look(exchange, one, known.includes("binary_tensor_data"), options.inputs);
    if (model) models.push(model);
  }
  return {
    name: typeof name === "string" ? name : "?",
    version: typeof version === "string" ? version : "?",
    extensions: known,
    models: [...models.filter(({ sample }) => sample), ...models.filter(({ sample }) => !sample)],
    noModel: names ? noneWords(options.model) : "the server has no index of its models: name one with --model",
    mayReload: options.mayReload,
  };
}

function noneWords(model: string | undefined): string {
  return model === undefined ? "the server has no model that is ready" : `there are no metadata of a model "${model}"`;
}

/** The names of the models that are ready; undefined where there is no index. */
async function listed(exchange: HttpExchange): Promise<readonly string[] | undefined> {
  const answer = await quietly(exchange, post("v2/repository/index", {}));
  if (answer?.status !== 200) return undefined;
  const entries = json(answer);
  if (!Array.isArray(entries)) return undefined;
  const ready = entries.filter((one) => one?.state === undefined || one.state === "READY");
  return [...new Set(ready.map((one) => one?.name).filter((one) => typeof one === "string"))];
}

async function look(
  exchange: HttpExchange,
  name: string,
  binary: boolean,
  given: readonly V2Tensor[] | undefined,
): Promise<TestedModel | undefined> {
  const answer = await quietly(exchange, get(modelPath({ name })));
  if (answer?.status !== 200) return undefined;
  const { versions, inputs, outputs } = record(answer);
  const model = {
    name,
    version: Array.isArray(versions) && typeof versions[0] === "string" ? versions[0] : undefined,
    inputs: portsOf(inputs),
    outputs: portsOf(outputs),
    sample: undefined,
    trouble: undefined,
  };
  let trouble = "its metadata do not say what its inputs are";
  const tries = given ? [given] : trySizes.map((size) => sampleInputs(model.inputs, size));
  for (const sample of distinct(tries)) {
    const asked = infer(
      { ...model, sample },
      { binary, ...(binary ? { parameters: { binary_data_output: true } } : {}) },
    );
    const got = await quietly(exchange, asked);
    if (got?.status === 200) return { ...model, sample };
    trouble = got ? `${got.status} ${new TextDecoder().decode(got.body.subarray(0, 200))}` : "no answer";
  }
  return { ...model, trouble };
}

/** Where no dimension varies all sizes make the same inputs. */
function distinct(tries: readonly (readonly V2Tensor[] | undefined)[]): readonly (readonly V2Tensor[])[] {
  const seen = new Set<string>();
  return tries.filter((one): one is readonly V2Tensor[] => {
    const key = JSON.stringify(one?.map(({ shape }) => shape));
    if (one === undefined || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function portsOf(given: unknown): readonly Port[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((port: Partial<Record<keyof Port, unknown>> | null) => {
    const { name, datatype, shape } = port ?? {};
    const isPort = typeof name === "string" && typeof datatype === "string" && Array.isArray(shape);
    return isPort ? [{ name, datatype, shape: shape.map(Number) }] : [];
  });
}

async function quietly(exchange: HttpExchange, request: HttpRequest): Promise<HttpAnswer | undefined> {
  return exchange.send(request).catch(() => undefined);
}

function json(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.body));
  } catch {
    return undefined;
  }
}

function record(answer: HttpAnswer): Record<string, unknown> {
  const value = json(answer);
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
