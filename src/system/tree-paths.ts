import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { entityOf } from "./durable/entity.js";
import type { SystemStore } from "./durable/system-store.js";
import { hasNoKeys } from "./not-an-actor.js";
import type { PlannedRestart } from "./stats.js";
import { Supervisor } from "./supervisor/supervisor.js";
import type { Unit } from "./unit.js";

/** Finds units of one tree by path. Paths may leave the root's name out; "" is the root. */
export class TreePaths {
  readonly #root: Unit;

  constructor(root: Unit) {
    this.#root = root;
  }

  /** The path from the root's name on. @throws HoldfastError InvalidSpec for what is no text */
  whole(path: string): string {
    if (typeof path !== "string") {
      throw new HoldfastError("InvalidSpec", `the path is ${noPath(path)}`, { details: { field: "path" } });
    }
    const { name } = this.#root;
    if (path === "") return name;
    return path === name || path.startsWith(`${name}/`) ? path : `${name}/${path}`;
  }

  find(path: string): Unit | undefined {
    const [, ...names] = this.whole(path).split("/");
    let unit: Unit | undefined = this.#root;
    for (const name of names) unit = unit?.child(name);
    return unit;
  }

  /** What is at a path, or the nearest above it that is there. */
  nearest(path: string): Unit {
    const [, ...names] = this.whole(path).split("/");
    let unit = this.#root;
    for (const name of names) {
      const below = unit.child(name);
      if (!below) break;
      unit = below;
    }
    return unit;
  }

  /** @throws HoldfastError InvalidSpec where nothing is */
  unit(path: string): Unit {
    const unit = this.find(path);
    if (unit) return unit;
    throw new HoldfastError("InvalidSpec", `there is nothing at "${path}": app.tree() shows what there is`);
  }

  /** @throws HoldfastError InvalidSpec where no supervisor is */
  supervisor(path: string): Supervisor {
    const unit = this.unit(path);
    if (unit instanceof Supervisor) return unit;
    const fix = "only a supervisor() or dynamic() has children that come and go";
    throw new HoldfastError("InvalidSpec", `there is no supervisor at "${path}": ${fix}`);
  }

  /** What a unit is below, and the name it has there. @throws HoldfastError InvalidSpec where nothing is, and for the root */
  above(path: string): { above: Unit; name: string } {
    const { name } = this.unit(path);
    const whole = this.whole(path);
    const cut = whole.lastIndexOf("/");
    if (cut >= 0) return { above: this.unit(whole.slice(0, cut)), name };
    throw new HoldfastError("InvalidSpec", `"${path}" is the root: stop the app and start another`);
  }

  /** Restarts what is at a path as planned: charged to nobody. False where nothing is, or it does not run. */
  recycle(path: string, why: PlannedRestart): boolean {
    if (!this.find(path)) return false;
    const { above, name } = this.above(path);
    return above.recycle?.(name, why) ?? false;
  }

  /** @throws HoldfastError InvalidSpec where nothing is, InvalidValue for what has no keys */
  release(path: string, key: string): Promise<void> {
    const unit = this.unit(path);
    if (!unit.release) throw hasNoKeys(unit.path, key);
    if (typeof key !== "string") throw new HoldfastError("InvalidValue", `the key is ${shown(key)}: give text`);
    return unit.release(key);
  }

  /** @throws HoldfastError InvalidSpec where nothing is, and nothing is stored; InvalidValue for what has no keys */
  async forget(store: SystemStore | undefined, path: string, key: string | undefined): Promise<void> {
    const unit = this.find(path);
    if (unit && key !== undefined && !unit.release) throw hasNoKeys(unit.path, key);
    if (unit?.forget) return unit.forget(key);
    const id = entityOf(this.whole(path), key);
    if (!store || !(await store.knows(id))) throw notStored(path, key);
    await store.forget(id);
  }

  /** @throws HoldfastError InvalidSpec where nothing with members is; InvalidValue for a number out of its bounds */
  async resize(path: string, to: number | "auto"): Promise<void> {
    const unit = this.unit(path);
    if (unit.resize) return unit.resize(to);
    throw new HoldfastError("InvalidSpec", `"${path}" cannot be resized: only a pool() or a keyed() group has members`);
  }

  /** The supervisor of what is at a path, and its name there. @throws HoldfastError InvalidSpec where none is */
  supervised(path: string): { supervisor: Supervisor; name: string } {
    const { above, name } = this.above(path);
    if (above instanceof Supervisor) return { supervisor: above, name };
    const fix = `"${above.path}" is one unit: restart, stop or remove it as a whole`;
    throw new HoldfastError("InvalidSpec", `"${path}" is part of it, not a child of a supervisor; ${fix}`);
  }
}

function notStored(path: string, key: string | undefined): HoldfastError {
  const which = key === undefined ? `"${path}"` : `the key "${key}" of "${path}"`;
  return new HoldfastError("InvalidSpec", `nothing is stored of ${which}: app.tree() shows what there is`);
}

/** What was given where a path should be, and what to give. A ref is none: it may be to one key of what has the path. */
function noPath(given: unknown): string {
  const { path } = (given ?? {}) as { path?: unknown };
  if (typeof path === "string") return `a ref: give its path, "${path}"`;
  return `${shown(given)}: give names with "/" between them, such as "models/digits"`;
}
