import { createServer, type Server } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { connect } from "../../../src/client/node.js";
import { refusalOf } from "../../../src/client/refusal.js";
import { gateway } from "../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import { fakeApp } from "../gateway/fake-app.js";
import { HandClock } from "../gateway/hand-clock.js";
import { Relay } from "./relay.js";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A clock that nobody turns: what is retried or given up by time would hang here. */
const still = () => ({ clock: new HandClock() });

async function door(options: Partial<GatewayOptions> = {}) {
  const app = fakeApp({ math: { add: (a: number, b: number) => a + b } });
  const opened = await gateway(app, { port: 0, expose: { math: ["add"] }, ...options });
  cleanups.push(() => opened.close({ drain: 0 }));
  return opened;
}

/** Answers every upgrade with these in turn, the last one again and again. */
async function answering(...answers: string[]): Promise<{ url: string; asked: () => number }> {
  let asked = 0;
  const server: Server = createServer();
  server.on("upgrade", (_request, socket) => {
    // A client that gives up in the middle resets the connection.
    socket.on("error", () => {});
    socket.end(answers[Math.min(asked++, answers.length - 1)]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => server.close());
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked: () => asked };
}

const http = (status: string, body: string) =>
  `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;

test("a Host that is not a name of the server is told at once, in the server's words", async () => {
  const { address } = await door();
  const relay = await Relay.to(address.port);
  cleanups.push(() => relay.close());
  // The relay listens on another port, which the Host header then names.
  await expect(connect(relay.url, still())).rejects.toMatchObject({
    code: "Unauthorized",
    retryable: false,
    message: expect.stringMatching(
      /refused the connection with 403 Forbidden: the Host header is .* add it to `hosts`/,
    ),
    details: { status: 403 },
  });
});

test("a path without a WebSocket is told at once, with the paths that have one", async () => {
  const { url } = await door();
  await expect(connect(`${url}nowhere`, still())).rejects.toMatchObject({
    code: "NotExposed",
    retryable: false,
    message: `${url}nowhere refused the connection with 404 Not Found: no WebSocket is at /nowhere: connect to / or /admin`,
  });
});

test("wss: to a server without TLS is told at once", async () => {
  const { url } = await door();
  await expect(connect(url.replace("ws:", "wss:"), still())).rejects.toMatchObject({
    code: "InvalidSpec",
    retryable: false,
    message: expect.stringContaining("speaks no TLS"),
  });
});

test("a refusal by one url goes on to the next", async () => {
  const { url } = await door();
  const refusing = await answering(http("404 Not Found", "nothing here"));
  const client = await connect<{ math: { add(a: number, b: number): number } }>([refusing.url, url]);
  cleanups.push(() => client.close());
  expect(await client.ref("math").ask.add(2, 3)).toBe(5);
});

test("when every url refuses, connect fails with the last refusal, having asked each once", async () => {
  const first = await answering(http("404 Not Found", "nothing here"));
  const second = await answering(http("401 Unauthorized", "no token"));
  const reconnect = { initial: 1, max: 1 };
  await expect(connect([first.url, second.url], { reconnect })).rejects.toMatchObject({
    code: "Unauthorized",
    retryable: false,
    message: `${second.url} refused the connection with 401 Unauthorized: no token`,
  });
  expect([first.asked(), second.asked()]).toEqual([1, 1]);
});

test("a server that is full or starting is tried again", async () => {
  const busy = await answering(http("503 Service Unavailable", "full"), http("403 Forbidden", "not you"));
  await expect(connect(busy.url, { reconnect: { initial: 1, max: 1 } })).rejects.toMatchObject({
    message: expect.stringContaining("403 Forbidden: not you"),
  });
  expect(busy.asked()).toBe(2);
});

test("while a server stays full, the error in the end quotes its answer and may be retried", async () => {
  const busy = await answering(http("503 Service Unavailable", "full"));
  const options = { reconnect: { initial: 1, max: 1 }, connectTimeout: 200 };
  await expect(connect(busy.url, options)).rejects.toMatchObject({
    code: "ConnectionLost",
    retryable: true,
    message: expect.stringContaining("503 Service Unavailable: full"),
  });
});

test("a connection refused by the network is tried until connectTimeout", async () => {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const options = { reconnect: { initial: 1, max: 1 }, connectTimeout: 100 };
  await expect(connect(`ws://127.0.0.1:${port}`, options)).rejects.toMatchObject({
    code: "ConnectionLost",
    retryable: true,
    message: expect.stringContaining("no server answered within 100 ms"),
  });
});

test("a page that is no error of ours is quoted shortly; a code nobody knows is that of the status", () => {
  expect(refusalOf("ws://a/", 400, "Bad Request", "x".repeat(5000)).message.length).toBeLessThan(400);
  expect(refusalOf("ws://a/", 200, "OK", "").code).toBe("BadFrame");
  const odd = refusalOf("ws://a/", 403, "Forbidden", '{"error":{"code":"Odd","message":"no"}}');
  expect(odd).toMatchObject({ code: "Unauthorized", message: expect.stringMatching(/: no$/) });
  expect(refusalOf("ws://a/", 401, "Unauthorized", "null").code).toBe("Unauthorized");
});
