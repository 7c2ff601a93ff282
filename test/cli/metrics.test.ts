import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parsed } from "../monitoring/parsed.js";
import { startsInTests } from "./command-line.js";

const start = startsInTests();
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-cli-metrics-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A config that serves one function as a model. */
async function served(name: string, more: string): Promise<string> {
  const path = join(folder, name);
  const model = JSON.stringify(resolve("test/actors/rows.mjs"));
  writeFileSync(path, `export default { models: { models: { rows: { source: ${model} } } }${more} };`);
  const server = start(["serve", path, "--port", "0"]);
  const [, url] = await server.says(/page +(http:\S+)/);
  await server.says(/^ready: rows$/m);
  return url!;
}

it("holdfast serve tells what it counts, of its models by Triton's names", async () => {
  const url = await served("on.mjs", "");
  const inputs = [{ name: "text", datatype: "BYTES", shape: [1], data: ["word"] }];
  const answer = await fetch(`${url}v2/models/rows/infer`, { method: "POST", body: JSON.stringify({ inputs }) });
  expect(answer.status).toBe(200);
  const values = parsed(await (await fetch(`${url}metrics`)).text());
  expect(values.get('nv_inference_request_success{model="rows",version="1"}')).toBe(1);
  expect(values.get('nv_inference_compute_infer_duration_us{model="rows",version="1"}')).toBeGreaterThan(0);
  expect(values.get('holdfast_messages_answered_total{actor="app/models/rows/1"}')).toBeGreaterThan(0);
}, 60_000);

it("holdfast serve tells nothing where its config says so", async () => {
  const url = await served("off.mjs", ", metrics: false");
  expect((await fetch(`${url}metrics`)).status).toBe(404);
}, 60_000);
