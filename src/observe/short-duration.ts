const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A length of time with three digits at most, for people: "0.4 ms", "12 ms", "3.2 s", "4 min 10 s", "2 h 5 min". */
export function shortDuration(ms: number): string {
  if (ms < 0.95) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 9.95) return `${Number(ms.toFixed(1))} ms`;
  if (ms < SECOND - 0.5) return `${Math.round(ms)} ms`;
  if (ms < MINUTE - 50) return `${Number((ms / SECOND).toFixed(ms < 9950 ? 1 : 0))} s`;
  if (ms < HOUR - 500) return parts(Math.round(ms / SECOND), 60, "min", "s");
  return parts(Math.round(ms / MINUTE), 60, "h", "min");
}

function parts(amount: number, per: number, large: string, small: string): string {
  const rest = amount % per;
  return `${Math.floor(amount / per)} ${large}${rest > 0 ? ` ${rest} ${small}` : ""}`;
}
