import { ABANDON_AFTER, ABANDON_NATIVE_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import type { Host } from "../../host/host.js";
import type { SystemContext } from "../context.js";

/** Watches a host that was told to leave, nicely or not. One that does not (native code, a hung disk) is abandoned. */
export class ExitWatch {
  readonly #context: SystemContext;
  readonly #path: string;
  readonly #host: Host;
  readonly #abandon: () => void;
  #begun = false;

  constructor(context: SystemContext, path: string, host: Host, abandon: () => void) {
    this.#context = context;
    this.#path = path;
    this.#host = host;
    this.#abandon = abandon;
  }

  /**
   * However often it is told to leave, it is told of once; and once more when it has left after all.
   * @param native it is a thread that was found in native code, which nothing ends
   */
  begin(native = false): void {
    if (this.#begun) return;
    this.#begun = true;
    const { clock, events } = this.#context;
    const { name: host, gone } = this.#host;
    let told = false;
    const tell = (exited: boolean) => events.emit({ type: "abandoned", path: this.#path, host, exited });
    const late = () => {
      told = true;
      tell(false);
      this.#abandon();
    };
    const after = milliseconds(native ? ABANDON_NATIVE_AFTER : ABANDON_AFTER, "abandonAfter");
    const timer = clock.after(after, late, { background: true });
    void gone.then(() => {
      timer.cancel();
      if (told) tell(true);
    });
  }
}
