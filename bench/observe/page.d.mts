export function pageWeight(): Promise<{ page_kb: number }>;
