import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { isHoldfastError } from "../../../src/errors.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import { hostAllowed, originAllowed } from "../../../src/gateway/hosts.js";
import { type GatewayOptions, gatewaySettings } from "../../../src/gateway/options.js";
import { thrownBy } from "../thrown-by.js";
import { fakeApp } from "./fake-app.js";
import { HandClock } from "./hand-clock.js";
import { RawClient } from "./raw-client.js";

const doors: Gateway[] = [];
afterEach(async () => {
  await Promise.all(doors.splice(0).map((door) => door.close({ drain: 0 })));
});

const token = "a-token-of-16-or-more";
const adminToken = "the-admin-token-of-this-test";

async function serve(options: Partial<GatewayOptions> = {}) {
  const app = fakeApp({ math: { add: (a: number, b: number) => a + b } });
  const door = await gateway(app, { port: 0, expose: { math: ["add"] }, ...options });
  doors.push(door);
  return { app, door, loopback: `ws://127.0.0.1:${door.address.port}/` };
}

/** The HTTP status that refuses an upgrade; 101 when it is taken. */
function upgradeStatus(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string; headers: object }> {
  return new Promise((resolve, reject) => {
    const upgrade = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    };
    const sent = request(url.replace("ws:", "http:"), { headers: { ...upgrade, ...headers } });
    sent.on("upgrade", (_, socket) => {
      socket.destroy();
      resolve({ status: 101, body: "", headers: {} });
    });
    sent.on("response", (response) => {
      let body = "";
      response.on("data", (part: Buffer) => (body += part.toString()));
      response.on("end", () => resolve({ status: response.statusCode!, body, headers: response.headers }));
    });
    sent.on("error", reject);
    sent.end();
  });
}

describe("who binds wider than this machine", () => {
  test.each(["0.0.0.0", "::", "192.168.1.5", "models.example.org"])("to %s must give a token", (host) => {
    const failure = thrownBy(() => gatewaySettings({ expose: {}, host }));
    expect(isHoldfastError(failure, "InvalidSpec")).toBe(true);
    expect((failure as Error).message).toContain(`gateway.host is ${JSON.stringify(host)} without a token`);
    expect(gatewaySettings({ expose: {}, host, token }).loopback).toBe(false);
  });

  test.each(["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"])("to %s needs none", (host) => {
    expect(gatewaySettings({ expose: {}, host }).loopback).toBe(true);
  });

  test("is refused before anything listens", async () => {
    await expect(serve({ host: "0.0.0.0" })).rejects.toThrow("without a token");
  });
});

describe("the token", () => {
  test("in the Authorization header opens the connection", async () => {
    const { loopback } = await serve({ token });
    const client = RawClient.open(loopback, { authorization: `Bearer ${token}` });
    expect(await client.next("welcome")).toMatchObject({ admin: false });
  });

  test("that is wrong in the header is answered by 401, before any WebSocket", async () => {
    const { loopback } = await serve({ token });
    const answer = await upgradeStatus(loopback, { authorization: "Bearer a-wrong-token-of-16" });
    expect(answer).toMatchObject({ status: 401, headers: { "www-authenticate": "Bearer" } });
    expect(JSON.parse(answer.body)).toMatchObject({ error: { code: "Unauthorized" } });
  });

  test("in the first frame opens the connection", async () => {
    const { loopback } = await serve({ token });
    const client = RawClient.open(loopback);
    await new Promise((resolve) => client.socket.on("open", resolve));
    client.send({ type: "hello", token });
    await client.next("welcome");
    client.send({ type: "ask", id: 1, to: "math", method: "add", args: [1, 2] });
    expect(await client.next("result")).toMatchObject({ value: 3 });
  });

  test.each<[string, object]>([
    ["a wrong one", { type: "hello", token: "a-wrong-token-of-16" }],
    ["none", { type: "hello" }],
    ["an ask instead of it", { type: "ask", id: 1, to: "math", method: "add", args: [1, 2] }],
    ["a watch instead of it", { type: "watch" }],
    ["a kill instead of it", { type: "kill", id: 1, path: "math" }],
  ])("missing in the first frame (%s) closes with 1008 and reaches nothing", async (_, frame) => {
    const { app, loopback } = await serve({ token });
    const client = RawClient.open(loopback);
    await new Promise((resolve) => client.socket.on("open", resolve));
    client.send(frame);
    const { code, reason } = await client.closed;
    expect([code, reason.startsWith("Unauthorized")]).toEqual([1008, true]);
    expect([app.calls, app.killed, client.left]).toEqual([[], [], []]);
  });

  test("that never comes closes after 5 s", async () => {
    const clock = new HandClock();
    const { loopback } = await serve({ token, clock });
    const client = RawClient.open(loopback);
    await new Promise((resolve) => client.socket.on("open", resolve));
    clock.advance(4999);
    await client.settle();
    clock.advance(1);
    expect(await client.closed).toMatchObject({ code: 1008 });
  });

  test("must come before many bytes do: strangers may not fill the memory", async () => {
    const { loopback } = await serve({ token });
    const client = RawClient.open(loopback);
    await new Promise((resolve) => client.socket.on("open", resolve));
    client.socket.send(Buffer.alloc(64 * 1024));
    expect((await client.closed).code).toBe(1006);
  });

  test("in a URL is refused, right or wrong, and says where it belongs", async () => {
    const { loopback } = await serve({ token });
    const answer = await upgradeStatus(`${loopback}?token=${token}`);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain("Authorization header");
    expect(answer.body).not.toContain(token);
  });

  test("guessed ten times wrong must wait a minute, even when it is right then", async () => {
    const clock = new HandClock();
    const { loopback } = await serve({ token, clock });
    const wrong = { authorization: "Bearer a-wrong-token-of-16" };
    for (let n = 0; n < 10; n++) expect((await upgradeStatus(loopback, wrong)).status).toBe(401);
    const right = { authorization: `Bearer ${token}` };
    expect(await upgradeStatus(loopback, right)).toMatchObject({ status: 429, headers: { "retry-after": "60" } });
    clock.advance(60_000);
    expect((await upgradeStatus(loopback, right)).status).toBe(101);
  });
});

describe("the admin right", () => {
  test("is random where none was given, and needed to kill, on loopback too", async () => {
    const { app, door, loopback } = await serve();
    expect(door.adminToken).toMatch(/^[0-9a-f]{32}$/);
    const client = await RawClient.connect(loopback);
    client.send({ type: "kill", id: 1, path: "math" });
    expect(await client.next("error")).toMatchObject({ id: 1, error: { code: "Unauthorized" } });
    expect(app.killed).toEqual([]);
    client.send({ type: "hello", admin: true, token: door.adminToken });
    expect(await client.next("welcome")).toMatchObject({ admin: true });
    client.send({ type: "kill", id: 2, path: "math", key: "k" });
    expect(await client.next("result")).toEqual({ type: "result", id: 2, value: true });
    expect(app.killed).toEqual([{ path: "math", options: { key: "k", by: "an operator (127.0.0.1)" } }]);
  });

  test("is needed to resize", async () => {
    const { app, door, loopback } = await serve();
    const client = await RawClient.connect(loopback);
    client.send({ type: "resize", id: 1, path: "math", size: 3 });
    expect(await client.next("error")).toMatchObject({ id: 1, error: { code: "Unauthorized" } });
    expect(app.resized).toEqual([]);
    client.send({ type: "hello", admin: true, token: door.adminToken });
    await client.next("welcome");
    client.send({ type: "resize", id: 2, path: "math", size: "auto" });
    expect(await client.next("result")).toEqual({ type: "result", id: 2, value: true });
    expect(app.resized).toEqual([{ path: "math", to: "auto" }]);
  });

  test("is not given for the callers' token, and the connection keeps what it had", async () => {
    const { loopback } = await serve({ token, adminToken });
    const client = await RawClient.connect(loopback, { authorization: `Bearer ${token}` });
    client.send({ type: "hello", admin: true, token });
    const refused = await client.next("error");
    expect(refused).toMatchObject({ error: { code: "Unauthorized", message: "the token is not the admin token" } });
    client.send({ type: "ask", id: 1, to: "math", method: "add", args: [1, 2] });
    expect(await client.next("result")).toMatchObject({ value: 3 });
  });

  test("on /admin takes the admin token only, in the header or in hello", async () => {
    const { loopback } = await serve({ token, adminToken });
    expect((await upgradeStatus(`${loopback}admin`, { authorization: `Bearer ${token}` })).status).toBe(401);
    const client = RawClient.open(`${loopback}admin`, { authorization: `Bearer ${adminToken}` });
    expect(await client.next("welcome")).toMatchObject({ admin: true });
    const browser = RawClient.open(`${loopback}admin`);
    await new Promise((resolve) => browser.socket.on("open", resolve));
    browser.send({ type: "hello", token });
    expect((await browser.closed).code).toBe(1008);
  });

  test("/admin asks for a token on loopback too", async () => {
    const { loopback } = await serve();
    const client = RawClient.open(`${loopback}admin`);
    await new Promise((resolve) => client.socket.on("open", resolve));
    client.send({ type: "ask", id: 1, to: "math", method: "add", args: [1, 2] });
    expect((await client.closed).code).toBe(1008);
  });

  test("is needed to watch where other machines reach the server", async () => {
    const { loopback } = await serve({ host: "0.0.0.0", token, adminToken });
    const client = await RawClient.connect(loopback, { authorization: `Bearer ${token}` });
    client.send({ type: "watch" });
    expect(await client.next("error")).toMatchObject({ error: { code: "Unauthorized" } });
    const operator = RawClient.open(loopback, { authorization: `Bearer ${adminToken}` });
    expect(await operator.next("welcome")).toMatchObject({ admin: true, watch: true });
    operator.send({ type: "watch" });
    await operator.next("tree");
  });
});

describe("requests that are meant for another server, or come from another site's page", () => {
  const local = { loopback: true, port: 8080, hosts: [], origins: [] };
  test.each<[string | undefined, boolean]>([
    ["127.0.0.1:8080", true],
    ["localhost:8080", true],
    ["LOCALHOST:8080", true],
    ["[::1]:8080", true],
    ["127.0.0.1", false],
    ["127.0.0.1:80", false],
    ["evil.example:8080", false],
    ["127.0.0.1.evil.example:8080", false],
    ["localhost.evil.example:8080", false],
    ["localhost:8080@evil.example", false],
    ["", false],
    [undefined, false],
  ])("on loopback the Host %s is allowed: %s", (host, allowed) => {
    expect(hostAllowed(host, local)).toBe(allowed);
  });

  test("on a wide bind any Host is allowed, or those that were listed", () => {
    expect(hostAllowed("any.example", { ...local, loopback: false })).toBe(true);
    const listed = { ...local, loopback: false, hosts: ["models.example.org", "10.0.0.5:8080"] };
    expect(
      ["models.example.org", "models.example.org:443", "10.0.0.5:8080"].map((host) => hostAllowed(host, listed)),
    ).toEqual([true, true, true]);
    expect(["10.0.0.5:81", "any.example", "x.models.example.org"].map((host) => hostAllowed(host, listed))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each<[string | undefined, boolean]>([
    [undefined, true],
    ["http://127.0.0.1:8080", true],
    ["http://localhost:8080", false],
    ["http://127.0.0.1:3000", false],
    ["https://evil.example", false],
    ["null", false],
    ["http://127.0.0.1:8080.evil.example", false],
    ["https://app.example.org", true],
  ])("the Origin %s is allowed: %s", (origin, allowed) => {
    expect(originAllowed(origin, "127.0.0.1:8080", { ...local, origins: ["https://app.example.org"] })).toBe(allowed);
  });

  test("are refused with 403 at the upgrade and on HTTP", async () => {
    const { door, loopback } = await serve();
    expect((await upgradeStatus(loopback, { host: `evil.example:${door.address.port}` })).status).toBe(403);
    expect((await upgradeStatus(loopback, { origin: "https://evil.example" })).status).toBe(403);
    expect((await upgradeStatus(loopback, { origin: `http://127.0.0.1:${door.address.port}` })).status).toBe(101);
    const page = await fetch(`${door.pagesUrl}health/live`, { headers: { origin: "https://evil.example" } });
    expect(page.status).toBe(403);
  });
});

test("an upgrade elsewhere, with another subprotocol, or beyond maxConnections is refused with its reason", async () => {
  const { loopback } = await serve({ maxConnections: 1 });
  expect((await upgradeStatus(`${loopback}elsewhere`)).status).toBe(404);
  expect((await upgradeStatus(loopback, { "sec-websocket-protocol": "mqtt" })).status).toBe(400);
  const client = await RawClient.connect(loopback);
  expect(await upgradeStatus(loopback)).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
  client.close();
});

test("one that was on its way in when the server began to stop is told to come later, not that it is elsewhere", async () => {
  const { door } = await serve();
  // An answer under way keeps the server open.
  const client = await RawClient.connect(`ws://127.0.0.1:${door.address.port}/`);
  const { port } = door.address;
  const socket = connect(port, "127.0.0.1");
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`);
  // Answered: the server has read what was sent before it.
  expect((await fetch(`${door.pagesUrl}health/live`)).status).toBe(200);
  const closed = door.close();
  await Promise.resolve();
  socket.write("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
  const [answer] = (await once(socket, "data")) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 503 /);
  socket.destroy();
  client.close();
  await closed;
});
