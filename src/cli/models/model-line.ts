import type { ModelEvent } from "../../serving/repository/model-events.js";

/** An event of a repository of models, in a line. */
export function modelLine(event: ModelEvent): string {
  switch (event.type) {
    case "state": {
      const { name, version, state, reason } = event;
      return `model ${name}/${version} is ${state}${reason === undefined ? "" : `: ${reason}`}`;
    }
    case "phase":
      return `model ${event.name}: ${event.from ?? "none"} to ${event.to}, ${event.phase}: ${event.why}`;
    case "swapped":
      return `model ${event.name}/${event.to} was ${event.result}: ${event.why}`;
    case "folder":
      return `model ${event.name}${event.version === undefined ? "" : `/${event.version}`}: ${event.reason}`;
  }
}
