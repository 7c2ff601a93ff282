import type { HttpRequest } from "../http-exchange.js";
import { refused } from "../judge.js";
import { infer, modelPath, plainJson, post, raw } from "../requests.js";
import { ofModel, type Requirement } from "../requirement.js";
import type { TestedModel } from "../subject.js";

const failedSentence =
  "A failed inference request must be indicated by an HTTP error status (typically 400). The HTTP body must contain the $inference_error_response object.";

/** How a request is wrong: what is sent instead of the plainest one; text says why that cannot be tried on the model. */
interface Wrong {
  readonly id: string;
  readonly title: string;
  readonly says?: string;
  readonly level?: "expected";
  send(model: TestedModel): HttpRequest | string;
}

/** The plainest request with its first input changed. */
const withInput = (change: (input: Record<string, unknown>) => Record<string, unknown>) => (model: TestedModel) => {
  const json = plainJson(model);
  return post(modelPath(model, "/infer"), {
    ...json,
    inputs: json.inputs.map((one, at) => (at === 0 ? change(one) : one)),
  });
};

const withJson = (change: (json: ReturnType<typeof plainJson>) => unknown) => (model: TestedModel) =>
  post(modelPath(model, "/infer"), change(plainJson(model)));

const withText = (text: string) => (model: TestedModel) => raw(modelPath(model, "/infer"), text);

const elementsSentence = "Tensor data must be presented in row-major order of the tensor elements.";
const shapeSentence = "Each dimension must be an integer representable as an unsigned 64-bit integer value.";
const datatypeSentence = "The data-type of the input tensor elements as defined in Tensor Data Types.";
const inputsSentence = "“inputs” : The inputs required by the model.";

/** Requests that are wrong, one way each: all of them have to be refused, in words. */
const wrongs: readonly Wrong[] = [
  { id: "no-json", title: "a body that is no JSON", send: withText('{"inputs": [') },
  { id: "empty-body", title: "an empty body", send: withText("") },
  { id: "no-object", title: "JSON that is no object", send: withText("[1, 2]") },
  {
    id: "no-inputs",
    title: "a request without inputs",
    says: inputsSentence,
    send: withJson(({ inputs: _, ...rest }) => rest),
  },
  {
    id: "inputs-no-list",
    title: "inputs that are no list",
    send: withJson((json) => ({ ...json, inputs: { ...json.inputs[0] } })),
  },
  {
    id: "missing-input",
    title: "an input that is missing",
    says: inputsSentence,
    send: withJson((json) => ({ ...json, inputs: json.inputs.slice(1) })),
  },
  {
    id: "unknown-input",
    title: "an input that the model does not have",
    says: inputsSentence,
    send: withInput((input) => ({ ...input, name: "no-such-input-6f1e" })),
  },
  { id: "nameless-input", title: "an input without a name", send: withInput(({ name: _, ...rest }) => rest) },
  {
    id: "twice-the-same-input",
    title: "an input that is there twice",
    level: "expected",
    send: withJson((json) => ({ ...json, inputs: [...json.inputs, json.inputs[0]] })),
  },
  {
    id: "unknown-output",
    title: "an output that the model does not have",
    says: "The output tensors requested for this inference.",
    send: withJson((json) => ({ ...json, outputs: [{ name: "no-such-output-6f1e" }] })),
  },
  {
    id: "twice-the-same-output",
    title: "an output that is asked for twice",
    level: "expected",
    send: (model) => {
      const [output] = model.outputs;
      return output
        ? infer(model, { outputs: [{ name: output.name }, { name: output.name }] })
        : "its metadata name no output";
    },
  },
  {
    id: "too-few-elements",
    title: "fewer elements than the shape has",
    says: elementsSentence,
    send: withInput((input) => ({ ...input, data: (input.data as unknown[]).slice(1) })),
  },
  {
    id: "too-many-elements",
    title: "more elements than the shape has",
    says: elementsSentence,
    send: withInput((input) => ({ ...input, data: [...(input.data as unknown[]), (input.data as unknown[])[0]] })),
  },
  {
    id: "no-data",
    title: "an input without data",
    says: elementsSentence,
    send: withInput(({ data: _, ...rest }) => rest),
  },
  {
    id: "rank",
    title: "a shape with more dimensions than the model's",
    says: "“shape” : The shape of the tensor.",
    send: withInput((input) => ({ ...input, shape: [1, 1, 1, ...(input.shape as number[])] })),
  },
  {
    id: "negative-dimension",
    title: "a negative dimension",
    says: shapeSentence,
    send: withInput((input) => ({ ...input, shape: (input.shape as number[]).map((dim) => -dim) })),
  },
  {
    id: "fractional-dimension",
    title: "a dimension that is no whole number",
    says: shapeSentence,
    level: "expected",
    send: withInput((input) => ({ ...input, shape: (input.shape as number[]).map((dim) => dim + 0.5) })),
  },
  {
    id: "huge-dimension",
    title: "a shape of more elements than there is memory",
    says: shapeSentence,
    send: withInput((input) => ({ ...input, shape: [4_294_967_296, ...(input.shape as number[]).slice(1)] })),
  },
  {
    id: "no-shape",
    title: "an input without a shape",
    says: shapeSentence,
    send: withInput(({ shape: _, ...rest }) => rest),
  },
  {
    id: "datatype",
    title: "a datatype that is not the model's",
    says: datatypeSentence,
    send: withInput((input) => ({ ...input, datatype: input.datatype === "INT16" ? "UINT16" : "INT16" })),
  },
  {
    id: "unknown-datatype",
    title: "a datatype that there is not",
    says: datatypeSentence,
    send: withInput((input) => ({ ...input, datatype: "FP33" })),
  },
  {
    id: "no-element",
    title: "an element that is none of the datatype",
    says: "The server can decide to coerce each element to the required type or return an error if an unexpected value is received.",
    level: "expected",
    send: withInput((input) => ({ ...input, data: (input.data as unknown[]).map(() => ({ not: "an element" })) })),
  },
  {
    id: "deep-json",
    title: "JSON of ten thousand levels",
    level: "expected",
    send: withText(`{"inputs": ${"[".repeat(10_000)}${"]".repeat(10_000)}}`),
  },
  {
    id: "unknown-model",
    title: "a model that is not there",
    says: "The model name and (optionally) version must be available in the URL.",
    send: (model) => ({ ...infer(model), path: modelPath({ name: "no-such-model-6f1e" }, "/infer") }),
  },
  {
    id: "unknown-version",
    title: "a version that is not there",
    says: "The model name and (optionally) version must be available in the URL.",
    send: (model) =>
      model.version === undefined ? `${model.name} names no versions` : infer(model, { version: "987654" }),
  },
];

const refusals = wrongs.map(({ id, title, says, level, send }) =>
  ofModel({
    id: `refused.${id}`,
    title: `${title} is refused`,
    says: says === undefined ? failedSentence : `${says} ${failedSentence}`,
    source: "inference_rest.md",
    level: level ?? "required",
    requests(model) {
      const request = send(model);
      return typeof request === "string" ? request : [request];
    },
    judge: ([answer]) => refused(answer),
  }),
);

/** Requests that are wrong, and that the server is none the worse for them. */
export const wrongRequests: readonly Requirement[] = [
  ...refusals,
  ofModel({
    id: "refused.as-the-callers-fault",
    title: "what a caller did wrong is answered by 4xx",
    says: "An HTTP error status (typically 400).",
    source: "inference_rest.md",
    level: "expected",
    requests: (model) =>
      wrongs
        .filter((wrong) => ["no-json", "missing-input", "too-few-elements", "unknown-model"].includes(wrong.id))
        .map((wrong) => wrong.send(model) as HttpRequest),
    judge(answers) {
      for (const answer of answers) refused(answer, (status) => status < 500);
    },
  }),
];
