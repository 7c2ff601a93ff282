import { type Clock, monotonicNow } from "../clock.js";
import type { HostProvider } from "./host.js";

/**
 * Threads and processes read the machine's clock. Where a system has another, a test's that stands still, the deadlines
 * of its calls are told to them in the machine's time: as far from now as they are there.
 */
export function inMachineTime(provider: HostProvider, clock: Clock): HostProvider {
  if (clock.now === monotonicNow) return provider;
  return {
    isolation: provider.isolation,
    open(options) {
      const host = provider.open(options);
      const send = host.send.bind(host);
      host.send = (frame) =>
        send(frame.t === "call" ? { ...frame, expires: monotonicNow() + (frame.expires - clock.now()) } : frame);
      return host;
    },
    close: () => provider.close(),
  };
}
