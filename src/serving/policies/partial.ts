import { onAbort } from "../../actor/on-abort.js";
import { type Clock, realClock } from "../../clock.js";
import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError, toError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";
import { releaseAll } from "../../transport/lease.js";

/** A part of an answer: under way, or begun when it is asked for, with a signal that fires when it is not waited for. */
export type Part<T> = PromiseLike<T> | ((signal: AbortSignal) => PromiseLike<T>);

type ValueOf<P> = P extends (signal: AbortSignal) => PromiseLike<infer T>
  ? T
  : P extends PromiseLike<infer T>
    ? T
    : never;

/** How long is waited, and for what at least. */
export interface PartialOptions<K extends string> {
  /** What has not come by then is left out. */
  within: Duration;
  /** What there must be: so many parts, or those of these names. Default 1. */
  need?: number | readonly K[];
  /** The caller's: all parts are given up. */
  signal?: AbortSignal;
  /** Default: the machine's. */
  clock?: Clock;
}

/** What came in time, and why the others did not. */
export interface PartialAnswer<Parts> {
  readonly values: { readonly [K in keyof Parts]?: ValueOf<Parts[K]> };
  readonly missing: { readonly [K in keyof Parts]?: Error };
}

const partialKeys: KeysOf<PartialOptions<string>> = { within: true, need: true, signal: true, clock: true };

/**
 * Answers without the late one: several parts are asked for at once, and what has come in time is the answer.
 *
 *   caption ─▶ value ──────────┬─▶ { values: { caption }, missing: { labels: Timeout } }
 *   labels  ─▶ …               │
 *              ◀─ cancelled ─ within
 *
 * It ends as soon as all have an outcome, or what is needed cannot come any more.
 * @throws HoldfastError Timeout where what is needed has not come in time, Cancelled; the error of a needed part
 * @example
 * const { values, missing } = await partial(
 *   {
 *     digit: (signal) => app.refs.digits.with({ signal }).ask.classify(pixels),
 *     labels: (signal) => fetch(url, { signal }),
 *   },
 *   { within: "200ms", need: ["digit"] },
 * );
 */
export function partial<Parts extends Readonly<Record<string, Part<unknown>>>>(
  parts: Parts,
  options: PartialOptions<keyof Parts & string>,
): Promise<PartialAnswer<Parts>> {
  const names = Object.keys(parts);
  const { withinMs, enough, possible } = checked(names, options);
  const { signal, clock = realClock } = options;
  if (signal?.aborted) {
    // Those under way are nobody's.
    for (const part of Object.values(parts))
      if (typeof part !== "function") Promise.resolve(part).then(releaseAll, () => {});
    return Promise.reject(cancelled(signal));
  }
  return new Promise((resolve, reject) => {
    const control = new AbortController();
    const values: Record<string, unknown> = {};
    const missing: Record<string, Error> = {};
    let over = false;
    const open = () => names.filter((name) => !Object.hasOwn(values, name) && !Object.hasOwn(missing, name));
    const end = (failure?: Error) => {
      over = true;
      timer?.cancel();
      forget?.();
      if (failure) reject(failure);
      else resolve({ values, missing } as PartialAnswer<Parts>);
      control.abort(failure ?? new Error("the answer was given without it"));
      // What came and is nobody's.
      if (failure) releaseAll(values);
    };
    const settled = () => {
      if (over) return;
      const left = open();
      if (left.length === 0 && enough(values)) end();
      else if (!possible([...Object.keys(values), ...left])) end(Object.values(missing).at(-1));
    };
    const late = () => {
      const text = (name: string) => `${name}: no answer came within ${withinMs} ms`;
      for (const name of open())
        missing[name] = new HoldfastError("Timeout", text(name), { details: { started: true } });
      if (enough(values)) return end();
      const lacks = Object.keys(missing).join(", ");
      end(
        new HoldfastError("Timeout", `too few parts came within ${withinMs} ms: without ${lacks}`, {
          details: { missing: Object.keys(missing) },
        }),
      );
    };
    const timer = withinMs === Number.POSITIVE_INFINITY ? undefined : clock.after(withinMs, late);
    const forget = signal && onAbort(signal, () => end(cancelled(signal)));
    for (const name of names) {
      begun(parts[name]!, control.signal).then(
        (value) => {
          if (over) return releaseAll(value);
          values[name] = value;
          settled();
        },
        (error: unknown) => {
          if (over) return;
          missing[name] = toError(error);
          settled();
        },
      );
    }
    settled();
  });
}

function cancelled({ reason: cause }: AbortSignal): HoldfastError {
  return new HoldfastError("Cancelled", "the caller's signal fired", { cause });
}

/** One that throws where it should have begun has failed like any other. */
function begun(part: Part<unknown>, signal: AbortSignal): Promise<unknown> {
  if (typeof part !== "function") return Promise.resolve(part);
  try {
    return Promise.resolve(part(signal));
  } catch (error) {
    return Promise.reject(error);
  }
}

interface Checked {
  readonly withinMs: number;
  readonly enough: (values: Readonly<Record<string, unknown>>) => boolean;
  /** @param names those that there are, or may be still */
  readonly possible: (names: readonly string[]) => boolean;
}

/** @throws HoldfastError InvalidSpec */
function checked(names: readonly string[], options: PartialOptions<string>): Checked {
  onlyKnownKeys(options, partialKeys, "partial()");
  const { within, need = Math.min(1, names.length) } = options;
  const withinMs = milliseconds(within, "partial().within");
  const invalid = (fix: string) => new HoldfastError("InvalidSpec", `partial().need is ${shown(need)}: ${fix}`);
  if (typeof need === "number") {
    if (!Number.isInteger(need) || need < 0 || need > names.length) throw invalid(`there are ${names.length} parts`);
    return {
      withinMs,
      enough: (values) => Object.keys(values).length >= need,
      possible: (left) => left.length >= need,
    };
  }
  if (!Array.isArray(need)) throw invalid("give a number of parts, or their names");
  const needed: readonly string[] = need;
  const unknown = needed.find((name) => !names.includes(name));
  if (unknown !== undefined) throw invalid(`there is no part "${unknown}" (there are: ${names.join(", ")})`);
  return {
    withinMs,
    enough: (values) => needed.every((name) => Object.hasOwn(values, name)),
    possible: (left) => needed.every((name) => left.includes(name)),
  };
}
