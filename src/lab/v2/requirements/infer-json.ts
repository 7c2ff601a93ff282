import { type Datatype, datatypes } from "../../../protocol/v2/datatypes.js";
import { hasOutputs, hasText, inferred, object, succeeded } from "../judge.js";
import { infer, modelPath, plainJson, post } from "../requests.js";
import { anyModel, ofModel, type Requirement, several, takes, unmet } from "../requirement.js";
import { sampleInputs } from "../sample-inputs.js";
import { calledJson } from "./metadata.js";

/** One inference with an input of each datatype that the models take. */
const ofDatatype = (datatype: Datatype): Requirement =>
  ofModel({
    id: `infer.datatype.${datatype}`,
    title: `${datatype} in JSON`,
    says: "Each element of the array may be an integer, floating-point number, string or boolean value.",
    source: "required_api.md",
    // "Note that fp16 is problematic to communicate explicitly": servers may refuse it.
    level: datatype === "FP16" || datatype === "BF16" ? "expected" : "required",
    on: takes(datatype),
    requests: (model) => [infer(model)],
    judge: ([answer], model) => void inferred(answer, model),
  });

/** POST v2/models/…/infer in JSON. */
export const inferJson: readonly Requirement[] = [
  ofModel({
    id: "infer.sample",
    title: "a model takes what its metadata say that it takes",
    says: "“inputs” : The inputs required by the model.",
    source: "inference_rest.md",
    level: "required",
    on: anyModel,
    requests(model, { extensions }) {
      const inputs = model.sample ?? sampleInputs(model.inputs, 1) ?? [];
      return [infer(model, { inputs, binary: extensions.includes("binary_tensor_data") })];
    },
    judge([answer], model) {
      if (model.sample) succeeded(answer);
      else unmet(`none of the inputs made from the metadata was taken (${model.trouble}): give some with --inputs`);
    },
  }),
  ofModel({
    id: "infer.json",
    title: "an inference is answered with all outputs, as the metadata describe them",
    says: "Optional, if not specified all outputs produced by the model will be returned using default $request_output settings.",
    source: "inference_rest.md",
    level: "required",
    requests: (model) => [infer(model)],
    judge([answer], model) {
      const response = inferred(answer, model);
      hasOutputs(
        response,
        model.outputs.map(({ name }) => name),
      );
      if (response.outputs.some(({ binary }) => binary)) unmet("outputs are binary, and nobody asked for that");
    },
  }),
  ofModel({
    id: "infer.content-type",
    title: "a JSON answer is called JSON",
    says: "HTTP/1.1 200 OK, Content-Type: application/json",
    source: "inference_rest.md",
    level: "required",
    requests: (model) => [infer(model)],
    judge([answer]) {
      succeeded(answer);
      calledJson(answer);
    },
  }),
  ofModel({
    id: "infer.model-name",
    title: "the answer names the model",
    says: '"model_name" : The name of the model used for inference.',
    source: "inference_rest.md",
    level: "required",
    requests: (model) => [infer(model)],
    judge([answer], model) {
      succeeded(answer);
      const name = hasText(object(answer), "model_name");
      if (name !== model.name) unmet(`model_name is "${name}", asked was "${model.name}"`);
    },
  }),
  ofModel({
    id: "infer.id",
    title: "the id of the request comes back",
    says: "An identifier for this request. Optional, but if specified this identifier must be returned in the response.",
    source: "inference_rest.md",
    level: "required",
    requests: (model) => [infer(model, { id: "check-42" })],
    judge([answer], model) {
      const { id } = inferred(answer, model);
      if (id !== "check-42") unmet(`id is ${JSON.stringify(id)}, given was "check-42"`);
    },
  }),
  ofModel({
    id: "infer.version",
    title: "a version of a model answers, and says which",
    says: "“model_version” : The specific model version used for inference.",
    source: "inference_rest.md",
    level: "required",
    requests: (model) =>
      model.version === undefined ? `${model.name} names no versions` : [infer(model, { version: model.version })],
    judge([answer], model) {
      const { version } = inferred(answer, model);
      if (version !== model.version) unmet(`model_version is ${JSON.stringify(version)}, asked was "${model.version}"`);
    },
  }),
  ofModel({
    id: "infer.nested",
    title: "data may be nested as the shape is",
    says: "Tensor elements may be presented in their nature multi-dimensional representation, or as a flattened one-dimensional representation.",
    source: "required_api.md",
    level: "required",
    requests(model) {
      const json = plainJson(model);
      const inputs = json.inputs.map((input) => ({
        ...input,
        data: nested(input.data as unknown[], input.shape as number[]),
      }));
      return [post(modelPath(model, "/infer"), { ...json, inputs })];
    },
    judge: ([answer], model) => void inferred(answer, model),
  }),
  ofModel({
    id: "infer.parameters",
    title: "parameters that a server does not know are no error",
    says: "“parameters” : An object containing zero or more parameters for this inference request expressed as key/value pairs.",
    source: "inference_rest.md",
    level: "expected",
    requests: (model) => [infer(model, { parameters: { check_text: "a", check_number: 1, check_flag: true } })],
    judge: ([answer], model) => void inferred(answer, model),
  }),
  ofModel({
    id: "infer.outputs",
    title: "only the outputs that are asked for come",
    says: "The output tensors requested for this inference.",
    source: "inference_rest.md",
    level: "required",
    on: several("outputs"),
    requests: (model) => [infer(model, { outputs: [{ name: model.outputs[1]!.name }] })],
    judge: ([answer], model) => hasOutputs(inferred(answer, model), [model.outputs[1]!.name]),
  }),
  ofModel({
    id: "infer.input-order",
    title: "inputs are known by their names, in any order",
    says: '"name" : The name of the input tensor.',
    source: "inference_rest.md",
    level: "required",
    on: several("inputs"),
    requests: (model) => [infer(model, { inputs: [...model.sample!].reverse() })],
    judge: ([answer], model) => void inferred(answer, model),
  }),
  ...datatypes.map(ofDatatype),
];

function nested(data: readonly unknown[], shape: readonly number[]): unknown {
  const [size, ...rest] = shape;
  if (size === undefined) return data;
  if (rest.length === 0) return data;
  const each = data.length / size;
  return Array.from({ length: size }, (_, at) => nested(data.slice(at * each, (at + 1) * each), rest));
}
