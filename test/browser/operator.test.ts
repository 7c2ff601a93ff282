import { Actor, inline, keyed, pool, supervisor, system } from "holdfast";
import { type Gateway, gateway } from "holdfast/gateway";
import type { Browser, Locator, Page } from "playwright-core";
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

  fail(text: string): void {
    throw new Error(text);
  }
}

const hostile = `<img src=x onerror="document.title='owned'">\u202e\u001b[31m"'\n&amp;`;
const row = (page: Page, path: string) => page.locator(`[role=row][data-path="${path}"]`);
const rows = (page: Page) => page.locator(".tree-lines [role=row]");

/** Pixels of a chart that have one of the page's colours. */
function ink(chart: Locator, colour: string): Promise<number> {
  return chart.locator("canvas").evaluate((canvas: HTMLCanvasElement, name) => {
    const hex = getComputedStyle(canvas).getPropertyValue(name).trim();
    const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    // Its labels are left of the lines and below them.
    const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const pen = copy.getContext("2d", { willReadFrequently: true })!;
    pen.drawImage(canvas, 0, 0);
    const { data } = pen.getImageData(60, 0, canvas.width - 60, canvas.height - 30);
    let pixels = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (wanted.every((value, part) => data[at + part] === value) && data[at + 3] === 255) pixels++;
    }
    return pixels;
  }, colour);
}

describe.skipIf(noBrowser !== undefined)(noBrowser ?? "the operator's page", () => {
  const tree = () =>
    supervisor(
      {},
      { desk: inline(Desk), desks: pool(inline(Desk), { min: 2, max: 4 }), visitors: keyed(inline(Desk)) },
    );
  const start = () => system(tree());
  let app: Awaited<ReturnType<typeof start>>;
  let door: Gateway;
  let browser: Browser;

  beforeAll(async () => {
    app = await start();
    door = await gateway(app, { port: 0, adminToken, pages: dashboardPages(), expose: {} });
    browser = await launch("none.wav");
  });
  afterAll(async () => {
    await browser?.close();
    await door?.close({ drain: 0 });
    await app?.stop();
  });

  test("breaks no rule of accessibility: light, dark, on a phone, with a report open", async () => {
    await app.refs.desk.ask.fail("for the list of incidents").catch(() => {});
    const { page, leave } = await visit(browser, door.pagesUrl);
    await page.locator(".incident").first().waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      for (const width of [1360, 320]) {
        await page.setViewportSize({ width, height: 800 });
        await page.locator("aside.node").waitFor({ state: width > 1088 ? "visible" : "detached" });
        await row(page, "app/desks").click();
        await page.getByRole("heading", { name: "desks" }).waitFor();
        expect(await violations(page), `${colorScheme}, ${width} pixels`).toEqual([]);
        if (width === 320) await page.keyboard.press("Escape");
      }
      await page.locator(".incident button").first().click();
      await page.getByRole("dialog", { name: "app/desk" }).waitFor();
      expect(await violations(page), `${colorScheme}, a report`).toEqual([]);
      await page.keyboard.press("Escape");
      await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    }
    await leave();
  });

  test("shows hostile names and words as text, and nothing else", async () => {
    await app.refs.visitors.with({ key: hostile }).ask.work();
    await app.refs.desk.ask.fail(hostile).catch(() => {});
    const { page, leave } = await visit(browser, door.pagesUrl);
    await page.locator(".incident .cause", { hasText: "onerror=" }).first().waitFor();
    await page.getByRole("searchbox").fill("onerror");
    await rows(page).filter({ hasText: "<img src=x" }).first().click();
    await page.getByRole("heading", { name: "<img src=x" }).waitFor();
    await page.locator(".incident button", { hasText: "onerror=" }).first().click();
    await page.getByRole("dialog").waitFor();
    expect(await page.evaluate(() => document.querySelectorAll("img:not([src='icon.svg'])").length)).toBe(0);
    expect(await page.title()).toBe("holdfast");
    await leave();
  });

  test("is walked by keyboard alone: skip link, tree, filter, report, and back to where one was", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await row(page, "app/desks/2").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    for (let stop = 0; stop < 10; stop++) {
      if (await page.evaluate(() => document.activeElement?.getAttribute("role") === "treegrid")) break;
      await page.keyboard.press("Tab");
    }
    const selected = page.locator("[role=row][aria-selected=true]");
    await page.keyboard.press("Home");
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    await expect.poll(() => selected.getAttribute("data-path")).toBe("app/desks/1");
    // To its pool, and fold it.
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => selected.getAttribute("aria-expanded")).toBe("false");
    expect(await row(page, "app/desks/1").count()).toBe(0);
    await page.keyboard.press("ArrowRight");
    await row(page, "app/desks/1").waitFor();
    const named = await page.getByRole("treegrid").getAttribute("aria-activedescendant");
    expect(await selected.getAttribute("id")).toBe(named);
    const incident = page.locator(".incident button").first();
    await incident.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await expect.poll(() => incident.evaluate((node) => node === document.activeElement)).toBe(true);
    await leave();
  });

  test("charts the chosen node, also what was measured before the page was opened", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await row(page, "app/desk").click();
    const messages = page.getByRole("img", { name: /^Messages: settled [\d.k]+\/s, failed / });
    await messages.waitFor();
    await app.refs.desk.ask.work();
    await page.getByRole("img", { name: /^Latency: p50 [\d.]+ m?s, p99 [\d.]+ m?s$/ }).waitFor();
    await page.getByRole("img", { name: /^Mailbox: waiting 0, executing 0$/ }).waitFor();
    await row(page, "app/desks").click();
    const members = page.getByRole("img", { name: "Members: ready 2, all 2" });
    await members.waitFor();
    // They are equal, and both are seen.
    for (const colour of ["--accent", "--soft"]) await expect.poll(() => ink(members, colour)).toBeGreaterThan(5);
    expect(await page.locator(".vitals").textContent()).toMatch(
      /^Rate[\d.k]+\/sp99.*Deaths\d+Dead letters\d+Up[\d.]+ \w+$/,
    );
    await page.reload();
    await row(page, "app/desk").click();
    // The first look of a page knows no rate: this one is the server's memory.
    await messages.waitFor();
    // So it is with the root, which is chosen where nobody chose.
    const asked: string[] = [];
    page.on("websocket", (socket) => {
      socket.on("framesent", ({ payload }) => asked.push(payload.toString("latin1")));
    });
    await page.reload();
    await page.getByRole("heading", { name: "app", exact: true }).waitFor();
    await expect.poll(() => asked.filter((frame) => frame.includes("history"))).toHaveLength(1);
    await leave();
  });

  test("drains, resumes and restarts by hand: each act names its target, asks for the token once, and says what came of it", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await row(page, "app/desk").click();
    const act = async (name: string) => {
      await page.getByRole("button", { name: `${name} app/desk`, exact: true }).click();
      await page.getByRole("dialog", { name: `${name} app/desk?` }).waitFor();
    };
    const state = row(page, "app/desk").locator(".cell.state");
    await act("Drain");
    await page.keyboard.type("not the admin token at all");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "not the admin token" }).waitFor();
    await page.keyboard.type(adminToken);
    await page.keyboard.press("Enter");
    await page.getByText("app/desk is drained.").waitFor();
    const entry = page.locator(".outcome-line .entry");
    await entry.filter({ hasText: "drain app/desk" }).waitFor();
    const { id } = app.audits().at(-1)!;
    // Which, what, who, when, what came of it.
    const told = (await entry.textContent()) ?? "";
    expect(told).toContain(`Entry ${id} of the audit log: drain app/desk, within 10s, by admin, 127.0.0.1, `);
    expect(told).toMatch(/, .*\d\d:\d\d.*, done in [\d.]+ m?s$/);
    await state.filter({ hasText: "draining" }).waitFor();
    await act("Resume");
    await page.keyboard.press("Enter");
    await page.getByText("Mail comes to app/desk again.").waitFor();
    await state.filter({ hasText: "running" }).waitFor();
    const incarnation = () => app.tree().children!.find(({ name }) => name === "desk")!.incarnation!;
    const before = incarnation();
    await act("Restart");
    await page.keyboard.press("Enter");
    await page.getByText("app/desk has started again.").waitFor();
    await entry.filter({ hasText: "restart app/desk" }).waitFor();
    expect(incarnation()).toBeGreaterThan(before);
    await page.getByRole("button", { name: "Put away" }).click();
    // Left by Escape: nothing is done.
    await act("Kill");
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(await page.locator(".outcome-line").count()).toBe(0);
    await leave();
  });

  test("dates everything by the server: a browser whose clock is a day off shows the same", async () => {
    await app.refs.desk.ask.fail("for the strip of time").catch(() => {});
    const { page, leave } = await visit(browser, door.pagesUrl);
    await page.clock.setSystemTime(Date.now() + 86_400_000);
    await page.reload();
    await row(page, "app/desk").click();
    // The last of its strip, and not a day to the left of it.
    const place = () =>
      page
        .locator(".timeline .death")
        .evaluateAll((deaths) => Math.max(...deaths.map((death) => Number(death.getAttribute("x")) / 1000)));
    await expect.poll(place).toBeGreaterThan(0.3);
    await page
      .locator(".deaths")
      .getByText(/ (ms|s|min) ago$/)
      .first()
      .waitFor();
    const ticks = page.locator(".times-of-day time");
    expect(await ticks.count()).toBeGreaterThan(1);
    for (const text of await ticks.allTextContents()) expect(text).toMatch(/^\d\d:\d[05]$/);
    // Labels of one axis, in one size.
    const sizes = await page
      .locator(".times-of-day > *")
      .evaluateAll((labels) => labels.map((label) => getComputedStyle(label).fontSize));
    expect(new Set(sizes).size).toBe(1);
    await page.getByLabel("Span of the timeline").selectOption("1 day");
    await expect.poll(() => ticks.first().textContent()).toMatch(/^\d\d:00$/);
    await leave();
  });

  test("leads from a line that a filter holds open to the one above it", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await page.getByRole("searchbox").fill("desks/1");
    await row(page, "app/desks/1").click();
    await page.getByRole("treegrid").focus();
    const selected = page.locator("[role=row][aria-selected=true]");
    for (const path of ["app/desks", "app"]) {
      await page.keyboard.press("ArrowLeft");
      await expect.poll(() => selected.getAttribute("data-path")).toBe(path);
    }
    await page.getByRole("searchbox").fill("");
    // Nothing was folded on the way.
    await row(page, "app/desks/2").waitFor();
    await leave();
  });

  test("says that a server has no models without asking for them in vain", async () => {
    const { page, leave } = await visit(browser, `${door.pagesUrl}#models`);
    await page.getByText("This server serves no models over the Open Inference Protocol (V2).").waitFor();
    // A request that is refused would be an error in the console.
    await leave();
  });

  test("keeps the colours that were chosen, and follows the system again", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    const shown = () => page.evaluate(() => document.documentElement.dataset.theme);
    await page.emulateMedia({ colorScheme: "light" });
    await expect.poll(shown).toBe("light");
    await page.getByLabel("Colours").selectOption("dark");
    await expect.poll(shown).toBe("dark");
    await page.reload();
    await row(page, "app/desk").waitFor();
    expect(await shown()).toBe("dark");
    await page.getByLabel("Colours").selectOption("auto");
    await expect.poll(shown).toBe("light");
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await leave();
  });

  test("holds a thousand actors in a document of a few lines, and finds the one that is down", async () => {
    const shard = () =>
      supervisor({}, Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`a${n}`, inline(Desk)])));
    const many = await system(
      supervisor({}, Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`s${n}`, shard()]))),
    );
    const wide = await gateway(many, { port: 0, adminToken, pages: dashboardPages(), expose: {} });
    const { page, leave } = await visit(browser, wide.pagesUrl);
    await row(page, "app/s0").waitFor();
    expect(await page.locator("#summary").textContent()).toBe("1000 running");
    await page.getByRole("treegrid").focus();
    for (const key of ["Home", "ArrowDown", "ArrowRight", "End"]) await page.keyboard.press(key);
    await expect.poll(() => page.getByRole("treegrid").getAttribute("aria-rowcount")).toBe("112");
    await row(page, "app/s9").waitFor();
    expect(await rows(page).count()).toBeLessThan(60);
    await many.terminate("s4/a77");
    await page.getByLabel("Trouble only").check();
    await row(page, "app/s4/a77").locator(".cell.state", { hasText: "stopped" }).waitFor();
    await expect.poll(() => rows(page).count()).toBe(3);
    await leave();
    await wide.close({ drain: 0 });
    await many.stop();
  });
});
