import { appendFile, rename, rm, stat, truncate } from "node:fs/promises";
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
 *                          └─ fails: what it left of a line is cut off; a warning, once; its lines are counted in the next that is written
 */
export class AuditFile {
  readonly #settings: AuditFileSettings;
  #waiting: string[] = [];
  #writing: Promise<void> | undefined;
  readonly #disk: AuditDisk;
  /** The file ends with a part of a line, which could not be taken away again. */
  #torn = false;
  #lost = 0;
  #failing = false;

  constructor(settings: AuditFileSettings, disk: AuditDisk = { appendFile, truncate }) {
    this.#settings = settings;
    this.#disk = disk;
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
    const bytes = Buffer.byteLength(text);
    // Looked at each time: somebody else may have moved it away, or write to it too.
    let before = await sizeOf(path);
    if (before > 0 && before + bytes > maxBytes) {
      await this.#rotate();
      before = 0;
    }
    try {
      await this.#disk.appendFile(path, before > 0 && this.#torn ? `\n${text}` : text, { mode: 0o600 });
      this.#torn = false;
    } catch (error) {
      await this.#mend(before);
      throw error;
    }
  }

  /** A full disk takes a part of a line: the next one would be glued to it, and neither could be read. */
  async #mend(before: number): Promise<void> {
    const { path } = this.#settings;
    try {
      if ((await sizeOf(path)) > before) await this.#disk.truncate(path, before);
    } catch {
      this.#torn = true;
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
  }

  #tell({ message }: Error): void {
    if (this.#failing) return;
    this.#failing = true;
    const text = `the audit log is not written: ${message}. What is served goes on; it is tried again with each act`;
    process.emitWarning(text, { code: "HOLDFAST_AUDIT" });
  }
}

/** What it is written with. */
export interface AuditDisk {
  appendFile(path: string, text: string, options: { mode: number }): Promise<void>;
  truncate(path: string, bytes: number): Promise<void>;
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}
