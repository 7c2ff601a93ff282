import { appendFile, rename, rm, stat } from "node:fs/promises";
import { toError } from "../../errors.js";
import type { AuditEntry } from "../../system/audit.js";
import type { AuditFileSettings } from "./audit-options.js";

/** Lines that may wait for a slow disk; later ones are counted, and not written. */
const MOST_WAITING = 10_000;

/**
 * Appends acts to a file, one line of JSON each, in order, and begins another at a size. It is no part of what is served: a
 * disk that is full, slow or gone costs lines, is told once, and is tried again with the next act.
 *
 *   write ─▶ waiting ─▶ (too large? path.1 ─▶ path.2 …, path ─▶ path.1) ─▶ append ─▶ waiting …
 *                          └─ fails: a warning, once; its lines are counted in the next that is written
 */
export class AuditFile {
  readonly #settings: AuditFileSettings;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  /** Undefined: not looked at yet. */
  #bytes: number | undefined;
  #lost = 0;
  #failing = false;

  constructor(settings: AuditFileSettings) {
    this.#settings = settings;
  }

  write(entry: AuditEntry): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#lost++;
      return;
    }
    this.#waiting.push(`${JSON.stringify({ ...entry, at: new Date(entry.at).toISOString() })}\n`);
    this.#writing ??= this.#drain();
  }

  /** Resolves when nothing waits any more. */
  async flushed(): Promise<void> {
    await this.#writing;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting;
      this.#waiting = [];
      const lost = this.#lost;
      if (lost > 0) lines.unshift(`${JSON.stringify({ lost })}\n`);
      try {
        await this.#append(lines.join(""));
        this.#lost -= lost;
        this.#failing = false;
      } catch (error) {
        this.#lost += lines.length - (lost > 0 ? 1 : 0);
        this.#tell(toError(error));
      }
    }
    this.#writing = undefined;
  }

  async #append(text: string): Promise<void> {
    const { path, maxBytes } = this.#settings;
    // Somebody else may have moved it away meanwhile: then it is small again, or missing.
    this.#bytes ??= await sizeOf(path);
    const bytes = Buffer.byteLength(text);
    if (this.#bytes > 0 && this.#bytes + bytes > maxBytes) await this.#rotate();
    try {
      await appendFile(path, text, { mode: 0o600 });
      this.#bytes += bytes;
    } catch (error) {
      this.#bytes = undefined;
      throw error;
    }
  }

  async #rotate(): Promise<void> {
    const { path, keep } = this.#settings;
    await rm(keep === 0 ? path : `${path}.${keep}`, { force: true });
    for (let i = keep - 1; i >= 0; i--) {
      await rename(i === 0 ? path : `${path}.${i}`, `${path}.${i + 1}`).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== "ENOENT") throw error;
      });
    }
    this.#bytes = 0;
  }

  #tell({ message }: Error): void {
    if (this.#failing) return;
    this.#failing = true;
    const text = `the audit log is not written: ${message}. What is served goes on; it is tried again with each act`;
    process.emitWarning(text, { code: "HOLDFAST_AUDIT" });
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
