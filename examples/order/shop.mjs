import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { supervisor, system } from "holdfast";
import { files } from "holdfast/state";
import { machine } from "holdfast/xstate";

// A shop with one order, whose state is in a folder: node shop.mjs <folder> [amount]
const [folder, amount] = process.argv.slice(2);
const url = new URL("./order.mjs", import.meta.url);
const order = machine(url, { durable: true, input: { bank: join(folder, "bank.txt") } });
const app = await system(supervisor({}, { order }), { store: files(join(folder, "state")) });

const { value } = await app.refs.order.ask.getSnapshot();
console.log(`the order is ${value}`);
if (amount !== undefined) await app.refs.order.ask.send({ type: "pay", amount: Number(amount) });
for (let known = value; known !== "sentBack"; await pause(10)) {
  const now = await app.refs.order.ask.getSnapshot();
  if (now.value !== known)
    console.log(`the order is ${now.value}${now.context.receipt ? ` (${now.context.receipt})` : ""}`);
  known = now.value;
}
await app.stop();
