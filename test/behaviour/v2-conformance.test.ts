import { fileURLToPath } from "node:url";
import { HoldfastError, supervisor, system } from "holdfast";
import { v2Client } from "holdfast/client";
import { gateway } from "holdfast/gateway";
import { openModels } from "holdfast/serving";
import { v2Door } from "holdfast/v2";
import { expect, it, onTestFinished } from "vitest";
import { checkV2 } from "../../src/lab/v2/check-v2.js";

const token = "a-token-of-16-or-more";
const adminToken = "an-admin-token-of-16-or-more";

const actor = (name: string) => fileURLToPath(new URL(`../actors/${name}.mjs`, import.meta.url));

/** Models in threads, behind the door, on a port. */
async function served() {
  const app = await system(supervisor({}, {}));
  onTestFinished(() => app.stop());
  const alone = { pool: { size: 1, spares: 0 } };
  const models = await openModels(app, {
    models: {
      echo: { source: actor("every-datatype"), ...alone },
      sum: { source: actor("sums"), ...alone },
    },
  });
  const door = await gateway(app, { port: 0, expose: {}, token, adminToken, http: [v2Door(models)] });
  onTestFinished(() => door.close({ drain: 0 }));
  return { url: door.pagesUrl.replace(/\/$/, "") };
}

it("the door is a server of the Open Inference Protocol, and of the extensions that it says it has", async () => {
  const { url } = await served();
  const report = await checkV2(url, { mayReload: true, token: adminToken, timeoutMs: 50_000 });
  expect(report.findings.filter(({ outcome }) => outcome === "fail")).toEqual([]);
  expect(report.findings.flatMap(({ outcome, id, why }) => (outcome === "skip" ? [`${id}: ${why}`] : []))).toEqual([]);
  expect(report.models.toSorted()).toEqual(["echo", "sum"]);
});

it("its client reads the codes of the server, and no more than the door tells", async () => {
  const { url } = await served();
  const client = v2Client(url, { token });
  const sum = {
    a: { data: new Int32Array([1, 2, 3, 4]), shape: [1, 4] },
    b: { data: new Int32Array(4), shape: [1, 4] },
  };
  expect((await client.infer("sum", sum)).output("difference", "INT32").data).toEqual(sum.a.data);
  const failed = async (call: Promise<unknown>) => {
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(HoldfastError);
    return [(error as HoldfastError).code, (error as HoldfastError).retryable];
  };
  expect(await failed(client.infer("nobody", sum))).toEqual(["UnknownModel", false]);
  expect(await failed(client.infer("sum", { a: sum.a }))).toEqual(["InvalidValue", false]);
  expect(await failed(client.repository.unload("sum"))).toEqual(["Unauthorized", false]);
  expect(await failed(v2Client(url).infer("sum", sum))).toEqual(["Unauthorized", false]);
  await v2Client(url, { token: adminToken }).repository.unload("sum");
  expect(await failed(client.infer("sum", sum))).toEqual(["Unavailable", true]);
  await v2Client(url, { token: adminToken }).repository.load("sum");
  // A thread that ends in the middle of its run.
  const deadly = { ...sum, a: { ...sum.a, data: new Int32Array([-1, 0, 0, 0]) } };
  expect(await failed(client.infer("sum", deadly))).toEqual(["ActorDied", false]);
  expect((await client.infer("sum", sum)).output("sum", "INT32").data).toEqual(sum.a.data);
});
