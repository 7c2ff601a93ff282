export function soak(options: {
  count: number;
  seed: number;
  say?: (line: string) => void;
}): Promise<{ counts: Record<string, number>; failures: string[] }>;
