import type { Growth } from "./memory-trend.js";

/** How long a member may serve; undefined: that is no limit. */
export interface RecycleLimits {
  readonly messages: number | undefined;
  readonly ageMs: number | undefined;
  readonly memoryBytes: number | undefined;
  readonly growthBytesPerMs: number | undefined;
}

/** What a member's incarnation has behind it. */
export interface Wear {
  readonly messages: number;
  readonly ageMs: number;
  /** What it surely holds; undefined where that is not known (yet). */
  readonly heldBytes: number | undefined;
  readonly growth: Growth | undefined;
  /** Drawn once, when it came, 0 to 1: how much sooner than its limits it goes. */
  readonly chance: number;
}

/** Which limit a member is past. Bytes and ms; growth in bytes an hour. */
export interface WornOut {
  readonly what: "messages" | "age" | "memory" | "growth";
  readonly value: number;
  readonly limit: number;
}

/** Messages and age are shortened by up to this part. */
const JITTER = 0.2;

/** Less than that since it was warm is no leak, bytes. */
const LEAST_GROWN = 16 * 1024 * 1024;

const HOUR_MS = 3_600_000;

/** The limit that a member is furthest past, if it is past any. */
export function wornOut(wear: Wear, limits: RecycleLimits): WornOut | undefined {
  const sooner = 1 - JITTER * wear.chance;
  const { messages, ageMs, memoryBytes, growthBytesPerMs } = limits;
  const { growth } = wear;
  const grows = growth && growth.grownBytes >= LEAST_GROWN ? growth.bytesPerMs * HOUR_MS : undefined;
  const past: WornOut[] = [
    ...over("messages", wear.messages, messages && Math.ceil(messages * sooner)),
    ...over("age", wear.ageMs, ageMs && ageMs * sooner),
    ...over("memory", wear.heldBytes, memoryBytes),
    ...over("growth", grows, growthBytesPerMs && growthBytesPerMs * HOUR_MS),
  ];
  return past.sort((a, b) => b.value / b.limit - a.value / a.limit)[0];
}

function over(what: WornOut["what"], value: number | undefined, limit: number | undefined): WornOut[] {
  return value !== undefined && limit !== undefined && value >= limit ? [{ what, value, limit }] : [];
}

/** When a member of an age is past its limit of age, ms from now; undefined where there is none. */
export function msToAge({ ageMs, chance }: Pick<Wear, "ageMs" | "chance">, limits: RecycleLimits): number | undefined {
  return limits.ageMs === undefined ? undefined : Math.max(0, limits.ageMs * (1 - JITTER * chance) - ageMs);
}

/** How a pool stands, as far as it matters to whoever wants to replace one of its members. */
export interface PoolStanding {
  /** Members that neither serve nor are parked: they start, or restart. */
  readonly starting: number;
  /** Members that leave, and have work to finish. */
  readonly leaving: number;
  /** How long mail that came now would wait, ms, and how long it shall at most. */
  readonly waitMs: number;
  readonly targetWaitMs: number;
  /** How many more hosts it may have. */
  readonly room: number;
}

/** Why no member is replaced now, in a few words; undefined: one may be. */
export function inTrouble({ starting, leaving, waitMs, targetWaitMs, room }: PoolStanding): string | undefined {
  if (starting > 0) return `${starting} of its members on their way up`;
  if (leaving > 0) return `${leaving} of its members on their way out`;
  if (waitMs > targetWaitMs) return `${Math.round(waitMs)} ms to wait, over ${targetWaitMs} ms`;
  if (room < 1) return "no room for a host more";
  return undefined;
}

/** In one line, with numbers. */
export function whyWorn({ what, value, limit }: WornOut): string {
  switch (what) {
    case "messages":
      return `${value} messages answered, at most ${limit}`;
    case "age":
      return `${duration(value)} old, at most ${duration(limit)}`;
    case "memory":
      return `holds ${mb(value)}, at most ${mb(limit)}`;
    case "growth":
      return `grows by ${mb(value)} an hour, at most ${mb(limit)}`;
    default:
      return what satisfies never;
  }
}

function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return ms < 2 * HOUR_MS ? `${Math.round(ms / 60_000)} min` : `${Number((ms / HOUR_MS).toFixed(1))} h`;
}

function mb(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
