import type { Send } from "../actor/send.js";
import type { Exposure } from "./exposure.js";

/**
 * How the methods of exposed actors are asked without a promise for each call, kept for one connection: what is looked at for
 * each name and method (exposed? of the class? one answer?) is looked at once.
 */
export class QuickSends {
  readonly #exposure: Exposure;
  readonly #sender: string;
  /** By actor, then by method; only what was found, so that names made up by callers take no memory. */
  readonly #known = new Map<string, Map<string, Send>>();

  constructor(exposure: Exposure, sender: string) {
    this.#exposure = exposure;
    this.#sender = sender;
  }

  /**
   * @returns undefined where the method is not known yet to answer once
   * @throws HoldfastError NotExposed, UnknownMethod
   */
  find({ to, method }: { readonly to: string; readonly method: string }): Send | undefined {
    return this.#known.get(to)?.get(method) ?? this.#look(to, method);
  }

  #look(to: string, method: string): Send | undefined {
    const { target } = this.#exposure.find(to, method);
    if (!this.#exposure.knows(to)) return undefined;
    const send = target.sender?.(method, { sender: this.#sender });
    if (!send) return undefined;
    const methods = this.#known.get(to) ?? new Map<string, Send>();
    this.#known.set(to, methods.set(method, send));
    return send;
  }
}
