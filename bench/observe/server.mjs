import { trace } from "@opentelemetry/api";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { gateway } from "../../dist/gateway/door.js";
import { supervisor, system, thread } from "../../dist/index.js";

/*
 * Gateways, each before an actor in a thread of its own, together in one process: `fork(this, ["plain" | "observed", …])`. It
 * sends { ports } when they listen, and answers "cpu" with the milliseconds of processor time that all its threads have used.
 */

const exporter = { export: (_, done) => done({ code: 0 }), shutdown: async () => {} };
const spanProcessors = [new BatchSpanProcessor(exporter)];
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));

const ports = [];
for (const how of process.argv.slice(2)) {
  const observed = how === "observed";
  const actor = thread(new URL("../gateway/echo.mjs", import.meta.url), undefined, { mailbox: { messages: 2000 } });
  const app = await system(supervisor({}, { echo: actor }), observed ? { trace: { ratio: 0.01 } } : {});
  const metrics = observed ? { public: true } : false;
  const { address } = await gateway(app, { port: 0, expose: { echo: ["echo"] }, metrics });
  ports.push(address.port);
}
process.on("message", () => {
  const { user, system: kernel } = process.cpuUsage();
  process.send({ cpuMs: (user + kernel) / 1000 });
});
process.on("disconnect", () => process.exit(0));
process.send({ ports });
