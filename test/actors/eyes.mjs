import { Actor, refuse } from "holdfast";

/*
 * Stand-ins for the two models of a pipeline. An image says in its pixels what becomes of it: each row of 20 pixels is a
 * line, its red is its number, its green what its reader does with it.
 */
export const fates = { fine: 0, throws: 1, hangs: 2, kills: 3, refused: 4 };

const limits = { idempotent: true, limit: "20s" };

/** Finds as many lines as there are rows. */
export class Rows extends Actor {
  static methods = { pixels: limits };

  pixels({ width, height }) {
    if (this.props?.broken) throw refuse("no-eyes", "it sees nothing");
    return Array.from({ length: height / 20 }, (_, i) => {
      return { centre: [width / 2, i * 20 + 10], width: width - 10, height: 10, angle: 0, confidence: 1 };
    });
  }
}

/** Reads the number of a line. */
export class Numbers extends Actor {
  static methods = { pixels: limits };

  async pixels({ width, height, data }) {
    const [number, fate] = data.subarray((width * (height >> 1) + (width >> 1)) * 4);
    this.props?.heard?.tell.jot(`line ${number}`);
    if (fate === fates.throws) throw new Error(`cannot read ${number}`);
    if (fate === fates.refused) throw refuse("bad-image", `will not read ${number}`);
    if (fate === fates.kills) process.exit(7);
    if (fate === fates.hangs) {
      const { signal } = this;
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
      this.props?.heard?.tell.jot(`line ${number} was given up`);
    }
    return { text: `line ${number}`, confidence: 1 };
  }
}
