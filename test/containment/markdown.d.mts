import type { Cell } from "./matrix.mjs";
export function markdown(measured: { node: string; platform: string; arch: string; cells: Cell[] }): string;
