import type { SystemContext } from "./context.js";
import { type DrainOptions, drain, type HangOptions, hang, resume } from "./controls.js";
import { refOf } from "./ref-of.js";
import { type ChildCount, type ChildInfo, childCount } from "./supervisor/child-info.js";
import { loadChild } from "./supervisor/load-child.js";
import type { TreePaths } from "./tree-paths.js";
import type { ChildSpec } from "./unit.js";

/** What is done by path to a tree that runs: see App. */
export abstract class OperatedTree {
  protected abstract readonly context: SystemContext;
  protected abstract readonly paths: TreePaths;
  /** It takes nothing new any more. */
  protected abstract readonly stopping: boolean;
  protected abstract unlessOver<T>(done: Promise<T>): Promise<T>;

  kill(path: string, { key, by = "app.kill()" }: { key?: string; by?: string } = {}): boolean {
    return this.paths.unit(path).kill(by, key);
  }

  async drain(path: string, options: DrainOptions = {}): Promise<boolean> {
    return drain(this.paths.unit(path), this.context.clock, options, this.stopping);
  }

  resume(path: string): boolean {
    return resume(this.paths.unit(path));
  }

  hang(path: string, options: HangOptions = {}): boolean {
    return hang(this.paths.unit(path), options);
  }

  async add<R>(path: string, name: string, spec: ChildSpec<R>): Promise<R> {
    const above = this.paths.supervisor(path);
    const loaded = await loadChild(name, spec);
    return refOf(await this.unlessOver(above.startChild(name, loaded))) as R;
  }

  async restart(path: string): Promise<void> {
    const { above, name } = this.paths.above(path);
    await this.unlessOver(above.restart?.(name) ?? Promise.resolve());
  }

  async terminate(path: string): Promise<void> {
    const { supervisor, name } = this.paths.supervised(path);
    await this.unlessOver(supervisor.terminateChild(name));
  }

  async remove(path: string): Promise<void> {
    const { supervisor, name } = this.paths.supervised(path);
    await supervisor.deleteChild(name);
  }

  children(path = ""): ChildInfo[] {
    return this.paths.supervisor(path).list();
  }

  child(path: string): ChildInfo | undefined {
    if (!this.paths.find(path)) return undefined;
    const { supervisor, name } = this.paths.supervised(path);
    return supervisor.info(name);
  }

  count(path = ""): ChildCount {
    return childCount(this.children(path));
  }

  async release(path: string, key: string): Promise<void> {
    await this.paths.release(path, key);
  }

  async forget(path: string, key?: string): Promise<void> {
    await this.unlessOver(this.paths.forget(this.context.store, path, key));
  }

  resize(path: string, to: number | "auto"): Promise<void> {
    return this.unlessOver(this.paths.resize(path, to));
  }
}
