import { gateway } from "../../dist/gateway/door.js";
import { supervisor, system, thread } from "../../dist/index.js";

/*
 * A gateway before an actor in a thread, in a process of its own: `fork(this, ["plain" | "observed"])`. It sends { port } when it
 * listens, and answers "cpu" with the milliseconds of processor time that all its threads have used.
 */

const metrics = process.argv[2] === "observed" ? { public: true } : false;
const actor = thread(new URL("../gateway/echo.mjs", import.meta.url), undefined, { mailbox: { messages: 2000 } });
const app = await system(supervisor({}, { echo: actor }));
const { address } = await gateway(app, { port: 0, expose: { echo: ["echo"] }, metrics });
process.on("message", () => {
  const { user, system: kernel } = process.cpuUsage();
  process.send({ cpuMs: (user + kernel) / 1000 });
});
process.on("disconnect", () => process.exit(0));
process.send({ port: address.port });
