import { elementsOf, layouts, type TensorData } from "../../protocol/dtypes.js";
import type { ModelAnswer, ModelPort, ModelRequest, ModelTensor } from "../runtimes/model.js";

/**
 * Which port keeps requests from being run together: one whose outermost size is fixed, or that has none.
 * @returns undefined where all of them vary there
 */
export function notBatched(ports: readonly ModelPort[]): ModelPort | undefined {
  return ports.find(({ shape }) => shape.length === 0 || typeof shape[0] === "number");
}

/** How many items a request is: the outermost size of its inputs; undefined where they differ, or are none. */
export function rowsOf({ inputs }: ModelRequest): number | undefined {
  const rows = new Set(Object.values(inputs).map(({ shape }) => shape[0]));
  const [first] = rows;
  return rows.size === 1 && first !== undefined && first > 0 ? first : undefined;
}

/** Requests of one key can be stacked: but for the outermost size they are alike. */
export function stackKey({ inputs, outputs = [], parameters = {} }: ModelRequest): string {
  const ports = Object.keys(inputs).sort();
  const shapes = ports.map((name) => `${JSON.stringify(name)}:${inputs[name]!.dtype}${inputs[name]!.shape.slice(1)}`);
  return JSON.stringify([shapes, [...outputs].sort(), Object.entries(parameters).sort()]);
}

/** One request out of several of one key: each input is theirs, one after the other. */
export function stacked(requests: readonly ModelRequest[]): ModelRequest {
  const [first] = requests as readonly [ModelRequest];
  const inputs: Record<string, ModelTensor> = Object.create(null);
  for (const name of Object.keys(first.inputs)) inputs[name] = joined(requests.map((one) => one.inputs[name]!));
  return { ...first, inputs };
}

function joined(tensors: readonly ModelTensor[]): ModelTensor {
  const [{ dtype, shape }] = tensors as readonly [ModelTensor];
  const rows = tensors.reduce((sum, one) => sum + one.shape[0]!, 0);
  const whole = [rows, ...shape.slice(1)];
  if (dtype === "string") return { dtype, shape: whole, data: tensors.flatMap(({ data }) => data as string[]) };
  const data = new layouts[dtype].make(new ArrayBuffer(elementsOf(whole) * layouts[dtype].bytes));
  let at = 0;
  for (const one of tensors) {
    data.set(one.data as never, at);
    at += one.data.length;
  }
  return { dtype, shape: whole, data };
}

/**
 * The answers of the requests that were stacked, by how many rows each had. What the model said beside its tensors is
 * everybody's.
 * @throws Error where an output has another outermost size than the inputs: then these cannot be told apart
 */
export function split({ outputs, ...beside }: ModelAnswer, rows: readonly number[]): ModelAnswer[] {
  const whole = rows.reduce((sum, count) => sum + count, 0);
  for (const [name, { shape }] of Object.entries(outputs)) {
    if (shape[0] === whole) continue;
    throw new Error(
      `output "${name}" has shape [${shape}] for ${whole} stacked items: the model does not answer item by item`,
    );
  }
  let from = 0;
  return rows.map((count) => {
    const own = Object.entries(outputs).map(([name, tensor]) => [name, slice(tensor, from, count, whole)] as const);
    from += count;
    return { ...beside, outputs: Object.fromEntries(own) };
  });
}

/** Copies: a view would keep the answers of all others alive, and be sent with them. */
function slice(tensor: ModelTensor, from: number, count: number, whole: number): ModelTensor {
  const { dtype, shape, data } = tensor;
  const each = data.length / whole;
  const part = data.slice(from * each, (from + count) * each) as TensorData;
  return { dtype, shape: [count, ...shape.slice(1)], data: part } as ModelTensor;
}
