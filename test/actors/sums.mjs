/** Two inputs, and two outputs that are both made of both, as Triton's "simple". Where `a` begins with -1 it ends its thread, with -2 it never answers. */
const port = (name) => ({ name, dtype: "int32", shape: ["rows", 4] });

export const inputs = [port("a"), port("b")];
export const outputs = [port("sum"), port("difference")];

export function run({ inputs: { a, b } }) {
  if (a.data[0] === -1) process.exit(1);
  if (a.data[0] === -2) return new Promise(() => {});
  const row = (data) => ({ dtype: "int32", shape: a.shape, data });
  return {
    outputs: {
      sum: row(a.data.map((value, at) => value + b.data[at])),
      difference: row(a.data.map((value, at) => value - b.data[at])),
    },
  };
}
