import type { ModelEvent } from "../../serving/repository/model-events.js";
import type { ServedModels } from "../../serving/repository/served-models.js";
import type { ModelDescription, ModelPort, RuntimeName } from "../../serving/runtimes/model.js";

const runtimes: Record<RuntimeName, string> = {
  native: "onnxruntime-node (native code)",
  wasm: "onnxruntime-web (WASM)",
  function: "a module of its own",
};

/** What runs a model, its inputs and its outputs, line by line. */
export function modelLines(name: string, { runtime, why, warm, inputs, outputs }: ModelDescription): string[] {
  const cold = warm === false ? "; not warmed up: its sizes are open, so the first request takes longer" : "";
  const head = `${name} runs on ${runtimes[runtime]}${why === undefined ? "" : `: ${why}`}${cold}`;
  const wide = Math.max(0, ...[...inputs, ...outputs].map((port) => port.name.length));
  const line = (kind: string, port: ModelPort) => `  ${kind}  ${port.name.padEnd(wide)}  ${typeText(port)}`;
  return [head, ...inputs.map((port) => line("input ", port)), ...outputs.map((port) => line("output", port))];
}

/** `float32 [batch, 3, 224, 224]`; "?" for a size of which nothing is said. */
function typeText({ dtype, shape }: Pick<ModelPort, "dtype" | "shape">): string {
  return `${dtype} [${shape.map((dim) => dim ?? "?").join(", ")}]`;
}

/** A request that could be sent: every open size is 1, every element 0. */
export function trialRequest({ inputs }: ModelDescription): Record<string, unknown> {
  return Object.fromEntries(
    inputs.map(({ name, dtype, shape }) => {
      const sizes = shape.map((dim) => (typeof dim === "number" ? dim : 1));
      const zero = dtype === "string" ? "text" : dtype === "bool" ? false : 0;
      const small = sizes.reduce((product, size) => product * size, 1) <= 16;
      return [name, small ? filled(sizes, zero) : { shape: sizes, fill: zero }];
    }),
  );
}

/** Lists in lists, as deep as there are sizes. */
function filled(sizes: readonly number[], value: unknown): unknown {
  const [size, ...inner] = sizes;
  return size === undefined ? value : Array.from({ length: size }, () => filled(inner, value));
}

/** What an operator must know of a repository's event, and whether it is bad news. */
export function modelEventLines(event: ModelEvent, models: Pick<ServedModels, "describe">): EventLines {
  switch (event.type) {
    case "swapped": {
      const { name, from, to, result, why, phase } = event;
      if (result === "rolled-back") return { bad: true, lines: [`model ${name} ${to}: not taken (${phase}): ${why}`] };
      return {
        bad: false,
        lines: [
          ...(from === undefined ? [] : [`model ${name}: ${from} → ${to}: ${why}`]),
          ...describedLines(name, to, models),
        ],
      };
    }
    case "folder":
      return {
        bad: true,
        lines: [`models: ${event.name}${event.version ? ` ${event.version}` : ""}: ${event.reason}`],
      };
    // The first load has no probation, and how a swap ends has a line of its own.
    case "phase":
      if (event.from === undefined || event.phase === "promoted" || event.phase === "rolled-back") return none;
      return { bad: false, lines: [`model ${event.name}: ${event.from} → ${event.to}: ${event.phase}: ${event.why}`] };
    case "state":
      return none;
  }
}

interface EventLines {
  readonly bad: boolean;
  readonly lines: readonly string[];
}

const none: EventLines = { bad: false, lines: [] };

/** What runs a version, its inputs and its outputs; nothing where it has gone. */
export function describedLines(name: string, version: string, models: Pick<ServedModels, "describe">): string[] {
  try {
    return modelLines(name, models.describe(name, version));
  } catch {
    return [];
  }
}
