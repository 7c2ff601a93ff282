export const unsendables: Record<string, () => unknown>;
export function spoil(where: (string | number)[], what: string): unknown;
export function pathOf(where: (string | number)[]): string;
