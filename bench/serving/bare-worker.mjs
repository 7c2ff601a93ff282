import { parentPort, workerData } from "node:worker_threads";
import { construct } from "../../dist/index.js";
import { Read } from "../../dist/serving/models/models.js";
import { now } from "../measure/now.mjs";

/** A thread without anything around the model: told for how long, it reads the same line again and again, and says how often. */
const { image, warm } = workerData;
const props = { runtime: "wasm" };
const shared = await Read.load(props);
const reader = construct(Read, { props, shared, self: { path: "bare", key: undefined, incarnation: 0 } });
for (let i = 0; i < warm; i++) await reader.image(image);

parentPort.on("message", async (ms) => {
  const began = now();
  let runs = 0;
  for (; now() - began < ms; runs++) await reader.image(image);
  parentPort.postMessage(runs / (now() - began));
});
parentPort.postMessage((await reader.image(image)).text);
