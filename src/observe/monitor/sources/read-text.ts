import { readFileSync } from "node:fs";

/** The text of a file of the kernel's; undefined where there is none, or nobody may read it. */
export type ReadText = (path: string) => string | undefined;

export const readText: ReadText = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
};
