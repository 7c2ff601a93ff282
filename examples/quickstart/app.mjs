import { supervisor, system, thread, treeText } from "holdfast";

const app = await system(
  supervisor({ strategy: "one-for-one" }, { counter: thread(new URL("./counter.mjs", import.meta.url)) }),
);
try {
  const { counter } = app.refs;
  console.log(await counter.ask.add(2)); // 2
  console.log(await counter.ask.add(3)); // 5

  // An uncaught error ends the whole worker thread, twice: the message is tried again once, then never again.
  await counter.ask.crash().catch((error) => console.log(error.code, "- retry?", error.retryable));

  console.log(await counter.ask.add(4)); // 9: another thread, the same counter
  console.log(treeText(app.tree()));
} finally {
  await app.stop();
}
