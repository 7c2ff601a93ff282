import type { Ref } from "../actor/ref.js";
import type { Expose } from "../gateway/options.js";
import type { Model } from "../serving/model/model-actor.js";
import type { App } from "../system/app.js";
import { modelLines } from "./model-text.js";

/** Says of each exposed model what it runs on, and its inputs and outputs, as soon as it is loaded. */
export function describeModels(
  app: App<unknown>,
  expose: Readonly<Record<string, Expose>>,
  say: (line: string) => void,
): void {
  for (const [name, what] of Object.entries(expose)) {
    if (!("media" in what) || what.media?.kind !== "tensors") continue;
    const model = app.ref(name) as Ref<Model>;
    void model
      .with({ timeout: Number.POSITIVE_INFINITY })
      .ask.describe()
      .then(
        (description) => modelLines(name, description).forEach(say),
        // It did not start, or the end came first: both are told by others.
        () => {},
      );
  }
}
