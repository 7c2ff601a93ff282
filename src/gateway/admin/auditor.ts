import type { Clock } from "../../clock.js";
import { isHoldfastError } from "../../errors.js";
import type { App } from "../../system/app.js";
import { type AuditEntry, auditOf } from "../../system/audit.js";
import type { Ask } from "./acts.js";
import { AuditFile } from "./audit-file.js";
import type { AuditFileSettings } from "./audit-options.js";

/** Who acts. */
export interface Who {
  readonly address: string;
  readonly name?: string | undefined;
}

/** Refused acts and wrong tokens of people without the right that are written within the time below: more would push out what was done. */
export const MOST_STRANGERS = 60;
const WITHIN_MS = 60_000;
/** How long a gateway that closes waits for the disk. */
const FLUSH_MS = 1000;
/** Characters of a text in an entry. */
const LONGEST = 256;

/** Writes down what operators do, whether it succeeds, and how long it takes. */
export class Auditor {
  readonly #app: App<unknown>;
  readonly #clock: Clock;
  #unsubscribe: () => void = () => {};
  #file: AuditFile | undefined;
  #strangers = 0;
  #since = Number.NEGATIVE_INFINITY;
  #missed = 0;

  /** @param file where they are written for good, those of other gateways of the same app too */
  constructor(app: App<unknown>, clock: Clock, file?: AuditFileSettings) {
    this.#app = app;
    this.#clock = clock;
    if (!file) return;
    const writer = new AuditFile(file);
    this.#file = writer;
    this.#unsubscribe = app.subscribe((event) => {
      if (event.type === "audit") writer.write(event.entry);
    });
  }

  /** What was done is in the file, if the disk takes it within a second. */
  async close(): Promise<void> {
    this.#unsubscribe();
    const file = this.#file;
    if (!file) return;
    await new Promise<void>((resolve) => {
      const timer = this.#clock.after(FLUSH_MS, resolve);
      void file.flushed().then(() => {
        timer.cancel();
        resolve();
      });
    });
  }

  /** Does it, and writes down how it ended. @param run may resolve with an error: it was told already how it failed */
  async act<T>(who: Who, ask: Ask, run: () => Promise<T>): Promise<T> {
    const began = this.#clock.now();
    try {
      const value = await run();
      this.#record(who, ask, began, value instanceof Error ? value : undefined);
      return value;
    } catch (error) {
      this.#record(who, ask, began, error);
      throw error;
    }
  }

  /** Somebody without the right has tried, or has shown a wrong token. */
  stranger(address: string, ask: Ask): void {
    const now = this.#clock.now();
    if (now - this.#since >= WITHIN_MS) {
      this.#since = now;
      this.#strangers = 0;
    }
    if (++this.#strangers > MOST_STRANGERS) this.#missed++;
    else this.#write({ address }, ask, { outcome: "refused", code: "Unauthorized", tookMs: 0 });
  }

  #record(who: Who, ask: Ask, began: number, error: unknown): void {
    const tookMs = Math.max(0, Math.round((this.#clock.now() - began) * 10) / 10);
    if (error === undefined) this.#write(who, ask, { outcome: "done", tookMs });
    else this.#write(who, ask, { outcome: "refused", code: isHoldfastError(error) ? error.code : "Error", tookMs });
  }

  #write({ address, name }: Who, ask: Ask, ended: Pick<AuditEntry, "outcome" | "code" | "tookMs">): void {
    const options = optionsIn(ask.with);
    const missed = this.#missed;
    this.#missed = 0;
    auditOf(this.#app)?.record({
      address,
      ...(name === undefined ? {} : { name }),
      act: short(ask.act),
      ...(ask.on === undefined ? {} : { on: short(ask.on) }),
      ...(ask.key === undefined ? {} : { key: short(ask.key) }),
      ...(options ? { with: options } : {}),
      ...ended,
      ...(missed > 0 ? { missed } : {}),
    });
  }
}

/** Options are numbers and short texts; what is more is somebody's mistake, and was refused. */
function optionsIn(given: Ask["with"]): AuditEntry["with"] {
  const options: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(given ?? {}).slice(0, 16)) {
    if (typeof value === "string") options[short(name)] = short(value);
    else if (typeof value === "number" || typeof value === "boolean") options[short(name)] = value;
  }
  return Object.keys(options).length > 0 ? options : undefined;
}

function short(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
