import { rmSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { HoldfastError } from "../../errors.js";
import { folderOfProcess } from "../../host/control-folder.js";
import { combined, digestOf, hashed } from "./folder/digest.js";
import { readGolden } from "./swap/golden-file.js";
import type { GoldenSample } from "./swap/swap-options.js";

/** A version whose files can be loaded: where they lie, and what they were when they stood still. */
export interface Offer {
  readonly version: number;
  readonly digest: string;
  /** The model's file. */
  readonly model: string;
  readonly golden: string | undefined;
}

/** A version as it is loaded: files of its own, which nobody writes. */
export interface Staged {
  readonly offer: Offer;
  readonly model: string;
  readonly samples: readonly GoldenSample[];
}

/**
 * Copies of what is loaded, outside the folder of models: a restarted member finds the very bytes that its version began
 * with, whatever becomes of the folder; and a process that is killed leaves that as it was. What a killed one leaves here
 * is removed by the next.
 */
export class Stage {
  readonly #parent: string;
  #folder: string | undefined;
  #count = 0;

  /** @param parent where the folder of this process is made, when something is staged */
  constructor(parent: string) {
    this.#parent = parent;
  }

  /**
   * Copies a version; what is copied is what is hashed.
   * @throws HoldfastError StartFailed: it cannot be read, or is not what stood still there; InvalidSpec: its samples
   */
  async take(name: string, offer: Offer): Promise<Staged> {
    // A module finds what it imports from where it lies: it is loaded there.
    const inPlace = !offer.model.endsWith(".onnx");
    this.#folder ??= folderOfProcess(this.#parent, "models-");
    const copy = join(this.#folder, `${name}-${offer.version}-${++this.#count}-${basename(offer.model)}`);
    try {
      const model = await digestOf(offer.model, inPlace ? undefined : copy);
      const text = offer.golden === undefined ? undefined : await readFile(offer.golden);
      const digest = combined(model, text === undefined ? "" : hashed(text));
      if (digest !== offer.digest) throw new Error("it has changed since it was looked at");
      const samples = text === undefined ? [] : readGolden(text.toString(), offer.golden!);
      return { offer, model: inPlace ? offer.model : copy, samples };
    } catch (error) {
      await rm(copy, { force: true });
      if (error instanceof HoldfastError) throw error;
      const message = `${name} ${offer.version}: cannot take ${offer.model}: ${(error as Error).message}`;
      throw new HoldfastError("StartFailed", message, { cause: error, details: { name, version: offer.version } });
    }
  }

  /** Forgets the copy of a version that nobody will start any more. */
  async drop({ offer, model }: Staged): Promise<void> {
    if (model !== offer.model) await rm(model, { force: true });
  }

  /** Removes them all; at once, for the process may end next. */
  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    this.#folder = undefined;
  }
}
