import { isRemoteName } from "../actor/actor.js";
import { behindRef, type Target } from "../actor/ref.js";
import { HoldfastError } from "../errors.js";
import type { ExposedActor, ExposedMethod } from "../protocol/frames.js";
import type { App } from "../system/app.js";
import type { TreeNode } from "../system/tree.js";
import type { Expose, ExposeOptions } from "./options.js";

/** One callable actor: what is said of it in `welcome`, and where its calls go. */
export interface Exposed extends ExposedActor {
  readonly name: string;
  readonly target: Target;
}

/** What callers may reach, and nothing else. Looked up by name on every frame. */
export class Exposure {
  readonly #byName: ReadonlyMap<string, Exposed>;

  /** @throws HoldfastError InvalidSpec for a name that is not in the tree or a method that cannot be called */
  constructor(app: App<unknown>, expose: Readonly<Record<string, Expose>>) {
    this.#byName = new Map(Object.entries(expose).map(([name, what]) => [name, exposed(app, name, what)]));
  }

  get names(): string[] {
    return [...this.#byName.keys()];
  }

  /** @throws HoldfastError NotExposed */
  find(name: string, method?: string): Exposed {
    const actor = this.#byName.get(name);
    if (!actor)
      throw new HoldfastError("NotExposed", `${JSON.stringify(name)} is not exposed: ${this.#list(this.names)}`);
    if (method !== undefined && !Object.hasOwn(actor.methods, method)) {
      const known = this.#list(Object.keys(actor.methods));
      throw new HoldfastError("NotExposed", `${name}.${JSON.stringify(method)} is not exposed: ${known}`);
    }
    return actor;
  }

  /** For `welcome`: without the targets. */
  describe(): Record<string, ExposedActor> {
    const entries = [...this.#byName.values()].map(({ name, methods, stream, media }) => {
      const actor: ExposedActor = { methods, ...(stream ? { stream } : {}), ...(media ? { media } : {}) };
      return [name, actor] as const;
    });
    return Object.fromEntries(entries);
  }

  #list(names: string[]): string {
    return names.length === 0 ? "nothing is" : `this server exposes ${names.join(", ")}`;
  }
}

function exposed(app: App<unknown>, name: string, what: Expose): Exposed {
  const ref = app.ref(name);
  const behind = ref && behindRef(ref);
  if (!behind) {
    const known = (app.tree().children ?? []).map((child) => child.name).join(", ");
    throw invalid(name, `names nothing in the tree: below its root are ${known || "no children"}`);
  }
  const options: ExposeOptions = isList(what) ? { methods: what } : what;
  const methods = methodsOf(name, options);
  if (Object.keys(methods).length === 0) throw invalid(name, "exposes no method: list some, or leave it out");
  for (const [field, method] of [
    ["stream", options.stream],
    ["media.method", options.media?.method],
  ] as const) {
    if (method !== undefined && !Object.hasOwn(methods, method)) {
      throw invalid(name, `has ${field} ${JSON.stringify(method)}, which is not among its methods`);
    }
  }
  const node = findNode(app.tree(), name);
  if (options.stream !== undefined && node && node.kind !== "keyed") {
    throw invalid(
      name,
      `has a stream but is of kind ${node.kind}: an input stream needs one actor per key, use keyed()`,
    );
  }
  return {
    name,
    target: behind.target,
    methods,
    ...(options.stream ? { stream: options.stream } : {}),
    ...(options.media ? { media: options.media } : {}),
  };
}

function methodsOf(name: string, options: ExposeOptions): Record<string, ExposedMethod> {
  const { methods } = options;
  const pairs = isList(methods) ? methods.map((method) => [method, {}] as const) : Object.entries(methods ?? {});
  const facts: Record<string, ExposedMethod> = {};
  for (const [method, { idempotent = false, stream = false }] of pairs as [string, Partial<ExposedMethod>][]) {
    if (typeof method !== "string" || !isRemoteName(method)) {
      throw invalid(name, `lists ${JSON.stringify(method)}, which can never be called from outside`);
    }
    facts[method] = { idempotent, stream };
  }
  return facts;
}

function isList(value: unknown): value is readonly string[] {
  return Array.isArray(value);
}

/** The node at a path below the root, such as "models/speech". */
export function findNode(tree: TreeNode, path: string): TreeNode | undefined {
  return path
    .split("/")
    .reduce<TreeNode | undefined>((node, name) => node?.children?.find((child) => child.name === name), tree);
}

function invalid(name: string, problem: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `gateway.expose.${name} ${problem}`, {
    details: { field: `gateway.expose.${name}` },
  });
}
