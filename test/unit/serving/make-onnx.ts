/** ONNX element types by their numbers in TensorProto.DataType. */
const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  float64: 11,
};

/** An input or output: sizes, names of sizes, or "" for a size of which nothing is said. */
export interface OnnxPort {
  name: string;
  dtype: keyof typeof elementTypes;
  shape: (number | string)[];
}

/** One operator. */
export interface OnnxNode {
  op: string;
  inputs: string[];
  outputs: string[];
}

/** The bytes of an .onnx file (opset 13) with these operators: protobuf, written by hand. */
export function makeOnnx(nodes: OnnxNode[], inputs: OnnxPort[], outputs: OnnxPort[]): Uint8Array {
  const graph = [
    ...nodes.map((node) => message(1, nodeOf(node))),
    text(2, "made"),
    ...inputs.map((port) => message(11, portOf(port))),
    ...outputs.map((port) => message(12, portOf(port))),
  ];
  const opset = [number(2, 13)];
  return Uint8Array.from([number(1, 8), message(7, graph), message(8, opset)].flat());
}

function nodeOf({ op, inputs, outputs }: OnnxNode): number[][] {
  return [...inputs.map((name) => text(1, name)), ...outputs.map((name) => text(2, name)), text(4, op)];
}

function portOf({ name, dtype, shape }: OnnxPort): number[][] {
  const dims = shape.map((dim) =>
    message(1, dim === "" ? [] : [typeof dim === "number" ? number(1, dim) : text(2, dim)]),
  );
  const tensor = [number(1, elementTypes[dtype]), message(2, dims)];
  return [text(1, name), message(2, [message(1, tensor)])];
}

function message(field: number, parts: number[][]): number[] {
  const bytes = parts.flat();
  return [...varint(field * 8 + 2), ...varint(bytes.length), ...bytes];
}

function text(field: number, value: string): number[] {
  return message(field, [[...new TextEncoder().encode(value)]]);
}

function number(field: number, value: number): number[] {
  return [...varint(field * 8), ...varint(value)];
}

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
