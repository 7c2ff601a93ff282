import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Actor } from "../../../../src/actor/actor.js";
import { connect } from "../../../../src/client/node.js";
import { MOST_STRANGERS } from "../../../../src/gateway/admin/auditor.js";
import { type Gateway, gateway } from "../../../../src/gateway/gateway.js";
import { type GatewayOptions, gatewaySettings } from "../../../../src/gateway/options.js";
import { v2Door } from "../../../../src/gateway/v2/v2-door.js";
import { inline, supervisor, system } from "../../../../src/index.js";
import type { App } from "../../../../src/system/app.js";
import type { AuditEntry } from "../../../../src/system/audit.js";
import { thrownBy } from "../../thrown-by.js";
import { fakeModels } from "../v2/fake-models.js";

class Desk extends Actor {
  add(a: number, b: number): number {
    return a + b;
  }
}

const alice = "the-token-of-alice";
let folder: string;
let app: App<unknown>;
let door: Gateway;
const told: AuditEntry[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-audit-"));
  told.length = 0;
  app = await system(supervisor({}, { desk: inline(Desk) }));
  app.subscribe((event) => {
    if (event.type === "audit") told.push(event.entry);
  });
  door = await gateway(app, {
    port: 0,
    expose: { desk: ["add"] },
    adminTokens: { alice },
    auditFile: join(folder, "audit.jsonl"),
    http: [v2Door(fakeModels({ mnist: { run: () => ({ outputs: {} }) } }))],
  });
});
afterEach(async () => {
  await door.close({ drain: 0 });
  await app.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("the audit log", () => {
  it("has every act, done or refused, with who, what, how and how long; over WebSocket and V2 alike", async () => {
    const client = await connect(door.url, { adminToken: alice });
    expect(await client.admin.kill("desk")).toBe(true);
    await client.admin.drain("desk", { within: 50 });
    await client.admin.restart("nobody").catch(() => {});
    await client.admin.models.load("mnist", { version: 2 });
    await client.admin.models.swap("mnist").catch(() => {});
    await client.admin.deadLetters.retry(7).catch(() => {});
    await client.admin.deadLetters.list();
    const repository = `${door.pagesUrl}v2/repository/models/mnist`;
    const headers = { authorization: `Bearer ${door.adminToken}` };
    expect((await fetch(`${repository}/unload`, { method: "POST", headers })).status).toBe(200);
    expect((await fetch(`${repository}/swap`, { method: "POST", headers })).status).toBe(500);
    const who = { address: expect.stringContaining("127.0.0.1"), tookMs: expect.any(Number) };
    const expected = [
      { ...who, id: 1, name: "alice", act: "kill", on: "desk", outcome: "done" },
      { ...who, id: 2, name: "alice", act: "drain", on: "desk", with: { within: 50 }, outcome: "done" },
      { ...who, id: 3, name: "alice", act: "restart", on: "nobody", outcome: "refused", code: "InvalidSpec" },
      { ...who, id: 4, name: "alice", act: "load", on: "mnist", with: { version: 2 }, outcome: "done" },
      { ...who, id: 5, name: "alice", act: "swap", on: "mnist", outcome: "refused", code: "Error" },
      { ...who, id: 6, name: "alice", act: "retry", with: { id: 7 }, outcome: "refused", code: "InvalidValue" },
      { ...who, id: 7, name: "admin", act: "unload", on: "mnist", outcome: "done" },
      { ...who, id: 8, name: "admin", act: "swap", on: "mnist", outcome: "refused", code: "Error" },
    ];
    expect(app.audits()).toMatchObject(expected);
    expect(told).toMatchObject(expected);
    expect(await client.admin.audits({ limit: 2 })).toMatchObject(expected.slice(-2));
    client.close();
    await door.close();
    const lines = readFileSync(join(folder, "audit.jsonl"), "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject(expected);
    expect(lines.join()).not.toContain(alice);
  });

  it("names who killed in the report of the death", async () => {
    const client = await connect(door.url, { adminToken: alice });
    await client.admin.kill("desk");
    expect(app.reports()[0]!.cause).toMatchObject({ kind: "killed", by: expect.stringMatching(/^alice \(.*127/) });
    client.close();
  });

  it("has those without the right, and what was done is not pushed out by them", async () => {
    const client = await connect(door.url);
    for (let i = 0; i < MOST_STRANGERS + 40; i++) await client.admin.kill("desk").catch(() => {});
    expect(app.audits()).toHaveLength(MOST_STRANGERS);
    expect(app.audits()[0]).toMatchObject({ act: "kill", on: "desk", outcome: "refused", code: "Unauthorized" });
    expect(app.audits()[0]).not.toHaveProperty("name");
    await client.admin.login(alice);
    await client.admin.kill("desk");
    expect(app.audits().at(-1)).toMatchObject({ name: "alice", act: "kill", outcome: "done", missed: 40 });
    client.close();
  });

  it("has wrong tokens, and none of those that have to wait", async () => {
    for (let i = 0; i < 12; i++) {
      const headers = { authorization: "Bearer a-wrong-token-of-16" };
      await fetch(`${door.pagesUrl}v2/repository/models/mnist/load`, { method: "POST", headers });
    }
    expect(app.audits().map(({ act, code }) => `${act} ${code}`)).toEqual(
      Array.from({ length: 10 }, () => "load Unauthorized"),
    );
    expect(JSON.stringify(app.audits())).not.toContain("a-wrong-token");
  });

  it("has acts over V2 that were refused, once each, with what they were to be done to", async () => {
    const tried: Record<string, string>[] = [
      {},
      { authorization: "Bearer a-token-of-callers" },
      { authorization: "Bearer a-wrong-token-of-16" },
    ];
    for (const headers of tried) {
      const response = await fetch(`${door.pagesUrl}v2/repository/models/mnist/unload`, { method: "POST", headers });
      expect(response.status).toBe(401);
    }
    const refused = { act: "unload", on: "mnist", outcome: "refused", code: "Unauthorized" };
    expect(app.audits()).toMatchObject([refused, refused, refused]);
  });

  it("is bounded, and shortens what somebody made long", async () => {
    const client = await connect(door.url, { adminToken: alice });
    const acts = Array.from({ length: 1100 }, () => client.admin.resume("desk"));
    await Promise.all(acts);
    expect(app.audits()).toHaveLength(1000);
    expect(app.audits().at(-1)!.id).toBe(1100);
    await client.admin.drain("desk", { within: "9".repeat(5000) as never }).catch(() => {});
    await client.admin.hang("desk", { for: "x".repeat(5000) as never }).catch(() => {});
    expect(JSON.stringify(app.audits().at(-1)).length).toBeLessThan(600);
    client.close();
  });
});

it("names, proxies and tokens that cannot be are refused, and no token is quoted", () => {
  const wrong: Partial<GatewayOptions>[] = [
    { adminTokens: { "bad name\n": alice } },
    { adminTokens: { alice: "short" } },
    { adminTokens: { alice, bob: alice } },
    { adminTokens: { alice }, token: alice },
    { adminTokens: [alice] as never },
    { adminTokens: { alice: undefined as never } },
    { trustProxies: ["not an address"] },
    { trustProxies: "10.0.0.1" as never },
  ];
  for (const options of wrong) {
    const error = thrownBy(() => gatewaySettings({ expose: {}, ...options })) as Error;
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).not.toContain(alice);
  }
});
