/** A function that answers row by row, says how many rows ran together, and dies of a word. */
export const inputs = [{ name: "text", dtype: "string", shape: ["n"] }];
export const outputs = [
  { name: "loud", dtype: "string", shape: ["n"] },
  { name: "together", dtype: "int32", shape: ["n"] },
];

export async function run({ inputs: { text } }) {
  const { data, shape } = text;
  await new Promise((resolve) => setTimeout(resolve, 5));
  if (data.includes("throw")) throw new RangeError(`thrown among ${data.length}`);
  if (data.includes("exit")) process.exit(3);
  const loud = { ...text, data: data.map((word) => word.toUpperCase()) };
  if (data.includes("short")) loud.shape = [loud.data.pop() && loud.data.length];
  return {
    outputs: { loud, together: { dtype: "int32", shape, data: new Int32Array(data.length).fill(data.length) } },
  };
}
