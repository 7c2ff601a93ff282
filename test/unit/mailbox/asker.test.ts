import { describe, expect, it } from "vitest";
import { type Asker, cameFrom } from "../../../src/mailbox/asker.js";
import type { Message } from "../../../src/mailbox/message.js";

const askedBy = (asker: Asker | undefined) => ({ asker }) as Message;
const cell = (concurrency: number) => ({ facts: { concurrency } });

describe("where a message came from", () => {
  it("is found behind any number of actors in between, and is nowhere where nobody asked", () => {
    const origin = cell(1);
    let message = askedBy({ path: "app/origin", cell: origin, handling: () => [] });
    for (let i = 0; i < 20; i++) {
      const behind = message;
      message = askedBy({ path: `app/${i}`, cell: cell(1), handling: () => [behind] });
    }
    expect(cameFrom(message, origin)).toBe(true);
    expect(cameFrom(message, cell(1))).toBe(false);
    expect(cameFrom(askedBy(undefined), origin)).toBe(false);
  });

  it("is looked for at each asker once, however many ways lead to it, and in circles", () => {
    let looks = 0;
    const layers: Asker[][] = [];
    for (let depth = 0; depth < 16; depth++) {
      layers.push(
        Array.from({ length: 8 }, (_, i) => ({
          path: `app/${depth}-${i}`,
          cell: cell(8),
          handling: () => {
            looks++;
            return layers[(depth + 1) % 16]!.map(askedBy);
          },
        })),
      );
    }
    expect(cameFrom(askedBy(layers[0]![0]), cell(1))).toBe(false);
    expect(looks).toBe(1 + 15 * 8 + 7);
  });
});
