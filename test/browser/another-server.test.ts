import { Actor, inline, supervisor, system } from "holdfast";
import { type Gateway, gateway } from "holdfast/gateway";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// Not from src: the page's own files are made by the build.
import { dashboardPages } from "../../dist/dashboard/pages.js";
import { launch, noBrowser } from "./chromium.js";
import { adminToken } from "./served.js";

class Desk extends Actor {
  work(): string {
    return "done";
  }
}

const otherToken = `${adminToken}-changed`;

describe.skipIf(noBrowser !== undefined)(noBrowser ?? "a page whose server was started again", () => {
  const start = () => system(supervisor({ intensity: { restarts: 10_000, within: "1m" } }, { desk: inline(Desk) }));
  const open = (port = 0, token = adminToken) =>
    gateway(app, { port, adminToken: token, pages: dashboardPages(), expose: {} });
  let app: Awaited<ReturnType<typeof start>>;
  let door: Gateway;
  let browser: Browser;

  /** At the same address, once the page has seen that the first is gone. */
  async function again(page: Page, token = adminToken): Promise<void> {
    const { port } = door.address;
    await door.close({ drain: 0 });
    await link(page, "trying again");
    door = await open(port, token);
    await link(page, "Connected");
  }
  async function visit(view = ""): Promise<Page> {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${door.pagesUrl}${view}`);
    return page;
  }
  const link = (page: Page, text: string) => page.locator("#link", { hasText: text }).waitFor();

  beforeAll(async () => {
    app = await start();
    door = await open();
    browser = await launch("none.wav");
  });
  afterAll(async () => {
    await browser?.close();
    await door?.close({ drain: 0 });
    await app?.stop();
  });

  test("counts every death of before it was opened, also after it has come back", async () => {
    for (let death = 1; death <= 80; death++) {
      app.kill("desk", { by: "a test" });
      await app.refs.desk.ask.work();
    }
    const page = await visit();
    const told = page.locator(".incidents header p", { hasText: /^80 deaths/ });
    await told.waitFor();
    await again(page);
    await told.waitFor();
    await page.context().close();
  });

  test("does not say that it lacks the admin token because nothing happens", async () => {
    const page = await visit();
    await page.clock.install();
    await page.reload();
    await page.locator(".tree-lines [role=row]").first().waitFor();
    await again(page);
    await page.clock.runFor(10_000);
    expect(await page.locator(".sign-in").count()).toBe(0);
    await page.context().close();
  });

  test("shows an admin token that is no longer right once, and asks for the new one", async () => {
    const page = await visit("#audit");
    const show = page.getByRole("button", { name: "Show with the admin token" });
    await show.click();
    await page.getByLabel("Admin token").fill(adminToken);
    await page.keyboard.press("Enter");
    await page.getByText("Nobody has done anything yet.").waitFor();
    await again(page, otherToken);
    await show.waitFor();
    await show.click();
    await page.getByLabel("Admin token").fill(otherToken);
    await page.keyboard.press("Enter");
    await page.locator("[data-audit]").first().waitFor();
    const refused = app.audits().filter(({ outcome }) => outcome === "refused");
    expect(refused.map(({ missed = 0 }) => 1 + missed)).toEqual([1]);
    await page.context().close();
  });
});
