import type { SystemIdentity, Target } from "../../actor/ref.js";
import type { InnerCallOptions } from "../../system/sent.js";
import type { FanOut } from "./fan-out.js";
import { notIterable } from "./not-iterable.js";

/** What a ref to several members sends through: an ask is made of several, and a tell goes to one of them. */
export abstract class FanOutTarget implements Target {
  protected readonly group: FanOut;

  constructor(group: FanOut) {
    this.group = group;
  }

  get path(): string {
    return this.group.path;
  }

  get system(): SystemIdentity {
    return this.group.context.identity;
  }

  resize(to: number | "auto"): Promise<void> {
    return this.group.resize(to);
  }

  tell(method: string, args: unknown[], options: InnerCallOptions): boolean {
    return this.group.single.tell(method, args, options);
  }

  ask(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { path, isStream } = this.group;
    const answer = this.answer(method, args, options);
    return isStream(method) === false ? answer : notIterable(path, method, answer);
  }

  /** The members' outcomes made one. @throws HoldfastError what an ask may fail with */
  protected abstract answer(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown>;
}
