import { list, object, refused, succeeded } from "../judge.js";
import { get, modelPath } from "../requests.js";
import { anyModel, ofModel, type Requirement, unmet } from "../requirement.js";

/** GET v2/health/… and the readiness of models. */
export const health: readonly Requirement[] = [
  {
    id: "health.live",
    title: "the server says that it lives",
    says: "The “server live” API indicates if the inference server is able to receive and respond to metadata and inference requests.",
    source: "inference_rest.md",
    level: "required",
    requests: () => [get("v2/health/live")],
    judge: ([answer]) => succeeded(answer),
  },
  {
    id: "health.ready",
    title: "the server says that it is ready",
    says: "The “server ready” health API indicates if all the models are ready for inferencing.",
    source: "inference_rest.md",
    level: "required",
    requests: () => [get("v2/health/ready")],
    judge: ([answer]) => succeeded(answer),
  },
  {
    id: "health.body",
    title: "what health says in words is what its status says",
    says: 'A 200 status code indicates true. $ready_server_response = { "live" : $bool }',
    source: "inference_rest.md",
    level: "expected",
    requests: () => [get("v2/health/live"), get("v2/health/ready")],
    judge(answers) {
      for (const answer of answers) {
        if (answer.body.length === 0 || !/json/.test(answer.headers["content-type"] ?? "")) continue;
        const body = object(answer);
        for (const name of ["live", "ready"]) {
          if (body[name] !== undefined && body[name] !== true) unmet(`the status is 200, and ${name} is ${body[name]}`);
        }
      }
    },
  },
  ofModel({
    id: "health.model",
    title: "a model says that it is ready",
    says: "The “model ready” health API indicates if a specific model is ready for inferencing.",
    source: "inference_rest.md",
    level: "required",
    on: anyModel,
    requests: (model) => [get(modelPath(model, "/ready"))],
    judge: ([answer]) => succeeded(answer),
  }),
  ofModel({
    id: "health.version",
    title: "a version of a model says that it is ready",
    says: "GET v2/models/<model_name>[/versions/<model_version>]/ready",
    source: "inference_rest.md",
    level: "required",
    on: anyModel,
    requests: (model) =>
      model.version === undefined
        ? `${model.name} names no versions`
        : [get(modelPath(model, "/ready", model.version))],
    judge: ([answer]) => succeeded(answer),
  }),
  {
    id: "health.unknown-model",
    title: "a model that is not there is not ready",
    says: "A 200 status code indicates true and a 4xx status code indicates false.",
    source: "required_api.md",
    level: "required",
    requests: () => [get(modelPath({ name: "no-such-model-6f1e" }, "/ready"))],
    judge([answer]) {
      if (!answer || answer.status < 400) unmet(`the status is ${answer?.status} for a model that nobody knows`);
    },
  },
  {
    id: "metadata.unknown-model",
    title: "there are no metadata of a model that is not there",
    says: "A failed model metadata request must be indicated by an HTTP error status (typically 400). The HTTP body must contain the $metadata_model_error_response object.",
    source: "inference_rest.md",
    level: "required",
    requests: () => [get(modelPath({ name: "no-such-model-6f1e" }))],
    judge: ([answer]) => refused(answer),
  },
  {
    id: "repository.index",
    title: "the index lists models by name and state",
    says: "The index API returns information about every model available in a model repository, even if it is not currently loaded into Triton.",
    source: "extension_model_repository.md",
    level: "required",
    extension: "model_repository",
    requests: () => [
      {
        ...get("v2/repository/index"),
        method: "POST",
        headers: { "content-type": "application/json" },
        body: new TextEncoder().encode("{}"),
      },
    ],
    judge([answer]) {
      succeeded(answer);
      for (const [i, entry] of list(answer).entries()) {
        if (typeof entry?.name !== "string") unmet(`[${i}].name is no text`);
        for (const name of ["version", "state", "reason"]) {
          if (entry[name] !== undefined && typeof entry[name] !== "string") unmet(`[${i}].${name} is no text`);
        }
      }
    },
  },
];
