import { threadId } from "node:worker_threads";
import { refuse } from "holdfast";

/** A function as a model: texts in capitals, and what a test asks of it. */
export function load({ mark = "" } = {}) {
  let runs = 0;
  return {
    inputs: [{ name: "text", dtype: "string", shape: ["n"] }],
    outputs: [
      { name: "loud", dtype: "string", shape: ["n"] },
      { name: "runs", dtype: "int32", shape: [] },
    ],
    async run({ inputs: { text }, parameters = {} }, { signal }) {
      runs += 1;
      if (parameters.throw) throw new RangeError("too loud");
      if (parameters.refuse) throw refuse("rude", "not in this house");
      if (parameters.trap) trap();
      if (parameters.exit) process.exit(3);
      if (parameters.hang) for (;;);
      if (parameters.wait) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      const loud = { ...text, data: text.data.map((word) => `${word.toUpperCase()}${mark}`) };
      const outputs = { loud, runs: { dtype: "int32", shape: [], data: Int32Array.of(runs) } };
      return { outputs, parameters: { thread: threadId, pid: process.pid } };
    },
  };
}

/** A module of WebAssembly whose one function is "unreachable". */
function trap() {
  const bytes = "0061736d 01000000 01040160 0000 03020100 07050101 740000 0a050103 00000b".replaceAll(" ", "");
  new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(bytes, "hex"))).exports.t();
}
