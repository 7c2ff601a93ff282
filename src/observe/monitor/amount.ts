import type { ReadingUnit } from "./reading.js";

const KB = 1024;
const bytes = { B: 1, kB: KB, KB, MB: KB ** 2, GB: KB ** 3, TB: KB ** 4 };
const HOUR_MINUTES = 60;

/** How amounts are written, with what they stand for in the unit. */
const written: Readonly<Record<ReadingUnit, Readonly<Record<string, number>>>> = {
  "%": { "%": 1 },
  ms: { ms: 1, s: 1000, m: 60_000, h: 3_600_000 },
  bytes,
  "bytes/h": Object.fromEntries(
    Object.entries(bytes).flatMap(([name, size]) => [
      [`${name}/h`, size],
      [`${name}/min`, size * HOUR_MINUTES],
    ]),
  ),
  "°C": { "°C": 1, C: 1 },
  count: { "": 1 },
};

/** What text such as "90" and "%" stands for; undefined where it is no amount of that unit. */
export function amountOf(number: number, word: string, unit: ReadingUnit): number | undefined {
  const factor = Object.hasOwn(written[unit], word) ? written[unit][word] : undefined;
  return factor === undefined ? undefined : number * factor;
}

/** The ways in which an amount is written: "ms, s, m, h". */
export function unitWords(unit: ReadingUnit): string {
  const words = Object.keys(written[unit]).filter((word) => word !== "KB" && word !== "KB/h" && word !== "KB/min");
  return words.join(", ");
}

/** For people: "93.4 %", "1.5 GB", "250 ms". */
export function amountText(value: number, unit: ReadingUnit): string {
  const short = (number: number) => String(Number(number.toFixed(Math.abs(number) < 10 ? 1 : 0)));
  switch (unit) {
    case "bytes":
      return sized(value, "");
    case "bytes/h":
      return sized(value, "/h");
    case "ms":
      return Math.abs(value) < 1000 ? `${short(value)} ms` : `${Number((value / 1000).toFixed(1))} s`;
    case "count":
      return String(value);
    case "%":
    case "°C":
      return `${Number(value.toFixed(1))} ${unit}`;
  }
}

function sized(value: number, per: string): string {
  const names = ["B", "kB", "MB", "GB", "TB"];
  let size = value;
  let at = 0;
  while (Math.abs(size) >= KB && at < names.length - 1) {
    size /= KB;
    at++;
  }
  return `${Number(size.toFixed(1))} ${names[at]}${per}`;
}
