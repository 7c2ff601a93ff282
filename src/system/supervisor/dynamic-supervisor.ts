import { createRef, type Ref } from "../../actor/ref.js";
import { DEFAULT_MAX_CHILDREN } from "../../defaults.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import type { Tally } from "../../mailbox/tally.js";
import { presetOf, supervisorRules } from "../../supervision/spec.js";
import type { SystemContext } from "../context.js";
import { needsName } from "../durable/durable-options.js";
import type { ActorSpec } from "../specs.js";
import type { LoadedSpec, Place, Unit } from "../unit.js";
import type { DynamicOptions, DynamicRef } from "./dynamic-spec.js";
import { refuseName } from "./load-child.js";
import { asChild } from "./loaded-supervisor.js";
import { Supervisor } from "./supervisor.js";

const dynamicKeys: KeysOf<DynamicOptions> = {
  intensity: true,
  overBudget: true,
  autoShutdown: true,
  preset: true,
  maxChildren: true,
  child: true,
};

/** Of the many children there may be, how many an error names. */
const NAMES_SHOWN = 5;

/** A dynamic supervisor's spec, with its template's code when there is one. */
export async function loadDynamic(template: ActorSpec | undefined, options: DynamicOptions): Promise<LoadedSpec> {
  const loaded = await template?.load();
  return {
    rules(field, preset) {
      onlyKnownKeys(options, dynamicKeys, field);
      refuseMaxChildren(options.maxChildren, `${field}.maxChildren`);
      loaded?.rules(field, presetOf(options, preset, field));
      return asChild(options.child, field, preset);
    },
    create: (context, place) => new DynamicSupervisor(context, place, template, loaded, options),
  };
}

/** A supervisor without children of its own, to which they are added while it runs. */
class DynamicSupervisor extends Supervisor {
  readonly #template: ActorSpec | undefined;
  readonly #loaded: LoadedSpec | undefined;
  readonly #max: number;
  #named = 0;

  constructor(
    context: SystemContext,
    { name, path, preset: inherited }: Place,
    template: ActorSpec | undefined,
    loaded: LoadedSpec | undefined,
    options: DynamicOptions,
  ) {
    const rules = supervisorRules(options, path, { inherited, order: "none" });
    super(context, name, path, rules, [], presetOf(options, inherited, path));
    this.#template = template;
    this.#loaded = loaded;
    this.#max = options.maxChildren ?? DEFAULT_MAX_CHILDREN;
  }

  override startChild(name: string, spec: LoadedSpec, tally?: Tally): Promise<Unit> {
    if (this.size < this.#max) return super.startChild(name, spec, tally);
    const full = `${this.path} has ${this.size} children, as many as its maxChildren: remove some, or raise it`;
    return Promise.reject(new HoldfastError("Unavailable", full, { details: { maxChildren: this.#max } }));
  }

  override ref(): DynamicRef<unknown> {
    const { path } = this;
    const refTo = (unit: Unit | undefined) => unit && (createRef(unit.target) as Ref<unknown>);
    const size = () => this.size;
    return {
      path,
      spawn: async (name, props) => refTo(await this.#spawn(name, props))!,
      child: (name) => refTo(this.child(name)),
      remove: (name) => this.#remove(name),
      get size() {
        return size();
      },
    };
  }

  async #spawn(name: string | undefined, props: unknown): Promise<Unit> {
    if (!this.#template) {
      const fix = "give dynamic() one, or add children with app.add(path, name, spec)";
      throw new HoldfastError("InvalidSpec", `${this.path} has no template to make a child from: ${fix}`);
    }
    const own = props === undefined ? this.#loaded! : await { ...this.#template, props }.load();
    if (name !== undefined) refuseName(name);
    else if (this.#template.options.durable) throw needsName(this.path);
    return this.startChild(name ?? this.#nextName(), own);
  }

  async #remove(name: string): Promise<void> {
    if (!this.child(name)) throw this.#hasNo(name);
    await this.deleteChild(name);
  }

  /** Names a few of those who are there: so a misspelt name is told from a child that has ended meanwhile. */
  #hasNo(name: string): HoldfastError {
    const shown = this.units()
      .slice(0, NAMES_SHOWN)
      .map((unit) => JSON.stringify(unit.name));
    const more = this.size > NAMES_SHOWN ? ` and ${this.size - NAMES_SHOWN} more` : "";
    const there =
      this.size === 0 ? "it has none" : `there ${this.size === 1 ? "is" : "are"} ${shown.join(", ")}${more}`;
    const text = `${this.path} has no child ${JSON.stringify(name)}: ${there}`;
    return new HoldfastError("InvalidSpec", text, { details: { path: this.path, name } });
  }

  /** A number that no child has, and none had: who asks for it later must not meet a stranger. */
  #nextName(): string {
    do this.#named++;
    while (this.child(String(this.#named)));
    return String(this.#named);
  }
}

function refuseMaxChildren(value: number | undefined, field: string): void {
  if (value === undefined || value === Number.POSITIVE_INFINITY || (Number.isInteger(value) && value > 0)) return;
  const fix = "give a whole number above 0, or Infinity";
  throw new HoldfastError("InvalidSpec", `${field} is ${shown(value)}: ${fix}`, { details: { field } });
}
