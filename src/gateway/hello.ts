import type { Socket } from "node:net";
import type { Clock } from "../clock.js";

/** A connection without a right may take so long to say hello, */
const WITHIN_MS = 5000;
/** and send so many bytes until it has: a token and its frame, and no more memory than that. */
const BYTES = 16 * 1024;

/** Bounds what an unauthorised connection may cost; call what it returns once a hello was accepted or the socket closed. */
export function awaitHello(raw: Socket, clock: Clock, onLate: (reason: string) => void): () => void {
  const before = raw.bytesRead;
  const count = () => {
    if (raw.bytesRead - before > BYTES) raw.destroy();
  };
  const late = () => onLate(`Unauthorized: no hello with a token within ${WITHIN_MS / 1000} s`);
  raw.on("data", count);
  const timer = clock.after(WITHIN_MS, late, { background: true });
  return () => {
    raw.off("data", count);
    timer.cancel();
  };
}
