import type { Host } from "../../host/host.js";
import type { Lingerers } from "../cell/lingering.js";
import type { SystemContext } from "../context.js";

/** The hosts of exclusive actors that are still there, by path: a child that takes a removed one's name waits for them too. */
export type ExclusiveHosts = Map<string, Set<Host>>;

/**
 * Keeps an exclusive actor alone: no incarnation starts while a thread or process of an earlier one is still there.
 *
 *   killed, hung, or its start took too long ─▶ (native code: it may take its time) ─▶ really gone ─▶ the next one opens
 *                                                "waits for the exit of thread 7"
 */
export class Exclusive {
  /** Why the start under way does not go on, for people. */
  waits: string | undefined;
  readonly #context: SystemContext;
  readonly #path: string;

  constructor(context: SystemContext, path: string) {
    this.#context = context;
    this.#path = path;
  }

  get #there(): Set<Host> | undefined {
    return this.#context.exclusiveHosts.get(this.#path);
  }

  /** A host was opened for it. */
  add(host: Host): void {
    const hosts = this.#context.exclusiveHosts;
    const there = this.#there ?? new Set();
    hosts.set(this.#path, there.add(host));
    void host.gone.then(() => {
      there.delete(host);
      if (there.size === 0 && hosts.get(this.#path) === there) hosts.delete(this.#path);
    });
  }

  /**
   * It is rebuilt in its place: resolves when what the last incarnation left running has settled, which its grace bounds
   * where there is a host to end.
   */
  async calm(lingerers: Lingerers | undefined, signal: AbortSignal): Promise<void> {
    if (!lingerers) return;
    const { methods, incarnation, settled } = lingerers;
    await this.#wait(`waits for ${methods.join(", ")} of incarnation ${incarnation}`, settled, signal);
  }

  /**
   * Resolves when every earlier host has left, however long that takes, and when the start is given up: who waits has to
   * look at the signal. While a host of it serves, which is the one it stays in, nothing is waited for.
   */
  async alone(signal: AbortSignal): Promise<void> {
    for (let there = this.#there; there && !signal.aborted; there = this.#there) {
      const hosts = [...there];
      const names = hosts.map(({ name }) => name).join(", ");
      await this.#wait(`waits for the exit of ${names}`, Promise.all(hosts.map(({ gone }) => gone)), signal);
    }
  }

  async #wait(reason: string, event: Promise<unknown>, signal: AbortSignal): Promise<void> {
    this.waits = reason;
    this.#context.events.emit({ type: "life", path: this.#path, state: "starting", reason });
    let giveUp = () => {};
    const given = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    signal.addEventListener("abort", giveUp, { once: true });
    await Promise.race([event, given]);
    signal.removeEventListener("abort", giveUp);
    this.waits = undefined;
  }
}
