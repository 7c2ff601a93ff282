import { milliseconds } from "../../duration.js";
import { type KeysOf, onlyKnownKeys } from "../../known-keys.js";
import type { Parameters } from "../../protocol/v2/infer-request.js";
import { bounded } from "./bounded.js";
import { exchange, failed, type Incoming, jsonOf, type Outgoing, succeed } from "./exchange.js";
import { compressed } from "./gzip.js";
import {
  checkInferOptions,
  inferAnswer,
  inferBody,
  type ServerAbilities,
  type V2Answer,
  type V2InferOptions,
  type V2RawArrays,
} from "./infer.js";
import type { V2Input } from "./input-tensor.js";
import {
  fields,
  indexOf,
  modelMetadata,
  serverMetadata,
  statisticsOf,
  type V2IndexEntry,
  type V2ModelMetadata,
  type V2ModelStatistics,
  type V2ServerMetadata,
} from "./messages.js";
import { modelPath, modelWords, type V2CallOptions } from "./model-call.js";
import { type V2ClientOptions, type V2Settings, v2Settings } from "./options.js";

/** A client of any server of the Open Inference Protocol (V2) over HTTP: holdfast, Triton, KServe, MLServer. */
export interface V2Client {
  /** Whether the server says that it lives. @throws (rejects) HoldfastError ConnectionLost, Timeout, Unauthorized */
  serverLive(options?: V2CallOptions): Promise<boolean>;
  /** Whether all its models would answer now. */
  serverReady(options?: V2CallOptions): Promise<boolean>;
  serverMetadata(options?: V2CallOptions): Promise<V2ServerMetadata>;
  /** Whether a model would answer now; false too for one that the server does not know. */
  modelReady(model: string, options?: V2CallOptions): Promise<boolean>;
  /** What a model takes and gives. @throws (rejects) HoldfastError UnknownModel */
  modelMetadata(model: string, options?: V2CallOptions): Promise<V2ModelMetadata>;
  /** Its configuration, in the server's own words (extension "model_configuration"). */
  modelConfig(model: string, options?: V2CallOptions): Promise<Readonly<Record<string, unknown>>>;
  /** What it did since the server started, by version; of all models where none is named (extension "statistics"). */
  statistics(model?: string, options?: V2CallOptions): Promise<readonly V2ModelStatistics[]>;
  /**
   * One inference.
   * @param inputs by name: a typed array, or `{ data, shape, datatype }`
   * @throws (rejects) HoldfastError: InvalidValue for inputs that are wrong, UnknownModel, Overloaded or Unavailable (with
   *   `retryAfterMs` where the server said it), Timeout, Cancelled, ConnectionLost, BadFrame for an answer that is none
   * @example
   * const answer = await client.infer("digits", { x: { data: pixels, shape: [1, 1, 28, 28] } }, { timeout: "2s" });
   * const scores = answer.output("scores", "FP32").data;
   */
  infer(model: string, inputs: Readonly<Record<string, V2Input>>, options?: V2InferOptions<false>): Promise<V2Answer>;
  infer(
    model: string,
    inputs: Readonly<Record<string, V2Input>>,
    options: V2InferOptions<true> & { readonly raw: true },
  ): Promise<V2Answer<V2RawArrays>>;
  /** The extension "model_repository". */
  readonly repository: {
    /** Every model that there is, loaded or not; with `ready`, those that would answer now. */
    index(options?: V2CallOptions & { readonly ready?: boolean }): Promise<readonly V2IndexEntry[]>;
    load(model: string, options?: V2RepositoryOptions): Promise<void>;
    unload(model: string, options?: V2RepositoryOptions): Promise<void>;
  };
}

export interface V2RepositoryOptions extends Omit<V2CallOptions, "version"> {
  readonly parameters?: Parameters;
}

const callKeys: KeysOf<V2CallOptions> = { version: true, timeout: true, signal: true };

/**
 * A client of a server that speaks the Open Inference Protocol (V2) over HTTP. It holds no connection: there is nothing to close.
 * @param url the server's, with a path before "/v2" where it has one
 * @throws HoldfastError InvalidSpec
 * @example
 * const client = v2Client("http://127.0.0.1:8080", { token });
 * const { outputs } = await client.infer("digits", { x: { data: pixels, shape: [1, 1, 28, 28] } });
 */
export function v2Client(url: string | URL, options: V2ClientOptions = {}): V2Client {
  return new HttpV2Client(v2Settings(url, options));
}

class HttpV2Client implements V2Client {
  readonly #settings: V2Settings;
  /** Asked for once; asked again where that failed. */
  #abilities: Promise<ServerAbilities> | undefined;

  constructor(settings: V2Settings) {
    this.#settings = settings;
  }

  serverLive(options?: V2CallOptions): Promise<boolean> {
    return this.#isTrue("server live", "/v2/health/live", options);
  }

  serverReady(options?: V2CallOptions): Promise<boolean> {
    return this.#isTrue("server ready", "/v2/health/ready", options);
  }

  async modelReady(model: string, options?: V2CallOptions): Promise<boolean> {
    const path = `${modelPath(model, options?.version)}/ready`;
    return this.#isTrue(`${modelWords(model, options?.version)} ready`, path, options);
  }

  async serverMetadata(options?: V2CallOptions): Promise<V2ServerMetadata> {
    const what = "server metadata";
    return serverMetadata(await this.#get(what, "/v2", options), what);
  }

  async modelMetadata(model: string, options?: V2CallOptions): Promise<V2ModelMetadata> {
    const what = `metadata of ${modelWords(model, options?.version)}`;
    return modelMetadata(await this.#get(what, modelPath(model, options?.version), options), what);
  }

  async modelConfig(model: string, options?: V2CallOptions): Promise<Readonly<Record<string, unknown>>> {
    const what = `config of ${modelWords(model, options?.version)}`;
    return fields(await this.#get(what, `${modelPath(model, options?.version)}/config`, options), what);
  }

  async statistics(model?: string, options?: V2CallOptions): Promise<readonly V2ModelStatistics[]> {
    const what = `statistics of ${model === undefined ? "all models" : modelWords(model, options?.version)}`;
    const path = model === undefined ? "/v2/models" : modelPath(model, options?.version);
    return statisticsOf(await this.#get(what, `${path}/stats`, options), what);
  }

  async infer(
    model: string,
    inputs: Readonly<Record<string, V2Input>>,
    options: V2InferOptions = {},
  ): Promise<V2Answer & V2Answer<V2RawArrays>> {
    checkInferOptions(options);
    const what = `infer ${modelWords(model, options.version)}`;
    const path = `${modelPath(model, options.version)}/infer`;
    const timeoutMs = this.#timeout(options);
    const { clock, gzip } = this.#settings;
    const since = clock.now();
    return this.#bounded(what, false, options, async (signal) => {
      const abilities = await this.#able();
      const plain = inferBody(inputs, options, timeoutMs - (clock.now() - since), abilities);
      const sent = (options.gzip ?? gzip) ? await compressed(plain) : plain;
      const incoming = await succeed(this.#settings, { what, method: "POST", path, asks: false, ...sent }, signal);
      return inferAnswer(incoming, what, model, options.raw ?? false) as V2Answer & V2Answer<V2RawArrays>;
    });
  }

  readonly repository = {
    index: async (options: V2CallOptions & { readonly ready?: boolean } = {}): Promise<readonly V2IndexEntry[]> => {
      const { ready, ...call } = options;
      const what = "repository index";
      const body = ready === undefined ? {} : { ready };
      const json = await this.#post(what, "/v2/repository/index", body, call, true);
      return indexOf(jsonOf(json.body, what), what);
    },
    load: (model: string, options: V2RepositoryOptions = {}): Promise<void> => this.#control("load", model, options),
    unload: (model: string, options: V2RepositoryOptions = {}): Promise<void> =>
      this.#control("unload", model, options),
  };

  async #control(verb: "load" | "unload", model: string, { parameters, ...call }: V2RepositoryOptions): Promise<void> {
    const path = `${modelPath(model, undefined).replace("/v2/", "/v2/repository/")}/${verb}`;
    await this.#post(`${verb} ${model}`, path, parameters === undefined ? {} : { parameters }, call, false);
  }

  /** A health endpoint: 200 is true, and no answer at all, or one that is not about health, is neither. */
  #isTrue(what: string, path: string, options: V2CallOptions = {}): Promise<boolean> {
    onlyKnownKeys(options, callKeys, what);
    const request: Outgoing = { what, method: "GET", path, asks: true };
    return this.#bounded(what, true, options, async (signal) => {
      const answer = await exchange(this.#settings, request, signal);
      if (answer.status === 401 || answer.status === 403) throw failed(this.#settings, request, answer);
      return answer.status === 200;
    });
  }

  async #get(what: string, path: string, options: V2CallOptions = {}): Promise<unknown> {
    onlyKnownKeys(options, callKeys, what);
    const request: Outgoing = { what, method: "GET", path, asks: true };
    const answer = await this.#bounded(what, true, options, (signal) => succeed(this.#settings, request, signal));
    return jsonOf(answer.body, what);
  }

  #post(what: string, path: string, json: object, options: V2CallOptions, asks: boolean): Promise<Incoming> {
    onlyKnownKeys(options, callKeys, what);
    const body = new TextEncoder().encode(JSON.stringify(json));
    const headers = { "content-type": "application/json" };
    const request: Outgoing = { what, method: "POST", path, headers, body, asks };
    return this.#bounded(what, asks, options, (signal) => succeed(this.#settings, request, signal));
  }

  async #bounded<T>(
    what: string,
    asks: boolean,
    options: V2CallOptions,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.#settings;
    return bounded({ clock, timeoutMs: this.#timeout(options), signal: options.signal, what, asks }, run);
  }

  #timeout({ timeout }: V2CallOptions): number {
    return timeout === undefined ? this.#settings.timeoutMs : milliseconds(timeout, "timeout");
  }

  /** One request for all who wait; each of them has a limit of its own. */
  #able(): Promise<ServerAbilities> {
    this.#abilities ??= this.#ask().catch((error: unknown) => {
      this.#abilities = undefined;
      throw error;
    });
    return this.#abilities;
  }

  async #ask(): Promise<ServerAbilities> {
    const what = "server metadata";
    const request: Outgoing = { what, method: "GET", path: "/v2", asks: true };
    const answer = await this.#bounded(what, true, {}, (signal) => exchange(this.#settings, request, signal));
    if (/40[13]|429|50[234]/.test(`${answer.status}`)) throw failed(this.#settings, request, answer);
    // A server, or a gateway before it, that tells nothing about itself can what every one can.
    if (answer.status >= 300) return { binary: false, schedules: false };
    const { extensions } = serverMetadata(jsonOf(answer.body, what), what);
    return { binary: extensions.includes("binary_tensor_data"), schedules: extensions.includes("schedule_policy") };
  }
}
