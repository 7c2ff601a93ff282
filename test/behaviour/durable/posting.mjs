// Tells a postbox one letter after the other, for ever, and says how many it had when it was started: to be killed.
import { supervisor, system, thread } from "holdfast";
import { files } from "holdfast/state";

const [folder] = process.argv.slice(2);
const url = new URL("../../actors/postbox.mjs", import.meta.url);
const box = thread(url, undefined, { durable: { mail: true }, snapshotEvery: 5 });
const { refs } = await system(supervisor({}, { box }), { store: files(folder) });
const before = await refs.box.ask.letters();
const wrong = before.findIndex((letter, at) => letter !== at);
console.log(wrong < 0 ? `had ${before.length}` : `wrong ${before[wrong]} at ${wrong}`);
for (let next = before.length; ; next++) {
  if (!refs.box.tell.put(next)) next--;
  console.log(`told ${next}`);
  // As quickly as the disk takes them, with some that wait.
  if (next % 8 === 0) await refs.box.ask.look();
}
