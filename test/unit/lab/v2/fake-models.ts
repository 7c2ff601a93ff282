import { elementsOf } from "../../../../src/protocol/dtypes.js";
import { datatypes } from "../../../../src/protocol/v2/datatypes.js";
import type { V2Tensor } from "../../../../src/protocol/v2/infer-request.js";

interface Port {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
}

export interface FakeModel {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  run(inputs: readonly V2Tensor[]): readonly V2Tensor[];
  ready: boolean;
  count: number;
}

/** "echo" gives back an input of every datatype; "sum" has two inputs and two outputs of INT32, both made of both. */
export function fakeModels(): Map<string, FakeModel> {
  const all = datatypes.map((datatype) => ({ name: `in_${datatype}`, datatype, shape: [-1, 2] }));
  const pair = ["a", "b"].map((name) => ({ name, datatype: "INT32", shape: [-1, 4] }));
  const sums = ["sum", "difference"].map((name) => ({ name, datatype: "INT32", shape: [-1, 4] }));
  return new Map([
    [
      "echo",
      model(
        all,
        all.map((port) => ({ ...port, name: port.name.replace("in", "out") })),
        (inputs) => inputs.map((tensor) => ({ ...tensor, name: tensor.name.replace("in", "out") })),
      ),
    ],
    [
      "sum",
      model(pair, sums, (inputs) => {
        const [a, b] = ["a", "b"].map((name) => inputs.find((tensor) => tensor.name === name)!);
        const [left, right] = [a!.data, b!.data] as Int32Array[];
        return [
          { ...a!, name: "sum", data: left!.map((value, at) => value + right![at]!) },
          { ...a!, name: "difference", data: left!.map((value, at) => value - right![at]!) },
        ];
      }),
    ],
  ]);
}

function model(inputs: readonly Port[], outputs: readonly Port[], run: FakeModel["run"]): FakeModel {
  const checked: FakeModel["run"] = (given) => {
    for (const { name } of given) {
      if (!inputs.some((port) => port.name === name)) throw new Error(`the model has no input "${name}"`);
    }
    return run(inputs.map((port) => checkedInput(port, given)));
  };
  return { inputs, outputs, run: checked, ready: true, count: 0 };
}

function checkedInput({ name, datatype, shape }: Port, given: readonly V2Tensor[]): V2Tensor {
  const tensor = given.find((one) => one.name === name);
  if (!tensor) throw new Error(`the input "${name}" is missing`);
  if (tensor.datatype !== datatype) throw new Error(`"${name}" is ${tensor.datatype}, not ${datatype}`);
  const fits = tensor.shape.length === shape.length && shape.every((dim, i) => dim === -1 || dim === tensor.shape[i]);
  if (!fits || elementsOf(tensor.shape) === 0) throw new Error(`"${name}" is [${tensor.shape}], not [${shape}]`);
  return tensor;
}
