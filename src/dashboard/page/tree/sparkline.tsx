import type { Points } from "../series/points.js";

const WIDTH = 64;
const HEIGHT = 18;

/** The rate of the last minute, as a line; the number beside it says the same in words. */
export function Sparkline({ points }: { readonly points: Points }) {
  const rates = points.last("rate", 60);
  const most = Math.max(1, ...rates);
  const step = WIDTH / 59;
  const from = WIDTH - (rates.length - 1) * step;
  const line = rates.map(
    (rate, index) => `${(from + index * step).toFixed(1)},${(HEIGHT - 1 - (rate / most) * (HEIGHT - 2)).toFixed(1)}`,
  );
  return (
    <svg class="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <polyline points={line.join(" ")} />
    </svg>
  );
}
