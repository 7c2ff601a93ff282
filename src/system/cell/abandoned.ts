import { ABANDON_AFTER } from "../../defaults.js";
import { milliseconds } from "../../duration.js";
import type { Host } from "../../host/host.js";
import type { SystemContext } from "../context.js";

/** Of a host that was killed: tells when it does not leave (native code, a hung disk), and then when it has. */
export function tellIfAbandoned(
  { clock, events }: SystemContext,
  path: string,
  { name: host, gone }: Host,
  abandoned: () => void = () => {},
): void {
  let told = false;
  const tell = (exited: boolean) => events.emit({ type: "abandoned", path, host, exited });
  const late = () => {
    told = true;
    tell(false);
    abandoned();
  };
  const timer = clock.after(milliseconds(ABANDON_AFTER, "abandonAfter"), late, { background: true });
  void gone.then(() => {
    timer.cancel();
    if (told) tell(true);
  });
}
