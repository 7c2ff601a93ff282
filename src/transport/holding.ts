import { development } from "../development.js";
import type { Slab } from "./slab.js";
import type { Piece } from "./slab-memory.js";

/** First lines of a stack that only show how a lease is made. */
const OWN_FRAMES = 5;

/**
 * The memory behind a lease, apart from it: when a lease was dropped without release(), this is what is left to give back.
 * Its memory is a slot of this side's slab, a slot of another's with a reference counted for it, or ordinary memory.
 */
export class Holding {
  piece: Piece | undefined;
  readonly slab: Slab | undefined;
  readonly what: string;
  /** Where it was handed out; in development alone, capturing it costs more than all else. */
  readonly stack: string | undefined;

  constructor(what: string, piece: Piece | undefined, slab: Slab | undefined) {
    this.what = what;
    this.piece = piece;
    this.slab = slab;
    this.stack = development ? new Error("handed out").stack : undefined;
  }

  /** Somebody else uses it too. */
  get shared(): boolean {
    return this.piece !== undefined && this.piece.count > (this.slab ? 0 : 1);
  }

  giveBack(): void {
    const { piece } = this;
    this.piece = undefined;
    if (!piece) return;
    if (this.slab) this.slab.give(piece);
    else piece.release();
  }
}

/** How often a lease was lost that was handed out at a place: its first line says which place. */
const lost = new Map<string, number>();

/** Told at the first, the tenth, the hundredth: a forgotten release() in a loop has one fault, not thousands. */
function isTold(count: number): boolean {
  return Number.isInteger(Math.log10(count));
}

const dropped = new FinalizationRegistry((holding: Holding) => {
  holding.giveBack();
  if (!development) return;
  const frames = holding.stack?.split("\n").slice(OWN_FRAMES) ?? [];
  const [place = ""] = frames;
  const count = (lost.get(place) ?? 0) + 1;
  lost.set(place, count);
  if (!isTold(count)) return;
  const times = count === 1 ? "" : ` (${count} from there so far)`;
  process.emitWarning(
    `${holding.what} was never released: its memory is taken back now, when nobody can reach it any more. ` +
      `Call release(), or declare it with "using". It was handed out${times} at\n${frames.join("\n")}`,
    { code: "HOLDFAST_TENSOR_LOST" },
  );
});

/** Looks after a holding from when its lease can be reached no more. */
export function watchOver(lease: object, holding: Holding): void {
  dropped.register(lease, holding, holding);
}

/** It was given back in order. */
export function settled(holding: Holding): void {
  dropped.unregister(holding);
}

const stray = new FinalizationRegistry((piece: Piece) => piece.release());

/** A result that arrived in place: its reference goes back also when nobody ever takes it out of its frame. */
export function guard(view: object, piece: Piece): void {
  stray.register(view, piece, view);
}

/** A lease looks after it now. */
export function unguard(view: object): void {
  stray.unregister(view);
}
