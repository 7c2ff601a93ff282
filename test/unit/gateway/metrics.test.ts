import { request } from "node:http";
import { Counter, Gauge, Registry } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { Actor } from "../../../src/actor/actor.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import { inline, supervisor, system } from "../../../src/index.js";
import type { App } from "../../../src/system/app.js";
import { parsed } from "../../monitoring/parsed.js";
import { HandClock } from "./hand-clock.js";

class Desk extends Actor {
  add(a: number, b: number): number {
    return a + b;
  }
}

const token = "a-token-of-callers";
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(
  options: Partial<GatewayOptions> = {},
): Promise<{ app: App<unknown>; door: Gateway; url: string }> {
  const app = await system(supervisor({}, { desk: inline(Desk) }));
  ends.push(() => app.stop({ drain: 0 }));
  const door = await gateway(app, { port: 0, expose: { desk: ["add"] }, metrics: true, ...options });
  ends.push(() => door.close({ drain: 0 }));
  return { app, door, url: `${door.pagesUrl}metrics` };
}

const shown = (given: string) => ({ headers: { authorization: `Bearer ${given}` } });

describe("GET /metrics", () => {
  test("tells what the actors behind it have counted", async () => {
    const { app, url } = await serve();
    const desk = app.ref("desk")! as unknown as { ask: Desk };
    for (let i = 0; i < 5; i++) await desk.ask.add(1, 2);
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    const values = parsed(await response.text());
    expect(values.get('holdfast_messages_accepted_total{actor="app/desk"}')).toBe(5);
    expect(values.get('holdfast_messages_answered_total{actor="app/desk"}')).toBe(5);
    expect(values.get('holdfast_request_duration_seconds_count{actor="app/desk"}')).toBe(5);
    expect(values.get('holdfast_actor_running{actor="app/desk"}')).toBe(1);
    expect(values.get("holdfast_gateway_connections")).toBe(0);
  });

  test("is not there where nobody asked for it", async () => {
    const { url } = await serve({ metrics: false });
    expect((await fetch(url)).status).toBe(404);
  });

  test("needs the token where there is one, and counts the wrong ones until they must wait", async () => {
    const { url } = await serve({ token });
    const none = await fetch(url);
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(await none.text()).toMatch(/^# .*credentials_file.*\n$/);
    expect((await fetch(url, shown("wrong"))).status).toBe(401);
    const right = await fetch(url, shown(token));
    expect(parsed(await right.text()).get("holdfast_gateway_refused_tokens_total")).toBe(1);
    for (let i = 0; i < 9; i++) await fetch(url, shown("wrong"));
    const late = await fetch(url, shown(token));
    expect([late.status, Number(late.headers.get("retry-after")) > 0]).toEqual([429, true]);
  });

  test("is open where it was opened on purpose, and nothing else is", async () => {
    const { url, door } = await serve({ token, metrics: { public: true } });
    expect((await fetch(url)).status).toBe(200);
    expect((await fetch(`${door.pagesUrl}nothing`)).status).toBe(404);
    expect((await fetch(`${url}/below`)).status).toBe(404);
    expect((await fetch(url, { method: "POST" })).status).toBe(405);
  });

  test("is refused to a page that may not speak to this server, and to a name that it does not have", async () => {
    const { url } = await serve();
    expect((await fetch(url, { headers: { origin: "https://evil.example" } })).status).toBe(403);
    const { port } = new URL(url);
    const status = await new Promise((resolve, reject) => {
      const options = { port, host: "127.0.0.1", path: "/metrics", headers: { host: "evil.example" } };
      request(options, (response) => resolve(response.resume().statusCode))
        .on("error", reject)
        .end();
    });
    expect(status).toBe(403);
  });

  test("gives a hundred scrapers at once the same text, and one that never reads costs nobody anything", async () => {
    const { url } = await serve();
    const { port } = new URL(url);
    const dead = request({ port, host: "127.0.0.1", path: "/metrics" });
    dead.on("error", () => {});
    await new Promise<void>((resolve) => {
      dead.on("response", () => resolve()).end();
    });
    const texts = await Promise.all(Array.from({ length: 100 }, async () => (await fetch(url)).text()));
    // They may have come within more than 100 ms.
    expect(new Set(texts).size).toBeLessThan(50);
    for (const text of new Set(texts)) expect(parsed(text).get("holdfast_store_failed")).toBe(0);
    dead.destroy();
  });

  test("without a body answers HEAD", async () => {
    const { url } = await serve();
    const response = await fetch(url, { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(Number(response.headers.get("content-length"))).toBeGreaterThan(1000);
  });
});

describe("what throws while numbers are read", () => {
  test("is missing, and the rest is told and served", async () => {
    const models = {
      statistics: () => {
        throw new Error("no statistics");
      },
    };
    const { url, app } = await serve({ metrics: { models } });
    const values = parsed(await (await fetch(url)).text());
    expect(values.get('holdfast_scrape_failures_total{source="models"}')).toBe(1);
    expect(values.get('holdfast_actor_running{actor="app/desk"}')).toBe(1);
    expect(await (app.ref("desk")! as unknown as { ask: Desk }).ask.add(1, 2)).toBe(3);
  });
});

describe("metrics of one's own", () => {
  test("are told too, and what both have is told once", async () => {
    const also = new Registry();
    new Counter({ name: "my_total", help: "mine", registers: [also] }).inc(3);
    new Gauge({ name: "process_resident_memory_bytes", help: "mine", registers: [also] }).set(7);
    const { url } = await serve({ metrics: { also } });
    const values = parsed(await (await fetch(url)).text());
    expect([values.get("my_total"), values.get("process_resident_memory_bytes")]).toEqual([3, 7]);
    expect(values.get('holdfast_actor_running{actor="app/desk"}')).toBe(1);
  });

  test("that throw make it a 500, and those that do not answer a 503: the rest is served, and the next scrape begins anew", async () => {
    const also = new Registry();
    let collect: () => Promise<void> = () => Promise.reject(new Error("no\nnumber"));
    new Gauge({ name: "mine", help: "mine", registers: [also], collect: () => collect() });
    const clock = new HandClock();
    const { url, app } = await serve({ metrics: { also }, clock });
    const thrown = await fetch(url);
    expect([thrown.status, await thrown.text()]).toEqual([500, "# a metric failed: no\n"]);
    const asked = new Promise<void>((resolve) => {
      collect = () => {
        resolve();
        return new Promise(() => {});
      };
    });
    const late = fetch(url);
    await asked;
    expect(await (app.ref("desk")! as unknown as { ask: Desk }).ask.add(1, 2)).toBe(3);
    clock.advance(9000);
    const answer = await late;
    expect([answer.status, await answer.text()]).toEqual([503, "# a metric has not answered for 9 s\n"]);
    collect = async () => {};
    expect((await fetch(url)).status).toBe(200);
  });
});

describe("a registry of one's own that rejects", () => {
  const withMessage = (message: PropertyDescriptor) => Object.defineProperty(new Error("x"), "message", message);
  test.each([
    ["a message that is a number", () => withMessage({ value: 7 }), "7"],
    ["a message that is an object", () => withMessage({ value: { code: 7 } }), '{"code":7}'],
    ["a message without a text", () => withMessage({ value: Object.create(null) }), "{}"],
    ["no message", () => withMessage({ value: undefined }), "undefined"],
    ["nothing", () => undefined, "undefined"],
    [
      "a message that throws",
      () =>
        withMessage({
          get: () => {
            throw new Error("no");
          },
        }),
      "(its message cannot be read)",
    ],
  ])("with %s is a 500, and the server goes on and closes", async (_, made, line) => {
    const also = { getSingleMetric: () => undefined, metrics: () => Promise.reject(made()) };
    const { url, app, door } = await serve({ metrics: { also: also as never }, clock: new HandClock() });
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([500, `# a metric failed: ${line}\n`]);
    expect((await fetch(url, { method: "HEAD" })).status).toBe(500);
    expect(await (app.ref("desk")! as unknown as { ask: Desk }).ask.add(1, 2)).toBe(3);
    // The grace never passes by this clock: it closes because nothing is pending.
    await door.close({ drain: "30s" });
  });
});

test.each([
  [{ metrics: { also: {} } }, /gateway\.metrics\.also is .*Registry/],
  [{ metrics: { open: true } }, /gateway\.metrics has no option "open"/],
  [{ metrics: { public: "yes" } }, /gateway\.metrics\.public is/],
  [{ metrics: { models: {} } }, /gateway\.metrics\.models is .*openModels/],
  [{ metrics: { hops: { digits: {} } } }, /gateway\.metrics\.hops\.digits is .*hopStatistics/],
  [{ metrics: "yes" }, /gateway\.metrics is/],
])("options that cannot be are refused by name: %j", async (options, message) => {
  await expect(serve(options as never)).rejects.toMatchObject({ code: "InvalidSpec", message });
});
