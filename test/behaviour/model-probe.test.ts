import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, supervisor, system } from "holdfast";
import { type ModelsOptions, openModels, type ServedModels } from "holdfast/serving";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let root: string;
let app: App;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "holdfast-probe-"));
  app = await system(supervisor({}, {}));
});

afterEach(async () => {
  await app.stop({ drain: 0 });
  rmSync(root, { recursive: true, force: true });
});

/** Answers nothing while the file "mute" is there, as a device that has gone would; counts its runs by a file. */
const device = () => `
  import { appendFileSync, existsSync } from "node:fs";
  export const inputs = [{ name: "x", dtype: "float32", shape: [null] }];
  export const outputs = [{ name: "y", dtype: "float32", shape: [null] }];
  export async function run({ inputs: { x } }) {
    appendFileSync(${JSON.stringify(join(root, "runs"))}, ".");
    while (existsSync(${JSON.stringify(join(root, "mute"))})) await new Promise((again) => setTimeout(again, 10));
    return { outputs: { y: x } };
  }`;

function open(options: ModelsOptions = {}): Promise<ServedModels> {
  writeFileSync(join(root, "device.mjs"), device());
  return openModels(app, {
    staging: root,
    models: { device: { source: join(root, "device.mjs"), pool: { size: 1 } } },
    ...options,
  });
}

const request = { inputs: { x: { dtype: "float32" as const, shape: [1], data: new Float32Array([1]) } } };

describe("a model with a probe", () => {
  it("is not ready while it answers nothing, says why, and is again once it answers", async () => {
    const models = await open({ probe: { every: "100ms", timeout: "200ms" } });
    expect(models.readiness("device")).toEqual({ ready: true, state: "READY" });

    writeFileSync(join(root, "mute"), "");
    await expect
      .poll(() => models.readiness("device"), { timeout: 20_000 })
      .toMatchObject({
        ready: false,
        state: "UNAVAILABLE",
        reason: expect.stringMatching(/^models\/device\/1: its probe failed: Timeout: /),
      });
    expect(models.index()[0]).toMatchObject({ state: "UNAVAILABLE" });

    rmSync(join(root, "mute"));
    await expect.poll(() => models.readiness("device").ready, { timeout: 20_000 }).toBe(true);
  });

  it("counts its probes in nobody's statistics, and stops with its version", async () => {
    const models = await open({ probe: { every: "100ms" } });
    await models.infer("device", undefined, request);
    await new Promise((soon) => setTimeout(soon, 350));
    expect(models.statistics("device")[0]!.success.count).toBe(1);

    await models.unload("device");
    expect(models.readiness("device").reason).toBe("it was unloaded");
  });

  it("asks nothing of one that has not shown that it takes zeros", async () => {
    const models = await open({ probe: { every: "100ms", timeout: "150ms" }, rollout: { warmup: 0 } });
    writeFileSync(join(root, "mute"), "");
    await new Promise((soon) => setTimeout(soon, 400));
    expect(models.readiness("device")).toEqual({ ready: true, state: "READY" });
  });
});

it.each([
  [{ probe: "often" as never }, /^models\.probe is "often": give \{ every: "10s", timeout: "5s" \}, true or false/],
  [{ probe: { every: "1ms" } }, /^models\.probe\.every is "1ms": give "100ms" or more/],
  [{ probe: { often: 1 } as never }, /models\.probe/],
  [{ models: { device: { source: "x.mjs", probe: { timeout: 0 } } } }, /models\.models\.device\.probe\.timeout/],
] as [ModelsOptions, RegExp][])("%j is refused by name", async (options, message) => {
  await expect(open(options)).rejects.toThrow(message);
});
