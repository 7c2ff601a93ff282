import { inline, supervisor, system, thread } from "../../dist/index.js";
import { after, report, timed } from "./measured.mjs";
import { Small } from "./ours.mjs";

/*
 * One actor that throws, the next ask queued behind the bad one:
 *
 *   ask.fail ─▶ throw ─▶ … rebuilt … ─▶ answer of the next ask
 *                └────── measured ─────────┘
 */
const [level, rounds] = [process.argv[2], Number(process.argv[3])];
const options = { guiltyIntensity: { restarts: Number.POSITIVE_INFINITY, within: "60s" } };
const url = new URL("./ours.mjs", import.meta.url);
const spec = level === "inline" ? inline(Small, undefined, options) : thread(url.href, undefined, options);
const app = await system(supervisor({}, { small: spec }));
const { ask } = app.refs.small;

const result = await timed(rounds, async (n) => {
  const failing = ask.fail().catch((error) => error);
  const answer = await ask.answer(n);
  const at = process.hrtime.bigint();
  if (answer !== n) throw new Error(`${n} was answered with ${answer}`);
  return after((await failing).cause.at, at);
});
await app.stop();
report(result);
