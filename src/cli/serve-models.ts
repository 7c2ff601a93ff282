import type { HttpDoor } from "../gateway/http-door.js";
import type { ServeConfig } from "../gateway/serve-config.js";
import { v2Door } from "../gateway/v2/v2-door.js";
import type { ModelEvent } from "../serving/repository/model-events.js";
import { openModels } from "../serving/repository/open-models.js";
import type { ServedModels } from "../serving/repository/served-models.js";
import type { App } from "../system/app.js";

/** Models of a config, and their door. */
export interface OpenedModels {
  readonly models: ServedModels;
  readonly http: HttpDoor;
}

/**
 * Begins to load the models of a config; what becomes of each is told in a line.
 * @throws HoldfastError (rejects) InvalidSpec for an option that is none, or no such folder
 */
export async function openServed(
  app: App<unknown>,
  { models: options }: ServeConfig,
  tell: (line: string) => void,
): Promise<OpenedModels | undefined> {
  if (options === undefined) return undefined;
  const models = await openModels(app, { ...options, start: "background" });
  models.watch((event) => {
    const line = modelLine(event);
    if (line !== undefined) tell(line);
  });
  return { models, http: v2Door(models) };
}

function modelLine(event: ModelEvent): string | undefined {
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
