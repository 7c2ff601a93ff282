import { fileURLToPath } from "node:url";
import type { Gateway } from "holdfast/gateway";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clipPath, clipSegments } from "../unit/serving/clip.js";
import { launch, noBrowser } from "./chromium.js";
import { CutCable } from "./cut-cable.js";
import { adminToken, ears, eyes, serve, startModels } from "./served.js";
import { visit } from "./visit.js";

const line = (name: string) => fileURLToPath(new URL(`../fixtures/lines/${name}.png`, import.meta.url));
const panel = (page: Page, name: string) => page.locator("section.panel", { hasText: name });
const row = (page: Page, path: string) => page.locator(`[role=row][data-path="${path}"]`);
const cellOf = (page: Page, path: string, column: string) => row(page, path).locator(`.cell.${column}`);

/** What the panel lists, as pairs of seconds. */
async function segments(page: Page): Promise<number[][]> {
  const items = await panel(page, "Listen").locator(".segments li").allTextContents();
  return items.map((text) => text.split("–").map(Number.parseFloat));
}

function expectClip(found: number[][], within: number): void {
  // A microphone may close in mid-noise, after the clip's last word.
  expect(found.length).toBeGreaterThanOrEqual(clipSegments.length);
  clipSegments.forEach(([start, end], index) => {
    expect(Math.abs(found[index]![0]! - start), `start of segment ${index}`).toBeLessThanOrEqual(within);
    expect(Math.abs(found[index]![1]! - end), `end of segment ${index}`).toBeLessThanOrEqual(within);
  });
}

/** How much of the accent colour the graph shows above the line of 0.5. */
function inkAboveHalf(page: Page): Promise<number> {
  return panel(page, "Listen")
    .locator("canvas")
    .evaluate((canvas: HTMLCanvasElement) => {
      const accent = getComputedStyle(canvas).getPropertyValue("--accent").trim();
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(accent.slice(at, at + 2), 16));
      const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
      const pen = copy.getContext("2d", { willReadFrequently: true })!;
      pen.drawImage(canvas, 0, 0);
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height * 0.4);
      let ink = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] === r && data[at + 1] === g && data[at + 2] === b && data[at + 3] === 255) ink += 1;
      }
      return ink;
    });
}

describe.skipIf(noBrowser !== undefined)(noBrowser ?? "the page of a server with two models", () => {
  let app: Awaited<ReturnType<typeof startModels>>;
  let door: Gateway;
  let browser: Browser;

  beforeAll(async () => {
    app = await startModels();
    door = await serve(app);
    browser = await launch(clipPath);
  });
  afterAll(async () => {
    await browser?.close();
    await door?.close({ drain: 0 });
    await app?.stop({ drain: 0 });
  });

  test("shows the live tree by shape and word, and counts what runs", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await row(page, "app/eyes/1").waitFor();
    for (const path of ["app", "app/ears", "app/ears/cell-1", "app/eyes", "app/eyes/1"]) {
      expect(await row(page, path).locator(".cell.state").textContent()).toBe("running");
      expect(await row(page, path).locator("svg[data-state=running] path").getAttribute("d")).toMatch(/^M8 2/);
    }
    expect(await row(page, "app/ears/cell-1").locator(".cell.where").textContent()).toMatch(/^thread \d+$/);
    expect(await cellOf(page, "app/eyes", "mail").textContent()).toBe("0 + 0");
    expect(await page.locator("#summary").textContent()).toBe("2 running");
    await page.getByText("No actor has died since the server started.").waitFor();
    await leave();
  });

  test("finds the speech in a WAV file that is chosen", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await panel(page, "Listen").locator("input[type=file]").setInputFiles(clipPath);
    await page.getByText("Done: 5 segments, 7.4 of 11.0 s are speech.").waitFor();
    const found = await segments(page);
    expect(found).toHaveLength(clipSegments.length);
    expectClip(found, 0.033);
    expect(await inkAboveHalf(page)).toBeGreaterThan(100);
    await leave();
  });

  test.for([
    ["light", "Hold fast through any storm 2024"],
    ["clear", "white on nothing"],
  ] as const)("reads the image %s.png that is chosen: %s", async ([name, text]) => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await panel(page, "Read").locator("input[type=file]").setInputFiles(line(name));
    await panel(page, "Read").locator("output", { hasText: /./ }).waitFor();
    expect(await panel(page, "Read").locator("output").textContent()).toBe(text);
    expect(await panel(page, "Read").locator("[role=status]").textContent()).toMatch(
      /^Confidence \d+\.\d %, \d+ ms\.$/,
    );
    expect(await page.getByRole("img", { name: `${name}.png` }).evaluate((image) => image.tagName)).toBe("CANVAS");
    await leave();
  });

  test("says what is wrong with a file that holds no sound or no image, and what to give", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    const broken = { name: "notes.wav", mimeType: "audio/wav", buffer: Buffer.from("only words") };
    await panel(page, "Listen").locator("input[type=file]").setInputFiles(broken);
    await page.getByRole("alert").filter({ hasText: "notes.wav: The browser finds no sound in this file" }).waitFor();
    await panel(page, "Read")
      .locator("input[type=file]")
      .setInputFiles({ ...broken, name: "notes.png" });
    await page.getByRole("alert").filter({ hasText: "notes.png: The browser finds no image in this file" }).waitFor();
    // It is not the end of the panel.
    await panel(page, "Read").locator("input[type=file]").setInputFiles(line("dark"));
    await panel(page, "Read").locator("output", { hasText: "ready: 3 of 4 replicas" }).waitFor();
    expect(await page.getByRole("alert").count()).toBe(1);
    await leave();
  });

  test("hears the microphone, and goes on right through a kill that only the admin token allows", {
    timeout: 120_000,
  }, async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await row(page, "app/ears/cell-1").evaluate((node) => Object.assign(node, { same: true }));
    const restarts = cellOf(page, "app/ears/cell-1", "restarts");
    const before = Number(await restarts.textContent());
    await page.getByRole("button", { name: "Use the microphone" }).click();
    await expect.poll(() => inkAboveHalf(page), { timeout: 30_000 }).toBeGreaterThan(10);

    // By keyboard alone: choose it, open, be refused, be let in.
    await page.getByRole("treegrid").focus();
    for (const key of ["Home", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    await page.getByRole("heading", { name: "cell-1" }).waitFor();
    await page.getByRole("button", { name: "Kill app/ears/cell-1" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Kill app/ears/cell-1?" }).waitFor();
    await page.keyboard.type("not the admin token");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "The token is not the admin token" }).waitFor();
    expect(Number(await restarts.textContent())).toBe(before);
    await page.keyboard.type(adminToken);
    await page.keyboard.press("Enter");
    await page.getByText("Killed app/ears/cell-1").waitFor();
    await expect.poll(async () => Number(await restarts.textContent()), { timeout: 30_000 }).toBe(before + 1);
    expect(await row(page, "app/ears/cell-1").evaluate((node) => "same" in node)).toBe(true);
    const incident = page.locator("#incidents .incident").first();
    await incident.locator(".done", { hasText: /^restart/ }).waitFor();
    await incident.locator(".back", { hasText: /m?s$/ }).waitFor();
    await incident.getByRole("button").press("Enter");
    const report = page.getByRole("dialog", { name: "app/ears/cell-1" });
    await report.locator(".cause", { hasText: "killed by an operator" }).waitFor();
    const last = ((await report.locator(".flight").textContent()) ?? "").split("\n");
    expect(last.length).toBeLessThanOrEqual(12);
    for (const line of last) expect(line).toMatch(/^ *-?[\d.]+ ms {2}(accepted|started|settled|timer|actor-\w+) .*$/);
    // The last time, to the first answer, is there only when a chunk was waiting.
    const times = await report.locator(".times > div").allTextContents();
    expect(times).toHaveLength(5);
    for (const time of times.slice(0, 4)) expect(time).toMatch(/^(detect|decide|restart|warm)[\d.]+ m?s$/);
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);

    const heard = panel(page, "Listen").locator(".now");
    await expect
      .poll(async () => Number(/at ([\d.]+) s/.exec((await heard.textContent()) ?? "")?.[1]), { timeout: 60_000 })
      .toBeGreaterThan(11);
    await page.getByRole("button", { name: "Stop" }).click();
    await page.getByText(/^Done: /).waitFor();
    expectClip(await segments(page), 0.25);
    await page.getByRole("button", { name: "Use the microphone" }).waitFor();
    await leave();
  });

  test("asks for the admin token once", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    const restarts = cellOf(page, "app/eyes/1", "restarts");
    await row(page, "app/eyes/1").waitFor();
    const before = Number(await restarts.textContent());
    await row(page, "app/eyes/1").click();
    for (const round of [1, 2]) {
      await page.getByRole("button", { name: "Kill app/eyes/1" }).click();
      if (round === 1) await page.getByLabel("Admin token").fill(adminToken);
      await page.keyboard.press("Enter");
      await expect.poll(async () => Number(await restarts.textContent()), { timeout: 30_000 }).toBe(before + round);
      await row(page, "app/eyes/1").locator(".cell.state", { hasText: "running" }).waitFor();
    }
    // Left without killing: nothing happens.
    await page.getByRole("button", { name: "Kill app/eyes/1" }).click();
    await page.keyboard.press("Escape");
    await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
    expect(Number(await restarts.textContent())).toBe(before + 2);
    await leave();
  });

  test("says that the connection is lost, and resumes the stream where it was", async () => {
    const cable = await CutCable.lay();
    const far = await serve(app, { hosts: [cable.authority] });
    cable.leadTo(far.address.port);
    const { page, leave } = await visit(browser, `http://${cable.authority}/`);
    await row(page, "app/ears/cell-1").waitFor();
    // 344 chunks of 2 kB: about the middle.
    const cut = cable.cutAfter(350_000);
    await panel(page, "Listen").locator("input[type=file]").setInputFiles(clipPath);
    await cut;
    await page.getByText("Connection lost, resuming jfk.wav").waitFor();
    await page.locator("#link", { hasText: "Connection lost, trying again" }).waitFor();
    cable.mend();
    await page.getByText("Done: 5 segments, 7.4 of 11.0 s are speech.").waitFor();
    await page.locator("#link", { hasText: "Connected" }).waitFor();
    expectClip(await segments(page), 0.033);
    await leave();
    await far.close({ drain: 0 });
    await cable.remove();
  });

  test("asks for the server's token, and keeps it for this tab only", async () => {
    const token = "the-token-of-callers";
    const locked = await serve(app, { token });
    const { page, leave } = await visit(browser, locked.pagesUrl);
    await page.getByRole("dialog", { name: "Sign in" }).waitFor();
    await page.keyboard.type("the-token-of-nobody");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").filter({ hasText: "Use the token that the server was given" }).waitFor();
    expect(await page.locator("section.panel").count()).toBe(0);
    await page.keyboard.type(token);
    await page.keyboard.press("Enter");
    await row(page, "app/ears/cell-1").waitFor();
    await page.reload();
    await row(page, "app/ears/cell-1").waitFor();
    expect(await page.context().cookies()).toEqual([]);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    await leave();
    await locked.close({ drain: 0 });
  });

  test("shows the tree of a server that others reach to its operators only", async () => {
    const token = "the-token-of-callers";
    const wide = await serve(app, { token, host: "0.0.0.0" });
    const { page, leave } = await visit(browser, `http://127.0.0.1:${wide.address.port}/`);
    await page.getByRole("dialog", { name: "Sign in" }).waitFor();
    await page.keyboard.type(token);
    await page.keyboard.press("Enter");
    await panel(page, "Listen").waitFor();
    await page.getByText("This server shows its tree to whoever has the admin token.").waitFor();
    expect(await page.getByRole("row").count()).toBe(0);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.keyboard.type(adminToken);
    await page.keyboard.press("Enter");
    await row(page, "app/ears/cell-1").waitFor();
    expect(await page.getByRole("button", { name: "Sign in" }).count()).toBe(0);
    await leave();
    await wide.close({ drain: 0 });
  });

  test("shows panels only for the media that are exposed, and sends pixels to whoever wants pixels", async () => {
    const dumb = await serve(app, { expose: { ears: { ...ears, media: undefined }, eyes: ["pixels"] } });
    const first = await visit(browser, dumb.pagesUrl);
    await row(first.page, "app/eyes/1").waitFor();
    expect(await first.page.locator("section.panel").count()).toBe(0);
    await first.leave();
    await dumb.close({ drain: 0 });

    const raw = await serve(app, { expose: { eyes: { ...eyes, media: { kind: "pixels", method: "pixels" } } } });
    const second = await visit(browser, raw.pagesUrl);
    await panel(second.page, "Read").locator("input[type=file]").setInputFiles(line("small"));
    await panel(second.page, "Read").locator("output", { hasText: "Invoice No. 48213, due 2025-03-31" }).waitFor();
    expect(await second.page.locator("section.panel").count()).toBe(1);
    await second.leave();
    await raw.close({ drain: 0 });
  });

  test("fits the width of a phone, light and dark", async () => {
    const { page, leave } = await visit(browser, door.pagesUrl);
    await row(page, "app/ears/cell-1").waitFor();
    const grounds = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const width of [320, 390, 768, 1360]) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(wide, `${width} pixels`).toBeLessThanOrEqual(0);
      }
      grounds.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
    }
    expect(grounds.size).toBe(2);
    await leave();
  });
});
