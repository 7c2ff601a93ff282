import type { LogLevel } from "../actor/actor-log.js";
import type { HostLog, Writer } from "./host-log.js";
import { OutputLines } from "./output-lines.js";

/** How long a line may stand without its end before it is told as it is, ms: a progress bar has none. */
const PARTIAL_MS = 200;

const levels = { stdout: "info", stderr: "warn" } as const satisfies Record<string, LogLevel>;

/**
 * Has what this host prints go the way of its log, in lines that say whose they are. What native code writes to the terminal
 * itself is not seen, and goes there as before.
 * @param writer whose code prints now
 */
export function captureOutput(log: HostLog, writer: () => Writer): void {
  for (const stream of ["stdout", "stderr"] as const) {
    const lines = new OutputLines((text) => log.write(writer(), levels[stream], text, undefined, stream));
    let timer: NodeJS.Timeout | undefined;
    const write = (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
      const done = typeof encoding === "function" ? encoding : callback;
      try {
        lines.write(typeof chunk === "string" && isBytes(encoding) ? Buffer.from(chunk, encoding) : chunk);
      } catch {
        // To print is never what an actor fails of.
      }
      if (lines.partial) timer ??= setTimeout(rest, PARTIAL_MS).unref();
      if (typeof done === "function") process.nextTick(done as () => void);
      return true;
    };
    const rest = () => {
      clearTimeout(timer);
      timer = undefined;
      lines.rest();
    };
    process[stream].write = write as typeof process.stdout.write;
    process.once("exit", rest);
  }
}

/** Encodings in which text stands for bytes. */
function isBytes(encoding: unknown): encoding is BufferEncoding {
  return encoding === "hex" || encoding === "base64" || encoding === "base64url" || encoding === "latin1";
}
