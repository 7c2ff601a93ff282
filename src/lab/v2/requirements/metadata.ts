import { shown } from "../../../known-keys.js";
import { datatypes, isDatatype } from "../../../protocol/v2/datatypes.js";
import type { HttpAnswer } from "../http-exchange.js";
import { hasList, hasText, object, succeeded } from "../judge.js";
import { get, modelPath } from "../requests.js";
import { anyModel, ofModel, type Requirement, unmet } from "../requirement.js";

/** GET v2 and the metadata of models. */
export const metadata: readonly Requirement[] = [
  {
    id: "metadata.server",
    title: "the server tells its name and version",
    says: 'A successful server metadata request is indicated by a 200 HTTP status code. $metadata_server_response = { "name" : $string, "version" : $string, "extensions" : [ $string, ... ] }',
    source: "inference_rest.md",
    level: "required",
    requests: () => [get("v2")],
    judge([answer]) {
      succeeded(answer);
      const body = object(answer);
      hasText(body, "name");
      hasText(body, "version");
    },
  },
  {
    id: "metadata.extensions",
    title: "the server tells its extensions",
    says: "“extensions” : The extensions supported by the server.",
    source: "inference_rest.md",
    level: "required",
    requests: () => [get("v2")],
    judge([answer]) {
      succeeded(answer);
      const odd = hasList(object(answer), "extensions").find((one) => typeof one !== "string");
      if (odd !== undefined) unmet(`extensions has ${shown(odd)}, not text`);
    },
  },
  {
    id: "metadata.content-type",
    title: "JSON is called JSON",
    says: "The HTTP/REST API uses JSON because it is widely supported and language independent. (application/json)",
    source: "inference_rest.md",
    level: "required",
    requests: () => [get("v2")],
    judge: ([answer]) => calledJson(answer),
  },
  ofModel({
    id: "metadata.model",
    title: "a model tells its name, platform, inputs and outputs",
    says: '$metadata_model_response = { "name" : $string, "versions" : [ $string, ... ] #optional, "platform" : $string, "inputs" : [ $metadata_tensor, ... ], "outputs" : [ $metadata_tensor, ... ] }',
    source: "inference_rest.md",
    level: "required",
    on: anyModel,
    requests: (model) => [get(modelPath(model))],
    judge([answer], model) {
      succeeded(answer);
      const body = object(answer);
      const name = hasText(body, "name");
      if (name !== model.name) unmet(`name is "${name}", asked for was "${model.name}"`);
      hasText(body, "platform");
      hasList(body, "inputs");
      hasList(body, "outputs");
      if (body.versions === undefined) return;
      const odd = hasList(body, "versions").find((one) => typeof one !== "string");
      if (odd !== undefined) unmet(`versions has ${shown(odd)}, not text`);
    },
  }),
  ofModel({
    id: "metadata.tensors",
    title: "each input and output has a name, a datatype and a shape",
    says: '$metadata_tensor = { "name" : $string, "datatype" : $string, "shape" : [ $number, ... ] }. Variable-size dimensions are specified as -1.',
    source: "inference_rest.md",
    level: "required",
    on: anyModel,
    requests: (model) => [get(modelPath(model))],
    judge([answer]) {
      succeeded(answer);
      const body = object(answer);
      for (const side of ["inputs", "outputs"]) {
        for (const [i, port] of (hasList(body, side) as Record<string, unknown>[]).entries()) {
          const where = `${side}[${i}].`;
          hasText(port, "name", where);
          const datatype = hasText(port, "datatype", where);
          if (!isDatatype(datatype)) unmet(`${where}datatype is "${datatype}", none of ${datatypes.join(", ")}`);
          const wrong = hasList(port, "shape", where).find((dim) => !Number.isSafeInteger(dim) || (dim as number) < -1);
          if (wrong !== undefined) unmet(`${where}shape has ${shown(wrong)}: whole numbers, -1 where they vary`);
        }
      }
    },
  }),
  ofModel({
    id: "metadata.version",
    title: "the metadata of a version are there",
    says: "The model name and (optionally) version must be available in the URL.",
    source: "inference_rest.md",
    level: "required",
    on: anyModel,
    requests: (model) =>
      model.version === undefined ? `${model.name} names no versions` : [get(modelPath(model, "", model.version))],
    judge([answer], model) {
      succeeded(answer);
      const name = hasText(object(answer), "name");
      if (name !== model.name) unmet(`name is "${name}", asked for was "${model.name}"`);
    },
  }),
  ofModel({
    id: "configuration",
    title: "a model tells its configuration",
    says: "A successful model configuration request is indicated by a 200 HTTP status code. The contents of the response will be the JSON representation of the model's configuration.",
    source: "extension_model_configuration.md",
    level: "required",
    extension: "model_configuration",
    on: anyModel,
    requests: (model) => [get(modelPath(model, "/config"))],
    judge([answer]) {
      succeeded(answer);
      object(answer);
    },
  }),
];

/** @throws Unmet */
export function calledJson(answer: HttpAnswer | undefined): void {
  const type = answer?.headers["content-type"];
  if (!/^application\/json\b/i.test(type ?? "")) unmet(`Content-Type is ${shown(type)}, and the body is JSON`);
}
