import { HoldfastError } from "../../errors.js";
import { portText } from "../runtimes/check-feeds.js";
import type { LoadedModel, ModelPort, ModelTensor } from "../runtimes/model.js";
import { zeroTensor } from "../runtimes/zero-tensor.js";

/** Shapes to run a model on before it is ready, by input; or false: do not run it. */
export type WarmUp = false | Readonly<Record<string, readonly number[]>>;

/**
 * Runs a model once, on zeros and empty texts, so that ready means hot. Where no shapes are given, only a model whose
 * sizes are all known is run, the outermost taken as 1; that it does not like zeros is then no reason not to serve it.
 * @returns whether it has run
 * @throws HoldfastError StartFailed where it does not run on the shapes that were given
 */
export async function warmUp(model: LoadedModel, shapes: WarmUp | undefined, source: string): Promise<boolean> {
  if (shapes === false) return false;
  const unfit = shapes && misfit(model.inputs, shapes);
  if (unfit !== undefined) throw failed(source, unfit);
  const feeds = zeros(model.inputs, shapes ?? {});
  if (!feeds) return false;
  try {
    await model.run(feeds);
    return true;
  } catch (cause) {
    if (shapes === undefined) return false;
    throw failed(`${source} does not run on zeros`, (cause as Error).message, cause);
  }
}

/** Why shapes that were given do not make a run. */
function misfit(ports: readonly ModelPort[], shapes: Shapes): string | undefined {
  const stray = Object.keys(shapes).find((name) => ports.every((port) => port.name !== name));
  if (stray !== undefined) {
    return `warmup names "${stray}", which is none of its inputs: ${ports.map(portText).join(", ")}`;
  }
  const open = ports.find((port) => shapeOf(port, shapes).includes(-1));
  return open && `warmup says no shape of ${portText(open)}: give sizes for it too`;
}

type Shapes = Readonly<Record<string, readonly number[]>>;

/** Undefined where a shape is not known, or a type has no zero. Without inputs declared there is nothing to run on. */
function zeros(ports: readonly ModelPort[], shapes: Shapes): Record<string, ModelTensor> | undefined {
  if (ports.length === 0) return undefined;
  const feeds: Record<string, ModelTensor> = {};
  for (const port of ports) {
    const { name, dtype } = port;
    const shape = shapeOf(port, shapes);
    if (shape.includes(-1)) return undefined;
    const tensor = zeroTensor(dtype, shape);
    if (!tensor) return undefined;
    feeds[name] = tensor;
  }
  return feeds;
}

/** With -1 for a size that nobody said. */
function shapeOf({ name, shape }: ModelPort, shapes: Shapes): readonly number[] {
  return shapes[name] ?? shape.map((dim, place) => (typeof dim === "number" ? dim : place === 0 ? 1 : -1));
}

function failed(what: string, why: string, cause?: unknown): HoldfastError {
  return new HoldfastError("StartFailed", `${what}: ${why}`, { retryable: false, cause, details: { field: "warmup" } });
}
