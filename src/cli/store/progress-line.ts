import { bytesText } from "../../observe/bytes-text.js";
import type { BackupProgress } from "../../state/backup/progress.js";

/** A line that is written over is read at most so often: ten times a second. */
const REDRAW_MS = 100;

const doing = { copy: "copying", check: "checking", restore: "restoring" } as const;

/** Shows on a terminal how far something is, in one line on stderr; elsewhere nothing, since logs keep every line. */
export function progressLine(): { told(progress: BackupProgress): void; end(): void } {
  if (!process.stderr.isTTY) return { told() {}, end() {} };
  let drawn = Number.NEGATIVE_INFINITY;
  let shown = false;
  return {
    told(progress) {
      if (performance.now() - drawn < REDRAW_MS) return;
      drawn = performance.now();
      shown = true;
      process.stderr.write(`\r\x1b[K${text(progress)}`);
    },
    end() {
      if (shown) process.stderr.write("\r\x1b[K");
    },
  };
}

function text({ phase, bytes, totalBytes, newBytes }: BackupProgress): string {
  const percent = totalBytes === 0 ? 100 : Math.floor((bytes / totalBytes) * 100);
  const fresh = phase === "copy" ? `, ${bytesText(newBytes)} new` : "";
  return `${doing[phase]} ${String(percent).padStart(3)} %  ${bytesText(bytes)} of ${bytesText(totalBytes)}${fresh}`;
}
