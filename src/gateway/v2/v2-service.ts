import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { readParameters } from "../../protocol/v2/infer-request.js";
import type { WrittenBody } from "../../protocol/v2/infer-response.js";
import { parseJson } from "../../protocol/v2/parse-json.js";
import type { ModelState, ServedModels } from "../../serving/repository/served-models.js";
import { type InferCall, infer } from "./infer.js";
import { modelConfig, modelMetadata, modelStatistics } from "./model-json.js";
import { type ServerReadiness, serverReadiness } from "./server-readiness.js";
import { swapOptionsOf } from "./swap-request.js";
import { tellSteps } from "./swap-stream.js";

/** What is told in the server's metadata; each is a page of Triton's protocol, and served here. */
export const extensions = [
  "classification",
  "sequence",
  "sequence(string_id)",
  "model_repository",
  "schedule_policy",
  "model_configuration",
  "binary_tensor_data",
  "parameters",
  "statistics",
] as const;

export interface V2ServiceRules {
  readonly models: ServedModels;
  readonly serverName: string;
  readonly serverVersion: string;
  readonly clock: Clock;
}

/** The Open Inference Protocol without its transport: each method answers one route, with what becomes its JSON. */
export class V2Service {
  readonly #rules: V2ServiceRules;

  constructor(rules: V2ServiceRules) {
    this.#rules = rules;
  }

  server() {
    const { serverName, serverVersion } = this.#rules;
    return { name: serverName, version: serverVersion, extensions };
  }

  ready(): ServerReadiness {
    return serverReadiness(this.models.index());
  }

  /** @throws HoldfastError UnknownModel; Unavailable while it is not loaded */
  metadata(model: string, version?: string) {
    return modelMetadata(this.models.describe(model, version));
  }

  /** @throws HoldfastError UnknownModel */
  modelReady(model: string, version?: string) {
    const { ready, state, reason } = this.models.readiness(model, version);
    return { name: model, ready, state, ...(reason === undefined ? {} : { reason }) };
  }

  /** @throws HoldfastError UnknownModel; Unavailable while it is not loaded */
  config(model: string, version?: string) {
    return modelConfig(this.models.describe(model, version));
  }

  /** @throws HoldfastError UnknownModel */
  statistics(model?: string, version?: string) {
    return modelStatistics(this.models.statistics(model, version));
  }

  /** @throws HoldfastError (rejects) InvalidValue naming the field; UnknownModel; what the model rejects with */
  infer(call: InferCall): Promise<WrittenBody> {
    return infer(this.models, call);
  }

  /** @param body `{ "ready": true }` for those that answer now; empty: all */
  index(body: Uint8Array): ModelState[] {
    const { ready = false } = readObject(body);
    if (typeof ready !== "boolean") throw invalid("ready", ready, "true or false");
    const all = this.models.index();
    const told = ready ? all.filter(({ state }) => state === "READY") : all;
    return told.map(({ name, version, state, reason = "" }) => ({ name, version, state, reason }));
  }

  /** @throws HoldfastError (rejects) UnknownModel, StartFailed, Unavailable; InvalidValue for a config or files */
  async load(model: string, body: Uint8Array): Promise<void> {
    const { version, ...parameters } = readParameters(readObject(body).parameters, "parameters");
    for (const name of Object.keys(parameters)) {
      // A model that comes with the request would be code from outside.
      if (name === "config" || name.startsWith("file:"))
        throw refused(`parameters.${name}`, "is not taken: models are loaded as they lie in the folder");
    }
    if (typeof version === "boolean") throw invalid("parameters.version", version, "the number of a version");
    await this.models.load(model, version === undefined ? {} : { version });
  }

  /** @throws HoldfastError (rejects) UnknownModel */
  async unload(model: string, body: Uint8Array): Promise<void> {
    readParameters(readObject(body).parameters, "parameters");
    await this.models.unload(model);
  }

  /**
   * Swaps a model, and writes its steps meanwhile; see tellSteps().
   * @throws HoldfastError (rejects) UnknownModel, Unavailable, InvalidValue, InvalidSpec before the first line
   */
  async swap(model: string, body: Uint8Array, write: (value: object) => void): Promise<Error | undefined> {
    const options = swapOptionsOf(readParameters(readObject(body).parameters, "parameters"));
    return tellSteps(this.#rules, model, () => this.models.swap(model, options), write);
  }

  /** The same of a rollback. @throws HoldfastError (rejects) UnknownModel, Unavailable before the first line */
  async rollback(model: string, body: Uint8Array, write: (value: object) => void): Promise<Error | undefined> {
    readParameters(readObject(body).parameters, "parameters");
    return tellSteps(this.#rules, model, () => this.models.rollback(model), write);
  }

  get models(): ServedModels {
    return this.#rules.models;
  }
}

/** The bodies of the repository's routes may be left out. */
function readObject(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) return {};
  const value = parseJson(body);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw invalid("the request", value, "an object");
}

function invalid(where: string, value: unknown, wanted: string): HoldfastError {
  return refused(where, `is ${shown(value)}: give ${wanted}`);
}

function refused(where: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidValue", `${where} ${problem}`, { details: { path: where } });
}
