import { Actor, inline, pool, supervisor, system } from "holdfast";
import { type Gateway, gateway } from "holdfast/gateway";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// Not from src: the page's own files are made by the build.
import { dashboardPages } from "../../dist/dashboard/pages.js";
import { launch, noBrowser } from "./chromium.js";
import { adminToken } from "./served.js";
import { visit } from "./visit.js";

class Desk extends Actor {
  /** Takes its time, and nothing else. */
  work(ms: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, ms));
  }
}

const row = (page: Page, path: string) => page.locator(`[role=row][data-path="${path}"]`);

describe.skipIf(noBrowser !== undefined)(noBrowser ?? "the page of a server with a pool", () => {
  const scale = { targetWait: "20ms", shrinkAfter: "200ms" } as const;
  const tree = () => supervisor({}, { desks: pool(inline(Desk), { min: 1, max: 5, scale }) });
  let app: Awaited<ReturnType<typeof start>>;
  let door: Gateway;
  let browser: Browser;
  const start = () => system(tree());

  beforeAll(async () => {
    app = await start();
    door = await gateway(app, { port: 0, adminToken, pages: dashboardPages(), expose: { desks: ["work"] } });
    browser = await launch("none.wav");
  });
  afterAll(async () => {
    await browser?.close();
    await door?.close({ drain: 0 });
    await app?.stop();
  });

  test("shows it grow and shrink, and why", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    const desks = row(page, "app/desks");
    await desks.locator(".size", { hasText: "1 of 1–5" }).waitFor();
    const { desks: ref } = app.refs;
    await ref.ask.work(50);
    const burst = Promise.all(Array.from({ length: 200 }, () => ref.ask.work(50)));
    await desks.locator(".size", { hasText: "5 of 1–5" }).waitFor();
    await expect.poll(() => desks.locator(".why").textContent()).toMatch(/^just now: \d+ waiting × .* to wait, over /);
    await expect.poll(() => page.locator('[role=row][data-path^="app/desks/"]').count()).toBe(5);
    await burst;
    await desks.locator(".size", { hasText: "1 of 1–5" }).waitFor();
    await leave();
  });

  test("resizes it by hand, and gives it back to its rule", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    const desks = row(page, "app/desks");
    await desks.click();
    const resize = async (to: string) => {
      await page.getByRole("button", { name: "Resize app/desks" }).click();
      await page.getByRole("combobox", { name: "Members" }).selectOption(to);
    };
    await resize("4");
    await page.getByLabel("Admin token").fill("not the admin token at all");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "not the admin token" }).waitFor();
    await page.getByLabel("Admin token").fill(adminToken);
    await page.keyboard.press("Enter");
    await page.getByText("app/desks has 4 members.").waitFor();
    await desks.locator(".size", { hasText: "4 of 1–5" }).waitFor();
    expect(await desks.locator(".why").textContent()).toMatch(/^by hand, just now: /);
    // Once typed, the token is known; the rule lets the idle ones go.
    await resize("auto");
    await page.keyboard.press("Enter");
    await page.getByText("app/desks sizes itself again.").waitFor();
    await desks.locator(".size", { hasText: "1 of 1–5" }).waitFor();
    await leave();
  });
});
