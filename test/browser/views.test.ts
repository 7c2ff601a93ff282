import { Actor, inline, keyed, pool, supervisor, system } from "holdfast";
import { type Gateway, gateway } from "holdfast/gateway";
import { openModels } from "holdfast/serving";
import { v2Door } from "holdfast/v2";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// Not from src: the page's own files are made by the build.
import { dashboardPages } from "../../dist/dashboard/pages.js";
import { violations } from "./axe.js";
import { launch, noBrowser } from "./chromium.js";
import { adminToken } from "./served.js";
import { visit } from "./visit.js";

class Desk extends Actor {
  work(): string {
    return "done";
  }
}

class Clerk extends Actor {
  readonly #taken: string[] = [];

  take(what: string): void {
    this.#taken.push(what);
  }

  taken(): string[] {
    return this.#taken;
  }
}

async function rolesTold(page: Page): Promise<unknown[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  return nodes.filter(({ ignored }) => !ignored).map(({ role }) => role?.value);
}

describe.skipIf(noBrowser !== undefined)(noBrowser ?? "the views of the page", () => {
  const start = () =>
    system(
      supervisor(
        {},
        { desks: pool(inline(Desk), { min: 2, max: 4 }), visitors: keyed(inline(Desk)), clerk: inline(Clerk) },
      ),
    );
  let app: Awaited<ReturnType<typeof start>>;
  let door: Gateway;
  let browser: Browser;

  beforeAll(async () => {
    app = await start();
    const models = await openModels(app, {
      poll: false,
      models: {
        shout: { source: new URL("../actors/shout.mjs", import.meta.url), pool: { size: 1, spares: 0 }, limit: "1s" },
      },
    });
    door = await gateway(app, {
      port: 0,
      adminToken,
      pages: dashboardPages(),
      expose: {},
      http: [v2Door(models)],
    });
    browser = await launch("none.wav");
  });
  afterAll(async () => {
    await browser?.close();
    await door?.close({ drain: 0 });
    await app?.stop({ drain: 0 });
  });

  test("are links that can be opened, gone back from, and read by everybody", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    const current = page.locator(".views [aria-current=page]");
    expect(await current.textContent()).toBe("Live");
    for (const name of ["Pools", "Models"]) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.getByRole("region", { name, exact: true }).locator("tbody tr").first().waitFor();
      expect(await current.textContent()).toBe(name);
      for (const width of [1360, 320]) {
        await page.setViewportSize({ width, height: 800 });
        expect(await violations(page), `${name}, ${width} pixels`).toEqual([]);
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide, `${name}, ${width} pixels`).toBeLessThanOrEqual(0);
        // Laid out as blocks or not: Chromium tells screen readers of a table.
        const told = await rolesTold(page);
        for (const role of ["table", "row", "rowheader", "cell"]) expect(told, `${name}, ${width}`).toContain(role);
      }
    }
    await page.goBack();
    await page.getByRole("region", { name: "Pools" }).waitFor();
    // A part of a page is no view.
    await page.goto(`${door.pagesUrl}#live`);
    await page.getByRole("treegrid").waitFor();
    await leave();
  });

  test("tell of each pool its size, who gave it, and why", async () => {
    const { page, leave } = await visit(browser, `${door.pagesUrl}#pools`);
    const desks = page.locator('[data-pool="app/desks"]');
    await desks.locator("td", { hasText: "2 of 2–4" }).waitFor();
    await app.resize("desks", 3);
    await desks.locator("td", { hasText: "3 of 2–4" }).waitFor();
    expect(await desks.locator('[data-label="Size by"]').textContent()).toBe("hand, just now");
    await page.locator('[data-pool="app/visitors"]').waitFor();
    await leave();
  });

  test("tell of each model its versions, and what was asked of them", async () => {
    const { page, leave } = await visit(browser, `${door.pagesUrl}#models`);
    const shout = page.locator('[data-model="shout/1"]');
    await shout.locator("[data-model-state=READY]").waitFor();
    expect(await shout.locator('[data-label="Last asked"]').textContent()).toBe("never");
    const inputs = [{ name: "text", datatype: "BYTES", shape: [1], data: ["hold"] }];
    const body = JSON.stringify({ inputs });
    const answer = await fetch(`${door.pagesUrl}v2/models/shout/infer`, { method: "POST", body });
    expect(await answer.text()).toContain("HOLD");
    await shout.locator('[data-label="Answered"]', { hasText: /^1$/ }).waitFor();
    expect(await shout.locator('[data-label="Mean"]').textContent()).toMatch(/^[\d.]+ m?s$/);
    await page.getByRole("button", { name: "Unload shout 1" }).click();
    await page.getByLabel("Admin token").fill(adminToken);
    await page.keyboard.press("Enter");
    await page.getByText("shout is unloaded.").waitFor();
    await shout.locator("[data-model-state=UNAVAILABLE]").waitFor();
    await page.getByRole("button", { name: "Load shout 1" }).click();
    await page.keyboard.press("Enter");
    await page.getByText("shout 1 is loaded.").waitFor();
    await shout.locator("[data-model-state=READY]").waitFor();
    await leave();
  });

  test("show dead letters to operators: inspected, sent again once somebody is there, discarded", async () => {
    await app.terminate("clerk");
    app.refs.clerk.tell.take("the secret");
    app.refs.clerk.tell.take("another");
    const { page, leave } = await visit(browser, `${door.pagesUrl}#letters`);
    await page.getByRole("button", { name: "Show with the admin token" }).click();
    await page.getByLabel("Admin token").fill(adminToken);
    await page.keyboard.press("Enter");
    const letters = page.locator("[data-letter]");
    await expect.poll(() => letters.count()).toBe(2);
    expect(await violations(page)).toEqual([]);
    // Newest first.
    const ids = await letters.evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset.letter)));
    expect(ids[0]!).toBeGreaterThan(ids[1]!);
    await letters.last().getByRole("button", { name: "app/clerk.take" }).click();
    const drawer = page.getByRole("dialog", { name: "app/clerk.take" });
    expect(await drawer.locator(".facts").textContent()).toContain("ActorStopped");
    expect(await page.content()).not.toContain("the secret");
    await page.keyboard.press("Escape");
    // Nobody is there: it is refused, with the reason, and kept.
    const retry = page.getByRole("button", { name: `Retry letter ${ids[1]}` });
    await retry.click();
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "app/clerk" }).waitFor();
    await page.keyboard.press("Escape");
    await app.restart("clerk");
    await retry.click();
    await page.keyboard.press("Enter");
    await page.getByText(`Letter ${ids[1]} has run.`).waitFor();
    expect(await app.refs.clerk.ask.taken()).toEqual(["the secret"]);
    await page.getByRole("button", { name: `Discard letter ${ids[0]}` }).click();
    await page.keyboard.press("Enter");
    await page.getByText("There are none.").waitFor();
    // What was done, and what was refused, is in the audit log.
    await page.getByRole("link", { name: "Audit" }).click();
    const audits = page.locator("[data-audit]");
    await audits.filter({ hasText: "discard" }).filter({ hasText: "done" }).first().waitFor();
    await audits.filter({ hasText: "retry" }).filter({ hasText: "refused" }).first().waitFor();
    expect(await violations(page)).toEqual([]);
    await leave();
  });
});
