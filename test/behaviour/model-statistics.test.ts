import { type App, supervisor, system } from "holdfast";
import { openModels, type ServedModels } from "holdfast/serving";
import { afterEach, expect, test } from "vitest";

const rows = new URL("../actors/rows.mjs", import.meta.url);
const MS = 1e6;

const apps: App<unknown>[] = [];
afterEach(async () => {
  for (const app of apps.splice(0)) await app.stop({ drain: 0 });
});

async function serve(batching?: { max: number; delay: string }): Promise<ServedModels> {
  const app = await system(supervisor({}, {}));
  apps.push(app);
  const pool = { size: 1, spares: 0 };
  return openModels(app, { models: { rows: { source: rows, pool, ...(batching && { batching }) } } } as never);
}

/** How many words ran together with this one. */
async function ask(models: ServedModels, word: string): Promise<number> {
  const answer = await models.infer("rows", undefined, {
    inputs: { text: { dtype: "string", shape: [1], data: [word] } },
  });
  expect(answer).not.toHaveProperty("times");
  return Number(answer.outputs.together!.data[0]);
}

test("runs are counted as they were made, however many requests each of them carried", async () => {
  const models = await serve({ max: 8, delay: "20ms" });
  const sizes = await Promise.all(Array.from({ length: 24 }, (_, i) => ask(models, `w${i}`)));
  const [told] = models.statistics("rows");
  // Each of the n answers of a run says n.
  const runs = Math.round(sizes.reduce((sum, size) => sum + 1 / size, 0));
  expect(runs).toBeLessThan(24);
  expect(told).toMatchObject({ path: "models/rows/1", inferenceCount: 24, executionCount: runs });
  const wanted = [...new Set(sizes)].sort((a, b) => a - b);
  expect(told!.batches.map(({ size, computeInfer }) => [size, computeInfer.count])).toEqual(
    wanted.map((size) => [size, sizes.filter((one) => one === size).length / size]),
  );
});

test("time in line is told apart from time in the model, and together they are all of it", async () => {
  const models = await serve();
  // One member and no batch: each stands in line behind those before.
  await Promise.all(Array.from({ length: 8 }, (_, i) => ask(models, `w${i}`)));
  const [told] = models.statistics("rows");
  const { success, queue, computeInput, computeInfer, computeOutput } = told!;
  expect(computeInfer.count).toBe(8);
  // A run sleeps for 5 ms, which timers may cut short by one.
  expect(computeInfer.ns).toBeGreaterThanOrEqual(8 * 4 * MS);
  expect(queue.ns).toBeGreaterThanOrEqual((1 + 2 + 3 + 4 + 5 + 6 + 7) * 4 * MS);
  const sum = queue.ns + computeInput.ns + computeInfer.ns + computeOutput.ns;
  expect(Math.abs(success.ns - sum)).toBeLessThan(1000);
});
