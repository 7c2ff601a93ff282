const thousands = ["", "k", "M", "G", "T"];

/** A number in at most five characters: "0", "0.4", "12", "999", "1.2k", "45k", "12M". */
export function compactNumber(value: number): string {
  let rest = value;
  let step = 0;
  while (rest >= 999.5 && step < thousands.length - 1) {
    rest /= 1000;
    step++;
  }
  const digits = rest < 9.95 && (step > 0 || rest % 1 !== 0) ? 1 : 0;
  return `${Number(rest.toFixed(digits))}${thousands[step]}`;
}

/** A length of time in at most five characters: "0.4ms", "12ms", "1.2s", "45s", "12m", "5h". */
export function compactMs(ms: number): string {
  if (ms < 999.5) return `${compactNumber(ms)}ms`;
  if (ms < 99_500) return `${compactNumber(ms / 1000)}s`;
  if (ms < 5_970_000) return `${Math.round(ms / 60_000)}m`;
  return `${compactNumber(Math.round(ms / 3_600_000))}h`;
}
