import { keyed, supervisor, system, thread } from "holdfast";
import { gateway } from "holdfast/gateway";
import { speechModule } from "holdfast/models";
import { files } from "holdfast/state";

/** A server whose streams outlive it: `fork(this, [folder, port, "tally" | "speech"])`. Tells its port. */
const [folder, port, what] = process.argv.slice(2);
const specs = {
  tally: () =>
    thread(new URL("../actors/running-sum.mjs", import.meta.url), undefined, { durable: true, spare: "none" }),
  speech: () => thread(speechModule, {}, { durable: true, spare: "none" }),
};
const app = await system(supervisor({}, { stream: keyed(specs[what](), { cells: 1 }) }), { store: files(folder) });
const door = await gateway(app, { port: Number(port), expose: { stream: { methods: ["push"], stream: "push" } } });
process.send({ port: door.address.port });
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
