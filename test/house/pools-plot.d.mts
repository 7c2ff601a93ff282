export function poolsPlot(figures: Record<string, unknown>): string;
