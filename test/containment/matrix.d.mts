export type Level = "inline" | "thread" | "fork";
export type Fault = string;
export interface Cell {
  contained: boolean;
  got?: string;
  cause?: string;
  died?: string;
  first?: boolean;
  abandoned?: boolean;
  holds?: boolean;
}
export const matrix: Record<Fault, Record<Level, Cell>>;
export function flightAfter(fault: Fault, cell: Cell): string[];
export function judge(seen: { died: string | null }, cell: Cell): Cell;
