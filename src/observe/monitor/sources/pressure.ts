import type { Reading } from "../reading.js";
import type { Source } from "../source.js";
import { type ReadText, readText } from "./read-text.js";

const files = { "pressure-cpu": "cpu", "pressure-memory": "memory", "pressure-io": "io" } as const;
type PressureName = keyof typeof files;
const names = Object.keys(files) as PressureName[];

/** The kernel's pressure stall information: in which part of the last 10 s something had to wait. */
export function pressureSource(read: ReadText = readText): Source {
  const pathOf = (name: PressureName) => `/proc/pressure/${files[name]}`;
  return {
    every: 1,
    names,
    read: () =>
      names.flatMap((name): Reading[] => {
        const value = someIn(read(pathOf(name)));
        return value === undefined ? [] : [{ name, unit: "%", value }];
      }),
    absent: (name) => `${pathOf(name as PressureName)} is not there: this kernel does not tell pressure`,
  };
}

/** "some avg10=8.57 avg60=…" → 8.57 */
export function someIn(text: string | undefined): number | undefined {
  const value = Number(/^some avg10=([\d.]+)/m.exec(text ?? "")?.[1]);
  return Number.isFinite(value) ? value : undefined;
}
