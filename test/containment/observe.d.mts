import type { Level } from "./matrix.mjs";
export const levels: Level[];
export interface Seen {
  died: string | null;
  reports?: number;
  /** What the faulty call carried was told of. */
  secret?: boolean;
  report?: object | null;
}
export function observe(fault: string, level: Level, addon?: string): Promise<Seen>;
