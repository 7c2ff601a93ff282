// A serving app of one's own: the same pieces that `holdfast serve` is made of, in one program.
import { system, treeText } from "holdfast";
import { connect } from "holdfast/client";
import { gateway } from "holdfast/gateway";
import config from "./holdfast.config.mjs";

const app = await system(config.tree);
const door = await gateway(app, { expose: config.expose, port: Number(process.env.PORT ?? 0) });
console.log(`serving at ${door.url}`);

const client = await connect(door.url);
try {
  const language = client.ref("language");
  const visits = client.ref("visits");
  console.log(await language.ask.detect("Der Tang hält sich im Sturm am Felsen fest."));
  console.log("ada's visits:", await visits.key("ada").ask.visit(), await visits.key("ada").ask.visit());

  console.log("killing every thread …");
  app.kill("language", { by: "the example" });
  app.kill("visits", { by: "the example" });

  console.log(await language.ask.detect("Le varech s'accroche au rocher pendant la tempête."));
  console.log(
    "ada's visits:",
    await visits.key("ada").ask.visit(),
    "- and eve's:",
    await visits.key("eve").ask.visit(),
  );
  await language.ask.detect("hi").catch((error) => console.log(`${error.code}: ${error.message}`));
  console.log(treeText(app.tree()));
} finally {
  client.close();
  await door.close();
  await app.stop();
}
