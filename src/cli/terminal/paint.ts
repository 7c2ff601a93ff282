const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

/** How a piece of a line is shown, where there is colour. */
export type Style = keyof typeof codes;

/** Puts styles into a text; gives it back as it is where there is no colour. */
export type Paint = (text: string, ...styles: Style[]) => string;

/** @param colour whether the output shows colours */
export function painter(colour: boolean): Paint {
  if (!colour) return (text) => text;
  return (text, ...styles) =>
    styles.length === 0 ? text : `\x1b[${styles.map((style) => codes[style]).join(";")}m${text}\x1b[0m`;
}

/** Colour is for terminals, and for whoever has not said no (https://no-color.org). */
export function showsColour(isTTY: boolean, { NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  return isTTY && !NO_COLOR && TERM !== "dumb";
}
