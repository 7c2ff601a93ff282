import { readdirSync, readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { connect } from "../../../src/client/browser.js";
import { gateway } from "../../../src/gateway/gateway.js";
import { fakeApp } from "../gateway/fake-app.js";

afterEach(() => vi.unstubAllGlobals());

test("the browser's door works over the standard WebSocket class", async () => {
  vi.stubGlobal("WebSocket", WebSocket);
  const app = fakeApp({ math: { add: (a: number, b: number) => a + b } });
  const door = await gateway(app, { port: 0, expose: { math: ["add"] }, token: "a-token-of-16-or-more" });
  const client = await connect<{ math: { add(a: number, b: number): number } }>(door.url, {
    token: "a-token-of-16-or-more",
  });
  expect(await client.ref("math").ask.add(1, 2)).toBe(3);
  client.close();
  await door.close({ drain: 0 });
});

test("nothing that the browser's door imports needs Node", () => {
  const seen = new Set<string>();
  const follow = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const source = readFileSync(file, "utf8");
    for (const [, specifier] of source.matchAll(/^(?:import|export) (?!type )[^;]*? from "([^"]+)";/gms)) {
      expect(specifier, file).not.toMatch(/^(node:|ws$)/);
      if (specifier!.startsWith(".")) follow(new URL(specifier!.replace(/\.js$/, ".ts"), `file://${file}`).pathname);
    }
    const code = source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*|"[^"\n]*"|`[^`]*`/g, "");
    expect(code, file).not.toMatch(/\bprocess\.|\bBuffer\./);
  };
  const root = new URL("../../../src/client/", import.meta.url).pathname;
  expect(readdirSync(root)).toContain("browser.ts");
  follow(`${root}browser.ts`);
  expect(seen.size).toBeGreaterThan(15);
});
