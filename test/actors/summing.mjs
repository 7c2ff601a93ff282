/** A function that remembers: each sequence adds up what it is sent. */
let ended = 0;

export const inputs = [{ name: "x", dtype: "float32", shape: [1] }];
export const outputs = [
  { name: "sum", dtype: "float32", shape: [1] },
  { name: "ended", dtype: "int32", shape: [] },
];

export function run() {
  throw new Error("every request belongs to a sequence");
}

export function sequence() {
  let sum = 0;
  return {
    run({ inputs: { x }, parameters = {} }) {
      if (parameters.exit) process.exit(3);
      sum += x.data[0];
      return {
        outputs: {
          sum: { dtype: "float32", shape: [1], data: Float32Array.of(sum) },
          ended: { dtype: "int32", shape: [], data: Int32Array.of(ended) },
        },
      };
    },
    end() {
      ended += 1;
    },
  };
}
