import { supervisor, system, thread } from "holdfast";

/*
 * Tensors of 1 MB in place, and a tenth as many copied: memory must stay flat, and every slot be free again at the end.
 */

const url = new URL("../actors/tensors.mjs", import.meta.url);
const FLOATS = 250_000;
const IN_FLIGHT = 16;
/** Resident memory may differ by this between the first tenth and the end: garbage of a burst that is not collected yet. */
const SLACK_MB = 150;

/** @returns {Promise<import("./run.mjs").Soaked>} */
export async function soak({ count, say = () => {} }) {
  const app = await system(supervisor({}, { work: thread(url) }));
  const failures = [];
  const { ask } = app.refs.work;
  const rss = () => process.memoryUsage.rss() / 2 ** 20;
  let settledRss = 0;
  let asks = 0;
  const told = setInterval(() => say(`${asks} asks, ${Math.round(rss())} MB`), 5000);
  const caller = async (_, i) => {
    const tensor = app.tensor("float32", [FLOATS]);
    const array = { dtype: "float32", shape: [FLOATS], data: new Float32Array(FLOATS) };
    while (asks < count * 1.1) {
      const mark = ++asks % 1_000_000;
      const copied = asks % 11 === 0;
      const sent = copied ? array : tensor;
      sent.data[FLOATS - 1] = mark;
      const answer = await ask.last(sent);
      if (answer !== mark) failures.push(`caller ${i} got ${answer} for ${mark}`);
      if (settledRss === 0 && asks > count / 10) settledRss = rss();
    }
    tensor.release();
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
  clearInterval(told);
  const end = rss();
  if (end > settledRss + SLACK_MB) failures.push(`memory grew from ${settledRss} to ${end} MB`);
  const { slab, tensors } = app;
  if (slab.used > 0 || tensors.used > 0) failures.push(`slots not free: ${slab.used} arrays, ${tensors.used} tensors`);
  await app.stop();
  return { counts: { asks, "MB after a tenth": Math.round(settledRss), "MB at the end": Math.round(end) }, failures };
}
