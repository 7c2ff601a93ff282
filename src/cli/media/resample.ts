/** Zero crossings of the sinc on either side: more sharpen the edge at the cutoff, and cost as much more. */
const crossings = 16;

/**
 * The same sound at another rate: a sinc with a Hann window, lowered to the smaller of the two rates, so that what the
 * target cannot hold is left out instead of folding back (J. O. Smith, "Digital Audio Resampling").
 *
 * @param from  hertz, a whole number
 * @param to    hertz, a whole number
 */
export function resample(samples: Float32Array, from: number, to: number): Float32Array {
  if (from === to) return samples;
  const reach = Math.ceil(crossings * Math.max(1, from / to));
  const divisor = gcd(from, to);
  // A target sample lies at one of `phases` places between two source samples; each place has its weights.
  const phases = to / divisor;
  const kernels: Float64Array[] = [];
  const out = new Float32Array(Math.round((samples.length * to) / from));
  for (let i = 0; i < out.length; i++) {
    const place = i * (from / divisor);
    const phase = place % phases;
    const base = (place - phase) / phases;
    kernels[phase] ??= kernel(phase / phases, reach, Math.min(1, to / from));
    out[i] = weigh(samples, base - reach, kernels[phase]);
  }
  return out;
}

/** The part of the kernel that lies on the recording, scaled up to its whole: the ends keep their loudness. */
function weigh(samples: Float32Array, first: number, weights: Float64Array): number {
  const from = Math.max(0, -first);
  const to = Math.min(weights.length, samples.length - first);
  let sum = 0;
  let total = 0;
  for (let k = from; k < to; k++) {
    sum += weights[k]! * samples[first + k]!;
    total += weights[k]!;
  }
  return sum / total;
}

/** Weights of the source samples from `reach` before the base to `reach` after it, for a target `offset` past the base. */
function kernel(offset: number, reach: number, cutoff: number): Float64Array {
  return Float64Array.from({ length: 2 * reach + 1 }, (_, k) => {
    const distance = k - reach - offset;
    if (Math.abs(distance) >= reach) return 0;
    return sinc(distance * cutoff) * (0.5 + 0.5 * Math.cos((Math.PI * distance) / reach));
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
