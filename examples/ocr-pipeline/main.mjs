// A page is read by a pipeline: one pool finds the lines, another reads them, an actor asks both. Then a reader is killed in
// the middle of a page, and the page is the same.
import { readFile } from "node:fs/promises";
import { causeText, pool, refTo, supervisor, system, thread, treeText } from "holdfast";
import { detectModule, readModule, readPageModule } from "holdfast/models";

const app = await system(
  supervisor(
    {},
    {
      detect: pool(thread(detectModule, { runtime: "wasm" }), { size: 1, spares: 0 }),
      read: pool(thread(readModule, { runtime: "wasm" }), { size: 2, spares: 0 }),
      page: thread(readPageModule, { detect: refTo("detect"), read: refTo("read"), lineTimeout: "20s" }),
    },
  ),
);
try {
  const png = await readFile(process.argv[2] ?? new URL("./page.png", import.meta.url));
  const before = await app.refs.page.ask.image(png);
  for (const { text, confidence } of before.lines) console.log(`${confidence.toFixed(2)}  ${text}`);

  // The page again; as soon as both readers work on a line, the thread of one goes.
  const reports = [];
  app.subscribe((event) => event.type === "report" && reports.push(event.report));
  let over = false;
  const again = app.refs.page.ask.image(png).finally(() => {
    over = true;
  });
  while (working(app) < 2 && !over) await new Promise((resolve) => setTimeout(resolve, 1));
  app.kill("read/1", { by: "the example" });

  const after = await again;
  for (const { path, cause, executing, redelivered } of reports) {
    console.log(
      `\n${path}: ${causeText(cause)}, executing ${executing[0]?.method ?? "nothing yet"}, ${redelivered} sent again`,
    );
  }
  for (const { text, confidence } of after.lines) console.log(`${confidence.toFixed(2)}  ${text}`);
  const same = before.lines.filter(({ text }, i) => text === after.lines[i]?.text).length;
  console.log(`\n${same} of ${before.lines.length} lines are the same, ${after.missing} missing`);
  console.log(treeText(app.tree()));
} finally {
  await app.stop();
}

/** How many readers have a line before them. */
function working(app) {
  return app.tree().children.find(({ name }) => name === "read").mailbox.executing;
}
