import { Actor, inline, keyed, pool, supervisor, system } from "holdfast";
import { gateway } from "holdfast/gateway";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// Not from src: the page's own files are made by the build.
import { dashboardPages } from "../../dist/dashboard/pages.js";
import { launch, noBrowser } from "./chromium.js";
import { adminToken } from "./served.js";
import { visit } from "./visit.js";

class Desk extends Actor {
  work(): string {
    return "done";
  }
}

const row = (page: Page, path: string) => page.locator(`[role=row][data-path="${path}"]`);
const none = { restarts: 0, within: "60s" } as const;
const once = { intensity: none, guiltyIntensity: none, overBudget: "quarantine" } as const;

describe.skipIf(noBrowser !== undefined)(noBrowser ?? "the page, when something is wrong", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launch("none.wav");
  });
  afterAll(async () => {
    await browser?.close();
  });

  test("tells a pool that has no member left as not running: its mark, its word, its colour, and among the pools", async () => {
    const app = await system(
      supervisor(
        {},
        { desks: pool(inline(Desk, undefined, once), { size: 2 }), visitors: keyed(inline(Desk), { cells: 1 }) },
      ),
    );
    const door = await gateway(app, { port: 0, adminToken, pages: dashboardPages(), expose: {} });
    const { page, leave } = await visit(browser, door.pagesUrl);
    const desks = row(page, "app/desks");
    const told = async () => ({
      word: await desks.locator(".cell.state").textContent(),
      shape: await desks.locator(".mark path").getAttribute("d"),
      colour: await desks.locator(".mark").evaluate((mark) => getComputedStyle(mark).fill),
    });
    await desks.locator(".cell.state", { hasText: "running" }).waitFor();
    const well = await told();
    app.kill("desks/1");
    await row(page, "app/desks/1").locator(".cell.state", { hasText: "quarantined" }).waitFor();
    expect(await told(), "the other serves").toEqual(well);
    app.kill("desks/2");
    await desks.locator(".cell.state", { hasText: "quarantined" }).waitFor();
    const ill = await told();
    expect(ill.shape).not.toBe(well.shape);
    expect(ill.colour).not.toBe(well.colour);
    expect(ill.shape).toBe(await row(page, "app/desks/1").locator(".mark path").getAttribute("d"));
    await desks.click();
    await page.locator(".node-head .state-word", { hasText: "quarantined" }).waitFor();
    // What it is itself decides what can be done with it.
    await page.getByRole("button", { name: "Drain app/desks", exact: true }).waitFor();
    await page.getByLabel("Trouble only").check();
    await expect.poll(() => row(page, "app/visitors").count()).toBe(0);
    await desks.waitFor();
    await page.getByRole("link", { name: "Pools", exact: true }).click();
    await page.locator('[data-pool="app/desks"] th', { hasText: "quarantined" }).waitFor();
    await leave();
    await door.close({ drain: 0 });
    await app.stop();
  });
});
