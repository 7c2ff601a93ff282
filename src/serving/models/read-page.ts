import { Actor } from "../../actor/actor.js";
import type { Ref } from "../../actor/ref.js";
import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError, isHoldfastError } from "../../errors.js";
import { hop } from "../policies/hop.js";
import type { HopOptions } from "../policies/hop-options.js";
import { atOnce } from "./at-once.js";
import { cropText, standsUpright } from "./crop-text.js";
import type { ReadLine } from "./ctc.js";
import type { Detect, TextBox } from "./detect.js";
import { checkMaxPixels, checkPixels, defaultMaxPixels, type Pixels } from "./pixels.js";
import { type DecodePng, loadPngDecoder } from "./png.js";
import type { Read } from "./read.js";

/** What is done about calls that fail or are late, as plain data: see `hop()` of `holdfast/serving`. */
export type HopPolicies = Pick<HopOptions, "retry" | "breaker" | "hedge">;

/** What finds the lines, and what reads one: `refTo<Detect>("detect")`, `refTo<Read>("read")`, pools as a rule. */
export interface ReadPageProps {
  readonly detect: Ref<Detect>;
  readonly read: Ref<Read>;
  /** How long the lines may take to be found. Default "10s". */
  detectTimeout?: Duration;
  /** How long a line may take, from when it is sent: the page is answered without one that is late. Default "5s". */
  lineTimeout?: Duration;
  /** Policies on the way to each of the two. Default `{ retry: true }`: what found no room is asked again, in its time. */
  detectHop?: HopPolicies;
  readHop?: HopPolicies;
  /** Lines of a page that are being read at once. Default 16. */
  linesAtOnce?: number;
  /** The largest image that is looked at, in pixels. Default 20 million. */
  maxPixels?: number;
}

/** A line of a page. */
export interface PageLine extends ReadLine {
  readonly box: TextBox;
  /** Why it could not be read; its text is empty then. */
  readonly failed?: { readonly code: string; readonly message: string; readonly retryable: boolean };
}

/** A page as it was read. */
export interface PageText {
  /** In reading order. */
  readonly lines: readonly PageLine[];
  /** Lines that failed. 0: the page is complete. */
  readonly missing: number;
}

interface Limits {
  readonly detectMs: number;
  readonly lineMs: number;
  readonly linesAtOnce: number;
  readonly maxPixels: number;
}

/** Inside an actor a class's word is not known; both models keep nothing. */
const usually = { retry: true, idempotent: true } as const;

/** A page has some hundred lines at most: each in its turn within this, or those that are left are told as failed. */
const limits = { idempotent: true, limit: "2m", borrows: true } as const;

/**
 * Reads a whole image: a pipeline of two pools.
 *
 *   page ─▶ detect ─▶ boxes, in reading order ─▶ cut out ─▶ read ─┬▶ text of each line ─▶ page
 *                                                └─▶ read ─┤       a line that fails is named, and costs itself alone
 *                                                └─▶ read ─┘       whoever gives the page up gives its lines up
 *
 * It keeps nothing between messages, and all that is heavy is in the pools: a page that met a crash of this actor is sent
 * again. Where no line can be found since `detect` fails, so does the page, with its error.
 *
 * @example
 * const page = thread<ReadPage>(readPageModule, { detect: refTo<Detect>("detect"), read: refTo<Read>("read") });
 * const tree = supervisor({}, { detect: pool(thread<Detect>(detectModule, {})), read: pool(thread<Read>(readModule, {})), page });
 * const { lines } = await (await system(tree)).refs.page.ask.image(await readFile("page.png"));
 */
export class ReadPage extends Actor<ReadPageProps, DecodePng> {
  static override methods = { image: limits, pixels: limits };
  /** It waits for others most of the time. */
  static override concurrency = 8;
  /** What a pool answers is passed on as it is: nothing here is broken by it. */
  static override onThrow = "reply";

  /** @throws HoldfastError InvalidSpec, MissingPeer */
  static load(props: ReadPageProps): Promise<DecodePng> {
    limitsOf(props); // a wrong option fails the start, not every page
    return loadPngDecoder();
  }

  readonly #limits = limitsOf(this.props);
  readonly #detect = hop(this.props.detect, { ...usually, ...this.props.detectHop });
  readonly #read = hop(this.props.read, { ...usually, ...this.props.readHop });

  /**
   * Reads a PNG file.
   * @throws HoldfastError Refused, reason "bad-image"; what `detect` answered, when it failed
   */
  async image(bytes: Uint8Array): Promise<PageText> {
    const { signal } = this.call;
    return this.#readAll(this.shared(bytes, this.#limits.maxPixels), signal);
  }

  /**
   * Reads pixels, such as a canvas' `getImageData`.
   * @throws HoldfastError Refused, reason "bad-image"; what `detect` answered, when it failed
   */
  async pixels(image: Pixels): Promise<PageText> {
    const { signal } = this.call;
    checkPixels(image, this.#limits.maxPixels);
    return this.#readAll(image, signal);
  }

  async #readAll(image: Pixels, signal: AbortSignal): Promise<PageText> {
    const { detectMs, lineMs, linesAtOnce } = this.#limits;
    const boxes = await this.#detect.with({ timeout: detectMs, signal }).ask.pixels(image);
    const read = this.#read.with({ timeout: lineMs, signal });
    const lines = await atOnce(boxes, linesAtOnce, async (box) => {
      signal.throwIfAborted(); // nobody waits: the lines that are left need not even be cut out
      return readBox(read, image, box);
    });
    return { lines, missing: lines.filter(({ failed }) => failed).length };
  }
}

async function readBox(read: Ref<Read>, image: Pixels, box: TextBox): Promise<PageLine> {
  try {
    const line = await read.ask.pixels(cropText(image, box));
    if (!standsUpright(box)) return { ...line, box };
    // Which way it reads the box does not show: the surer reading tells.
    const up = await read.ask.pixels(cropText(image, box, "up"));
    return { ...(up.confidence > line.confidence ? up : line), box };
  } catch (error) {
    if (!isHoldfastError(error)) throw error;
    const { code, message, retryable } = error;
    return { text: "", confidence: 0, box, failed: { code, message, retryable } };
  }
}

/** @throws HoldfastError InvalidSpec */
function limitsOf(props: ReadPageProps): Limits {
  const { detectTimeout = "10s", lineTimeout = "5s", linesAtOnce = 16, maxPixels = defaultMaxPixels } = props;
  checkMaxPixels(maxPixels);
  if (!Number.isSafeInteger(linesAtOnce) || linesAtOnce < 1) {
    throw new HoldfastError("InvalidSpec", `linesAtOnce is ${String(linesAtOnce)}: give a whole number above 0`);
  }
  return {
    detectMs: milliseconds(detectTimeout, "detectTimeout"),
    lineMs: milliseconds(lineTimeout, "lineTimeout"),
    linesAtOnce,
    maxPixels,
  };
}
