import { child } from "./child.mjs";

const load = new URL("../gateway/load.mjs", import.meta.url);

/**
 * A server and its callers, each a process of its own, measured as often as is wished and at rest in between. Who measures a
 * server that has just started measures its compiler: what few requests take goes on being compiled for seconds.
 *
 * @param {{ file: URL, args: readonly unknown[] }} server  it sends { port }, and answers "cpu" with { cpuMs }
 * @param {{ wire: string, connections: number, inFlight: number, warmMs: number }} callers
 */
export async function standing(server, { wire, connections, inFlight, warmMs }) {
  const serving = child(server.file, server.args);
  let calling;
  const stop = async () => {
    await calling?.stop();
    await serving.stop();
  };
  const called = async (ms) => {
    calling.say({ for: ms });
    const { answers, ms: took } = await calling.heard();
    if (answers === 0) throw new Error(`${server.args.join(" ")} answered nothing`);
    return { answers, perSecond: (answers / took) * 1000 };
  };
  const cpu = async () => {
    serving.say("cpu");
    return (await serving.heard()).cpuMs;
  };
  try {
    const { port } = await serving.heard();
    calling = child(load, [wire, port, connections, inFlight]);
    await calling.heard();
    await called(warmMs);
    return {
      port,
      stop,
      /** @param {number} ms */
      async measure(ms) {
        const before = await cpu();
        const { answers, perSecond } = await called(ms);
        return { perSecond, cpuUs: (((await cpu()) - before) * 1000) / answers };
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
