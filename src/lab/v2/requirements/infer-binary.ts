import { type Datatype, datatypes } from "../../../protocol/v2/datatypes.js";
import { HEADER_LENGTH } from "../../../protocol/v2/split-body.js";
import type { HttpRequest } from "../http-exchange.js";
import { hasOutputs, inferred, refused, succeeded } from "../judge.js";
import { infer } from "../requests.js";
import {
  type ModelRequirement,
  ofModel,
  type Requirement,
  runs,
  several,
  speaksJson,
  takes,
  unmet,
} from "../requirement.js";
import type { TestedModel } from "../subject.js";

const allBinary = { binary: true, parameters: { binary_data_output: true } } as const;

const binary = (requirement: Omit<ModelRequirement, "source" | "extension" | "level"> & { level?: "expected" }) =>
  ofModel({
    source: "extension_binary_data.md",
    extension: "binary_tensor_data",
    level: "required",
    on: runs,
    ...requirement,
  });

/** The same request with other headers, or another body. */
const changed = (request: HttpRequest, change: { length?: string; body?: Uint8Array }): HttpRequest => ({
  ...request,
  headers: { ...request.headers, ...(change.length === undefined ? {} : { [HEADER_LENGTH]: change.length }) },
  ...(change.body ? { body: change.body } : {}),
});

const headerLength = (request: HttpRequest) => Number(request.headers?.[HEADER_LENGTH]);

/** The last element of the last input, where that is of BYTES: it ends the body. */
function lastText(sample: TestedModel["sample"]): Uint8Array | undefined {
  const last = sample?.at(-1);
  return last?.datatype === "BYTES" ? (last.data as readonly Uint8Array[]).at(-1) : undefined;
}

/** A body that lies about what it holds: it has to be refused, in words. */
const lie = (
  id: string,
  title: string,
  says: string,
  tell: (request: HttpRequest, model: TestedModel) => HttpRequest,
) =>
  binary({
    id: `binary.${id}`,
    title,
    says,
    requests: (model) => [tell(infer(model, allBinary), model)],
    judge: ([answer]) => refused(answer),
  });

const lengthSentence =
  "If any binary data is present in the request or response the Inference-Header-Content-Length header must be provided to give the length of the JSON object.";
const sizeSentence = '"binary_data_size" : int64 parameter indicating the size of the tensor binary data, in bytes.';

const ofDatatype = (datatype: Datatype): Requirement =>
  binary({
    id: `binary.datatype.${datatype}`,
    title: `${datatype} as binary data`,
    says: "All tensor data types are representable as binary data in the native size of the data type.",
    on: takes(datatype),
    requests: (model) => [infer(model, allBinary)],
    judge: ([answer], model) => void inferred(answer, model),
  });

/** The extension binary_tensor_data. */
export const inferBinary: readonly Requirement[] = [
  binary({
    id: "binary.inputs",
    title: "inputs may follow the JSON part; outputs stay in JSON",
    says: '"binary_data_output" : bool parameter that is true if all outputs should be returned as binary data and false (or not given) if the outputs should be returned as JSON.',
    on: speaksJson,
    requests: (model) => [infer(model, { binary: true })],
    judge([answer], model) {
      const { outputs } = inferred(answer, model);
      if (outputs.some((output) => output.binary)) unmet("outputs are binary, and nobody asked for that");
    },
  }),
  binary({
    id: "binary.outputs",
    title: "all outputs follow the JSON part where that is asked",
    says: "The third parameter is used in $inference_request to indicate that all outputs should be returned from Triton as binary data.",
    requests: (model) => [infer(model, allBinary)],
    judge([answer], model) {
      const response = inferred(answer, model);
      hasOutputs(
        response,
        model.outputs.map(({ name }) => name),
      );
      const json = response.outputs.filter((output) => !output.binary).map(({ name }) => name);
      if (json.length > 0) unmet(`${json.join(", ")}: in JSON, and asked for as binary data`);
    },
  }),
  binary({
    id: "binary.one-output",
    title: "an output follows the JSON part where that is asked for it alone",
    says: 'If "binary_data" is specified on an output it overrides this setting.',
    on: several("outputs"),
    requests(model) {
      const [first, second] = model.outputs.map(({ name }) => name);
      const apart = [
        { name: first!, parameters: { binary_data: false } },
        { name: second!, parameters: { binary_data: true } },
      ];
      return [infer(model, { ...allBinary, outputs: apart }), infer(model, { outputs: apart })];
    },
    judge(answers, model) {
      for (const answer of answers) {
        const places = Object.fromEntries(
          inferred(answer, model).outputs.map((output) => [output.name, output.binary]),
        );
        const [first, second] = model.outputs.map(({ name }) => name);
        if (places[first!]) unmet(`${first} is binary, and asked for was JSON`);
        if (!places[second!]) unmet(`${second} is in JSON, and asked for was binary data`);
      }
    },
  }),
  binary({
    id: "binary.mixed",
    title: "some inputs in JSON, others behind it",
    says: "The first parameter is used to indicate that the input or output tensor is communicated as binary data.",
    on: several("inputs"),
    requests(model) {
      const [first] = model.inputs;
      return [
        infer(model, { binary: (name) => name === first!.name }),
        infer(model, { binary: (name) => name !== first!.name }),
      ];
    },
    judge(answers, model) {
      for (const answer of answers) inferred(answer, model);
    },
  }),
  binary({
    id: "binary.same",
    title: "JSON and binary data give the same outputs",
    says: "Tensor data represented as binary data is organized in little-endian byte order, row major, without stride or padding between elements.",
    level: "expected",
    on: speaksJson,
    requests: (model) => [infer(model), infer(model, allBinary)],
    judge(answers, model) {
      const [json, bytes] = answers.map((answer) => inferred(answer, model).outputs);
      for (const output of json ?? []) {
        const other = bytes!.find(({ name }) => name === output.name);
        if (String(other?.data) !== String(output.data)) unmet(`output "${output.name}" is not the same in both`);
      }
    },
  }),
  binary({
    id: "binary.content-type",
    title: "a binary answer is called one",
    says: "Content-Type: application/octet-stream",
    requests: (model) => [infer(model, allBinary)],
    judge([answer]) {
      succeeded(answer);
      const type = answer.headers["content-type"] ?? "";
      if (!/^application\/octet-stream\b/i.test(type)) unmet(`Content-Type is ${JSON.stringify(type)}`);
    },
  }),
  binary({
    id: "binary.content-length",
    title: "Content-Length is that of the whole body",
    says: "Content-Length continues to give the full body length (as HTTP requires).",
    requests: (model) => [infer(model, allBinary)],
    judge([answer], model) {
      succeeded(answer);
      inferred(answer, model);
      const told = answer.headers["content-length"];
      if (told === undefined && answer.headers["transfer-encoding"] !== undefined) return;
      if (Number(told) !== answer.body.length) unmet(`Content-Length is ${told}, and ${answer.body.length} bytes came`);
    },
  }),
  lie("header-too-long", "a header length past the end is refused", lengthSentence, (request) =>
    changed(request, { length: String(request.body!.length + 1) }),
  ),
  lie("header-too-short", "a header length within the JSON part is refused", lengthSentence, (request) =>
    changed(request, { length: String(headerLength(request) - 1) }),
  ),
  lie("header-no-number", "a header length that is no number is refused", lengthSentence, (request) =>
    changed(request, { length: "0x10" }),
  ),
  lie("header-negative", "a negative header length is refused", lengthSentence, (request) =>
    changed(request, { length: "-1" }),
  ),
  lie("truncated", "binary data that break off are refused", sizeSentence, (request) =>
    changed(request, { body: request.body!.subarray(0, -1) }),
  ),
  lie("too-much", "binary data that no input claims are refused", sizeSentence, (request) =>
    changed(request, { body: Buffer.concat([request.body!, new Uint8Array(3)]) }),
  ),
  lie("size-and-shape", "binary data of another size than the shape's are refused", sizeSentence, (request) => {
    const length = headerLength(request);
    const json = new TextDecoder().decode(request.body!.subarray(0, length));
    const told = json.replace(/"binary_data_size":(\d+)/, (_, size) => `"binary_data_size":${Number(size) + 3}`);
    const head = new TextEncoder().encode(told);
    const body = Buffer.concat([head, new Uint8Array(3), request.body!.subarray(length)]);
    return changed(request, { body, length: String(head.length) });
  }),
  binary({
    id: "binary.bytes-length",
    title: "an element of BYTES that says more than there is, is refused",
    says: "For BYTES type an element is represented by a 4-byte unsigned integer giving the length followed by the actual bytes.",
    on: {
      words: "one that takes BYTES last",
      fits: ({ sample }) => lastText(sample) !== undefined,
    },
    requests(model) {
      const request = infer(model, allBinary);
      const body = new Uint8Array(request.body!);
      new DataView(body.buffer).setUint32(body.length - lastText(model.sample)!.length - 4, 0xfffffff0, true);
      return [changed(request, { body })];
    },
    judge: ([answer]) => refused(answer),
  }),
  ...datatypes.map(ofDatatype),
];
