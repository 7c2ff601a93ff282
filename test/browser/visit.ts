import type { Browser, Page } from "playwright-core";
import { expect } from "vitest";

/** An open page, and everything about it that no visitor should have to see. */
export interface Visit {
  readonly page: Page;
  /** Leaves; fails if there was an error, a breach of the page's policy, or a request to any other host. */
  leave(): Promise<void>;
}

export async function visit(browser: Browser, url: string): Promise<Visit> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const problems: string[] = [];
  const asked: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.name}: ${error.message}`));
  page.on("request", (request) => asked.push(request.url()));
  page.on("websocket", (socket) => asked.push(socket.url()));
  await page.exposeFunction("tellBreach", (text: string) => problems.push(`policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) => {
      const { tellBreach } = globalThis as unknown as { tellBreach(text: string): void };
      tellBreach(`${violatedDirective} ${blockedURI} ${sourceFile}`);
    });
  });
  await page.goto(url);
  return {
    page,
    async leave() {
      await context.close();
      expect(problems).toEqual([]);
      const { host } = new URL(url);
      expect(asked.length).toBeGreaterThanOrEqual(4);
      expect(asked.filter((address) => !address.startsWith("blob:") && new URL(address).host !== host)).toEqual([]);
      // No token was ever part of an address.
      expect(asked.filter((address) => new URL(address).search !== "")).toEqual([]);
    },
  };
}
