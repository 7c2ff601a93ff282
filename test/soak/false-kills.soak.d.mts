export function soak(options: {
  minutes: number;
  seed: number;
  say?: (line: string) => void;
}): Promise<{ counts: Record<string, number | string>; failures: string[] }>;
