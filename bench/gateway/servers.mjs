import { createServer } from "node:http";

/*
 * A server in a process of its own: `fork(this, [kind])`. It sends { port } when it listens, and answers "cpu" with the
 * milliseconds of processor time that all its threads have used.
 */

/** Each starts a server on a free port of this machine. @type {Record<string, () => Promise<number>>} */
const kinds = {
  thread: () => holdfast(async (h) => h.thread(new URL("./echo.mjs", import.meta.url), undefined, options)),
  inline: () => holdfast(async (h) => h.inline((await import("./echo.mjs")).Echo, undefined, options)),
  "ws echo": wsEcho,
  fastify: () => fastifyAndPiscina({ maxThreads: 1 }),
  "fastify tuned": () => fastifyAndPiscina({ maxThreads: 1, concurrentTasksPerWorker: 64 }),
};

/** A bound that 100 connections with 16 requests each fit into; every other as it is by default. */
const options = { mailbox: { messages: 2000 } };

/** With everything that is on by default: limits, ledger, heartbeats. */
async function holdfast(specOf) {
  const h = await import("../../dist/index.js");
  const { gateway } = await import("../../dist/gateway/door.js");
  const app = await h.system(h.supervisor({}, { echo: await specOf(h) }));
  const { address } = await gateway(app, { port: 0, expose: { echo: ["echo"] } });
  return address.port;
}

/** As small as a WebSocket server can be: what comes in goes out, unread. */
async function wsEcho() {
  const { WebSocketServer } = await import("ws");
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on("connection", (socket) => socket.on("message", (data) => socket.send(data, { binary: true })));
  await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
  return http.address().port;
}

/** The usual way to serve work in a thread over HTTP. One thread, as ours. */
async function fastifyAndPiscina(options) {
  const { default: fastify } = await import("fastify");
  const { Piscina } = await import("piscina");
  const filename = new URL("./echo-task.mjs", import.meta.url).href;
  const pool = new Piscina({ filename, minThreads: 1, ...options });
  const server = fastify();
  server.post("/echo", (request) => pool.run(request.body));
  await server.listen({ port: 0, host: "127.0.0.1" });
  return server.server.address().port;
}

const port = await kinds[process.argv[2]]();
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send({ cpuMs: (user + system) / 1000 });
});
process.on("disconnect", () => process.exit(0));
process.send({ port });
