import { Actor, type Ref } from "holdfast";
import type { Pixels, ReadLine, TextBox } from "holdfast/models";

export const fates: { fine: 0; throws: 1; hangs: 2; kills: 3; refused: 4 };

export interface Hearing {
  heard?: Ref<{ jot(text: string): void }>;
}

export class Rows extends Actor<{ broken?: boolean } | undefined> {
  pixels(image: Pixels): TextBox[];
}

export class Numbers extends Actor<Hearing | undefined> {
  pixels(image: Pixels): Promise<ReadLine>;
}
