import { parentPort, workerData } from "node:worker_threads";
import { openModel } from "../../dist/serving/runtimes/onnx.js";
import { now } from "../measure/now.mjs";
import { lineOf } from "./ocr-inputs.mjs";

/** A thread without anything around the model: told for how long, it runs it again and again, and says how often. */
const model = await openModel(workerData.model, { runtime: "wasm" });
const x = lineOf(workerData.width);
for (let i = 0; i < workerData.warm; i++) await model.run({ x });

parentPort.on("message", async (ms) => {
  const until = now() + ms;
  let runs = 0;
  for (; now() < until; runs++) await model.run({ x });
  parentPort.postMessage(runs);
});
parentPort.postMessage("ready");
