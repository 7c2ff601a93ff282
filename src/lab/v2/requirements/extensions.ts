import type { HttpAnswer } from "../http-exchange.js";
import { hasCount, hasList, hasText, inferred, list, object, refused, succeeded } from "../judge.js";
import { get, infer, modelPath, post } from "../requests.js";
import { ofModel, type Requirement, unmet } from "../requirement.js";

const durations = ["success", "fail", "queue", "compute_input", "compute_infer", "compute_output"];

/** Statistics, repository, classification, schedule policy: for servers that say that they have them. */
export const extensions: readonly Requirement[] = [
  {
    id: "statistics.all",
    title: "statistics of all models",
    says: 'If not provided Triton will return the statistics for all versions of all models. $stats_model_response = { "model_stats" : [ $model_stat, ... ] }',
    source: "extension_statistics.md",
    level: "required",
    extension: "statistics",
    requests: () => [get("v2/models/stats")],
    judge: ([answer]) => void statsOf(answer),
  },
  ofModel({
    id: "statistics.model",
    title: "statistics of a model, with counts and times",
    says: "A successful statistics request is indicated by a 200 HTTP status code. The response object, identified as $stats_model_response, is returned in the HTTP body.",
    source: "extension_statistics.md",
    level: "required",
    extension: "statistics",
    requests: (model) => [get(modelPath(model, "/stats"))],
    judge([answer], model) {
      const stats = statsOf(answer);
      if (stats.length === 0) unmet("model_stats is empty");
      for (const [i, stat] of stats.entries()) {
        const where = `model_stats[${i}].`;
        if (hasText(stat, "name", where) !== model.name) unmet(`${where}name is "${stat.name}"`);
        for (const name of ["last_inference", "inference_count", "execution_count"]) hasCount(stat, name, where);
        const times = stat.inference_stats as Record<string, Record<string, unknown>> | undefined;
        for (const name of durations) {
          hasCount(times?.[name] ?? {}, "count", `${where}inference_stats.${name}.`);
          hasCount(times?.[name] ?? {}, "ns", `${where}inference_stats.${name}.`);
        }
        hasList(stat, "batch_stats", where);
      }
    },
  }),
  ofModel({
    id: "statistics.counts",
    title: "an inference counts",
    says: "“success” : The count and cumulative duration for all successful inference requests.",
    source: "extension_statistics.md",
    level: "required",
    extension: "statistics",
    requests: (model) => [get(modelPath(model, "/stats")), infer(model), infer(model), get(modelPath(model, "/stats"))],
    judge([before, , , after]) {
      const [was, is] = [before, after].map((answer) => total(statsOf(answer)));
      // Others may call it meanwhile.
      if (!(is! >= was! + 2)) unmet(`success.count went from ${was} to ${is} over two inferences`);
    },
  }),
  {
    id: "statistics.unknown-model",
    title: "there are no statistics of a model that is not there",
    says: "A failed statistics request will be indicated by an HTTP error status (typically 400). The HTTP body must contain the $repository_statistics_error_response object.",
    source: "extension_statistics.md",
    level: "required",
    extension: "statistics",
    requests: () => [get("v2/models/no-such-model-6f1e/stats")],
    judge: ([answer]) => refused(answer),
  },
  {
    id: "repository.ready",
    title: "the index of what is ready lists nothing else",
    says: '"ready" : Optional, default is false. If true return only models ready for inferencing.',
    source: "extension_model_repository.md",
    level: "required",
    extension: "model_repository",
    requests: () => [post("v2/repository/index", { ready: true })],
    judge([answer]) {
      succeeded(answer);
      const other = list(answer).find(({ state }) => state !== undefined && state !== "READY");
      if (other) unmet(`${other.name} is ${other.state}`);
    },
  },
  {
    id: "repository.unknown-model",
    title: "a model that is not there cannot be loaded",
    says: "A failed load request must be indicated by an HTTP error status (typically 400). The HTTP body must contain the $repository_load_error_response object.",
    source: "extension_model_repository.md",
    level: "required",
    extension: "model_repository",
    requests: () => [post("v2/repository/models/no-such-model-6f1e/load", {})],
    judge: ([answer]) => refused(answer),
  },
  ofModel({
    id: "repository.reload",
    title: "a model is unloaded, is not ready then, and is loaded again",
    says: "A successful load request is indicated by a 200 HTTP status. A successful unload request is indicated by a 200 HTTP status.",
    source: "extension_model_repository.md",
    level: "required",
    extension: "model_repository",
    requests(model, { mayReload }) {
      if (!mayReload) return "it takes the model away from whoever uses it: allow it with --reload";
      const control = (verb: string) => post(`v2/repository/models/${encodeURIComponent(model.name)}/${verb}`, {});
      const ready = get(modelPath(model, "/ready"));
      return [control("unload"), ready, control("load"), ready, infer(model)];
    },
    judge([unloaded, gone, loaded, back, answer], model) {
      succeeded(unloaded);
      if (gone?.status === 200) unmet("it is ready after it was unloaded");
      succeeded(loaded);
      succeeded(back);
      inferred(answer, model);
    },
  }),
  ofModel({
    id: "classification",
    title: 'an output as its highest elements: "value:index"',
    says: "The “classification” parameter, when applied to a requested inference output, be recognized: $number indicating the number of classes that should be returned for the output.",
    source: "extension_classification.md",
    level: "required",
    extension: "classification",
    on: {
      words: "one with an output of numbers",
      fits: ({ outputs, sample }) => sample !== undefined && outputs.length > 0 && outputs.every(isNumbers),
    },
    requests: (model) => [
      infer(model, { outputs: [{ name: model.outputs[0]!.name, parameters: { classification: 1 } }] }),
    ],
    judge([answer], model) {
      const { name } = model.outputs[0]!;
      const { outputs } = inferred(answer, {
        ...model,
        outputs: [{ name, datatype: "BYTES", shape: shapeIn(answer, name) }],
      });
      const texts = (outputs[0]?.data ?? []) as readonly Uint8Array[];
      const odd = [...texts]
        .map((bytes) => new TextDecoder().decode(bytes))
        .find((text) => !/^[^:]+:\d+(:.*)?$/s.test(text));
      if (odd !== undefined) unmet(`an element is ${JSON.stringify(odd)}, not "value:index"`);
      if (texts.length === 0) unmet("there is no element");
    },
  }),
  ofModel({
    id: "schedule-policy",
    title: "priority and timeout are understood",
    says: "“priority” : int64 parameter indicating the priority of the request. “timeout” : int64 parameter indicating the timeout value for the request, in microseconds.",
    source: "extension_schedule_policy.md",
    level: "required",
    extension: "schedule_policy",
    requests: (model) => [infer(model, { parameters: { priority: 1, timeout: 10_000_000 } })],
    judge: ([answer], model) => void inferred(answer, model),
  }),
];

const isNumbers = ({ datatype }: { readonly datatype: string }) => /^(U?INT\d+|FP32|FP64)$/.test(datatype);

function statsOf(answer: HttpAnswer | undefined): readonly Record<string, unknown>[] {
  succeeded(answer);
  return hasList(object(answer), "model_stats") as Record<string, unknown>[];
}

function total(stats: readonly Record<string, unknown>[]): number {
  type Timed = { readonly success?: { readonly count?: unknown } };
  return stats.reduce((sum, stat) => sum + Number((stat.inference_stats as Timed)?.success?.count ?? 0), 0);
}

/** Its shape is not that of the metadata. */
function shapeIn(answer: HttpAnswer | undefined, name: string): readonly number[] {
  succeeded(answer);
  const outputs = hasList(object(answer), "outputs") as { name?: unknown; shape?: readonly number[] }[];
  return outputs.find((output) => output.name === name)?.shape ?? [];
}
