import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { supervisor, system } from "holdfast";
import { type Gateway, gateway } from "holdfast/gateway";
import { openModels, type ServedModels } from "holdfast/serving";
import { v2Door } from "holdfast/v2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
// Not from src: the page's own files are made by the build.
import { dashboardPages } from "../../dist/dashboard/pages.js";
import { launch, noBrowser } from "./chromium.js";
import { adminToken } from "./served.js";
import { visit } from "./visit.js";

/** Answers a number multiplied. */
function times(factor: number): string {
  return `
    export const inputs = [{ name: "x", dtype: "float32", shape: [null] }];
    export const outputs = [{ name: "y", dtype: "float32", shape: [null] }];
    export async function run({ inputs: { x } }) {
      return { outputs: { y: { dtype: "float32", shape: x.shape, data: x.data.map((value) => value * ${factor}) } } };
    }`;
}

const versionState = (page: Page, version: number, state: string) =>
  page.locator(`[data-model="times/${version}"] [data-model-state=${state}]`);

describe.skipIf(noBrowser !== undefined)(noBrowser ?? "the versions of a model, from the page", () => {
  let root: string;
  let app: Awaited<ReturnType<typeof start>>;
  let models: ServedModels;
  let door: Gateway;
  let browser: Browser;
  const start = () => system(supervisor({}, {}));

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "holdfast-models-"));
    for (const version of [1, 2]) {
      mkdirSync(join(root, "models", "times", String(version)), { recursive: true });
      writeFileSync(join(root, "models", "times", String(version), "model.mjs"), times(version * 10));
    }
    app = await start();
    models = await openModels(app, {
      folder: join(root, "models"),
      staging: root,
      poll: false,
      versions: [1],
      // Judged by its answers alone, never by the time that passed.
      rollout: { canary: 1, requests: 3, within: "1h", maxLatencyRatio: 1e9 },
      models: { times: { isolation: "inline" } },
    });
    door = await gateway(app, { port: 0, adminToken, pages: dashboardPages(), expose: {}, http: [v2Door(models)] });
    browser = await launch("none.wav");
  });
  afterAll(async () => {
    await browser?.close();
    await door?.close({ drain: 0 });
    await app?.stop({ drain: 0 });
    if (root) rmSync(root, { recursive: true, force: true });
  });

  /** Which version answers, and what. */
  async function ask(): Promise<[string, number]> {
    const inputs = [{ name: "x", datatype: "FP32", shape: [1], data: [1] }];
    const answer = await fetch(`${door.pagesUrl}v2/models/times/infer`, {
      method: "POST",
      body: JSON.stringify({ inputs }),
    });
    expect(answer.status, await answer.clone().text()).toBe(200);
    const { model_version: version, outputs } = (await answer.json()) as {
      model_version: string;
      outputs: { data: number[] }[];
    };
    return [version, outputs[0]!.data[0]!];
  }

  async function begin(page: Page, act: string): Promise<void> {
    await page.getByRole("button", { name: act, exact: true }).click();
    const token = page.getByLabel("Admin token");
    if ((await token.inputValue()) === "") await token.fill(adminToken);
    await page.keyboard.press("Enter");
  }

  beforeEach(async () => {
    expect(await ask()).toEqual(["1", 10]);
  });

  test("are swapped once the new one has proved itself, and rolled back, with who did it", async () => {
    const { page, leave } = await visit(browser, `${door.pagesUrl}#models`);
    await versionState(page, 1, "READY").waitFor();
    await versionState(page, 2, "UNAVAILABLE").waitFor();
    await begin(page, "Swap in times 2");
    await expect.poll(async () => (await ask())[0]).toBe("2");
    await ask();
    await ask();
    await page.getByText(/^times 2: promoted\./).waitFor();
    const entry = page.locator(".outcome-line .entry");
    await entry.filter({ hasText: "swap times, version 2, by admin" }).waitFor();
    await versionState(page, 2, "READY").waitFor();
    expect(await ask()).toEqual(["2", 20]);
    await begin(page, "Roll back times 2");
    await page.getByText("times is rolled back.").waitFor();
    await entry.filter({ hasText: "rollback times, by admin" }).waitFor();
    expect(await ask()).toEqual(["1", 10]);
    await leave();
  });

  test("are rolled back while a swap is under way, whose dialog was left; what came of the swap is told all the same", async () => {
    const { page, leave } = await visit(browser, `${door.pagesUrl}#models`);
    await versionState(page, 1, "READY").waitFor();
    await begin(page, "Swap in times 2");
    await versionState(page, 2, "LOADING").waitFor();
    await page.getByRole("button", { name: "Leave" }).click();
    // Of somebody else, so that it is the swap's outcome that the page tells.
    await models.rollback("times");
    await page.getByText(/^times 2: rolled-back\. rolled back by hand/).waitFor();
    await versionState(page, 1, "READY").waitFor();
    await leave();
  });
});
