import type { Gateway } from "../gateway/gateway.js";
import type { ServeConfig } from "../gateway/serve-config.js";
import type { App } from "../system/app.js";
import type { SystemEvent } from "../system/events.js";
import { causeText, type DeathReport } from "../system/report.js";

/** What is served, where, and what to try next. */
export function announce(door: Gateway, names: string[], config: ServeConfig, say: (line: string) => void): void {
  say(`holdfast serves ${names.join(" and ")} at ${door.url}`);
  say(`  page         ${door.pagesUrl}`);
  say(`  health       ${door.pagesUrl}health/ready`);
  say(`  admin token  ${door.adminToken}   (the page's kill button asks for it)`);
  say("try:");
  for (const name of names) for (const line of trials(name, config, door.pagesUrl)) say(`  ${line}`);
  say("Ctrl-C stops; a second one stops without waiting.");
}

function trials(name: string, config: ServeConfig, url: string): string[] {
  const exposed = config.expose[name]!;
  const media = "media" in exposed ? exposed.media : undefined;
  const file = { audio: "clip.wav", image: "line.png" }[media?.kind as string];
  if (file) return [`npx holdfast ask ${url} ${name} --file ${file}`];
  const methods = "methods" in exposed ? exposed.methods : exposed;
  const [method] = Array.isArray(methods) ? methods : Object.keys(methods);
  return [`npx holdfast ask ${url} ${name} ${method ?? "method"} '"argument as JSON"'`];
}

/** One line for each thing an operator must know. */
export function tellEvents(app: App<unknown>, tell: (line: string) => void): void {
  app.subscribe((event) => {
    const line = eventLine(event);
    if (line) tell(line);
  });
}

function eventLine(event: SystemEvent): string | undefined {
  switch (event.type) {
    case "report":
      return reportLine(event.report);
    case "dead-letter": {
      const { path, key, method, reason, sender } = event.letter;
      return `dead letter: ${path}${key ? `[${key}]` : ""}.${method} from ${sender}: ${reason}`;
    }
    case "abandoned":
      return event.exited
        ? `${event.host} of ${event.path}, abandoned before, has left`
        : `${event.host} of ${event.path} does not end (native code): abandoned and replaced`;
    case "life":
      if (event.state === "running") return `${event.path}: running`;
      if (event.state === "quarantined" || event.state === "waiting") {
        return `${event.path}: ${event.state}: ${event.reason ?? ""}`;
      }
      return undefined;
    case "death":
      return undefined;
  }
}

/** A death in one line: who, why, what it cost, how long it took. */
export function reportLine(report: DeathReport): string {
  const { path, key, host, cause, executing, times, decision, level } = report;
  const what = executing.map(({ method, seq }) => `${method}#${seq}`).join(", ") || "nothing";
  const steps = Object.entries(times).map(([step, ms]) => `${step.replace("Ms", "")} ${(ms as number).toFixed(1)}`);
  const done = decision === "restart" ? `restarted${level ? ` (${level})` : ""}` : decision;
  return `death: ${path}${key ? `[${key}]` : ""} on ${host}: ${causeText(cause)}; executing ${what}; ${done}; ms: ${steps.join(", ")}`;
}
