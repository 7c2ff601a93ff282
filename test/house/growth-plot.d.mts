export function growthPlot(figures: Record<string, unknown>): string;
