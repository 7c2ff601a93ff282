import { decodeError } from "../transport/error-codec.js";
import type { ToParent } from "../transport/frames.js";
import type { HostEnd } from "./host.js";

/** How a host ended, by its own last words. */
export function faultOf({ error, at, from }: Extract<ToParent, { t: "fault" }>): HostEnd {
  return { kind: "uncaught", error: decodeError(error), at, from };
}
