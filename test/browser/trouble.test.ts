import { Actor, inline, keyed, pool, supervisor, system, thread } from "holdfast";
import { gateway } from "holdfast/gateway";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
// Not from src: the page's own files are made by the build.
import { dashboardPages } from "../../dist/dashboard/pages.js";
import type { Blocking } from "../actors/blocking.mjs";
import { launch, noBrowser } from "./chromium.js";
import { adminToken } from "./served.js";
import { visit } from "./visit.js";

class Desk extends Actor {
  work(): string {
    return "done";
  }
}

const row = (page: Page, path: string) => page.locator(`[role=row][data-path="${path}"]`);
const blocking = new URL("../actors/blocking.mjs", import.meta.url);
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
    const cut = await desks.locator(".cell.state").evaluate((cell) => cell.scrollWidth - cell.clientWidth);
    expect(cut, "the longest of the states has room").toBe(0);
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

  test("hangs a thread by hand: its mail waits, the watch finds it, and the report says who it was", async () => {
    const app = await system(supervisor({}, { blocking: thread<Blocking>(blocking) }));
    const door = await gateway(app, { port: 0, adminToken, pages: dashboardPages(), expose: {} });
    const { page, leave } = await visit(browser, door.pagesUrl);
    await row(page, "app/blocking").click();
    await page.getByRole("button", { name: "Hang app/blocking", exact: true }).click();
    await page
      .getByRole("dialog", { name: "Hang app/blocking?" })
      .getByText("blocks the event loop of thread")
      .waitFor();
    await page.getByLabel("Admin token").fill(adminToken);
    await page.keyboard.press("Enter");
    await page.getByText("app/blocking hangs: see how it is found.").waitFor();
    await page.locator(".outcome-line .entry", { hasText: "hang app/blocking, by admin" }).waitFor();
    while (app.reports().length === 0) expect(await app.refs.blocking.ask.say("mail")).toBe("mail");
    await row(page, "app/blocking").locator(".cell.restarts", { hasText: "1" }).waitFor();
    await page.locator("#incidents .incident button").first().click();
    const report = page.getByRole("dialog", { name: "app/blocking" });
    await report.locator(".cause", { hasText: /^made to hang by / }).waitFor();
    await page.keyboard.press("Escape");
    await leave();
    await door.close({ drain: 0 });
    await app.stop();
  });

  test("holds ten thousand actors in a document of a few lines: to the last one, folded, found, and chosen", async () => {
    const many = <T>(count: number, name: string, made: () => T) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`${name}${n}`, made()]));
    const shard = () =>
      supervisor(
        {},
        many(500, "a", () => inline(Desk)),
      );
    const app = await system(supervisor({}, many(20, "s", shard)));
    const door = await gateway(app, { port: 0, adminToken, pages: dashboardPages(), expose: {} });
    const { page, leave } = await visit(browser, door.pagesUrl);
    const grid = page.getByRole("treegrid");
    const drawn = page.locator(".tree-lines [role=row]");
    const lines = () => grid.getAttribute("aria-rowcount").then(Number);
    await row(page, "app/s0").locator(".folded", { hasText: "500 inside" }).waitFor();
    expect(await page.locator("#summary").textContent()).toBe("10000 running");
    await grid.focus();
    // Each is unfolded from the last one up, so that the next to be unfolded stays where it was.
    for (const key of ["Home", "End"]) await page.keyboard.press(key);
    for (let n = 0; n < 20; n++) {
      await page.keyboard.press("ArrowRight");
      await page.keyboard.press("ArrowUp");
    }
    // With the head, and the root.
    await expect.poll(lines).toBe(10_000 + 20 + 2);
    expect(await drawn.count()).toBeLessThan(60);
    // By the wheel's way too, not by keys alone: the middle, and the end.
    for (const [part, path] of [
      [0.5, "app/s10/a0"],
      [1, "app/s19/a499"],
    ] as const) {
      await grid.evaluate((node, to) => node.scrollTo(0, to * (node.scrollHeight - node.clientHeight)), part);
      await row(page, path).waitFor();
      expect(await drawn.count()).toBeLessThan(60);
    }
    await row(page, "app/s19/a499").click();
    await page.getByRole("heading", { name: "a499" }).waitFor();
    await app.terminate("s7/a77");
    await page.getByRole("searchbox").fill("s7/a77");
    await row(page, "app/s7/a77").locator(".cell.state", { hasText: "stopped" }).waitFor();
    await expect.poll(lines).toBe(1 + 3);
    await leave();
    await door.close({ drain: 0 });
    await app.stop();
  });
});
