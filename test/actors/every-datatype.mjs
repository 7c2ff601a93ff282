/** Gives back an input of every element type, under another name. */
const dtypes = [
  ...["bool", "uint8", "uint16", "uint32", "uint64", "int8", "int16", "int32", "int64"],
  ...["float16", "float32", "float64", "bfloat16", "string"],
];
const ports = (side) => dtypes.map((dtype) => ({ name: `${side}_${dtype}`, dtype, shape: ["rows", 2] }));

export const inputs = ports("in");
export const outputs = ports("out");

export function run({ inputs: given }) {
  return { outputs: Object.fromEntries(dtypes.map((dtype) => [`out_${dtype}`, given[`in_${dtype}`]])) };
}
