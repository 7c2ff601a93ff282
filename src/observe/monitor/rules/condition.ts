import { HoldfastError } from "../../../errors.js";
import { nearest, shown } from "../../../known-keys.js";
import { amountOf, unitWords } from "../amount.js";
import { isReadingName, type ReadingName, type ReadingUnit, readingKey, readingKinds } from "../reading.js";

export type Comparison = ">" | ">=" | "<" | "<=";

/** "disk of ./state > 90 %", read. */
export interface Condition {
  readonly name: ReadingName;
  readonly of: string | undefined;
  /** What the reading is found by. */
  readonly key: string;
  readonly is: Comparison;
  /** In `unit`. */
  readonly limit: number;
  readonly unit: ReadingUnit;
}

/** Where a reading of a folder does not say which. */
const HERE = ".";

const form = /^\s*([A-Za-z][\w-]*)(?:\s+of\s+(?:"([^"]*)"|([^\s"<>]+)))?\s*(>=|<=|>|<)\s*([-+]?[\d.]+)\s*(\S*)\s*$/;

/**
 * Reads text such as "memory > 90 %", "disk-free of ./state < 2 GB", "unreachable of db:5432 > 10 s".
 * @param field where it stands, for the error
 * @throws HoldfastError InvalidSpec quoting the text and saying what to write
 */
export function conditionOf(text: unknown, field: string): Condition {
  if (typeof text !== "string") throw wrong(field, text, 'give text such as "memory > 90 %"');
  const match = form.exec(text);
  const number = Number(match?.[5]);
  if (!match || !Number.isFinite(number)) {
    throw wrong(field, text, 'write <reading> > <number> <unit>, such as "memory > 90 %" or "disk of ./state > 90 %"');
  }
  const name = match[1]!;
  const is = match[4] as Comparison;
  const word = match[6]!;
  if (!isReadingName(name)) {
    const near = nearest(name, Object.keys(readingKinds));
    const hint = near ? `: did you mean "${near}"?` : "";
    throw wrong(
      field,
      text,
      `there is no reading "${name}"${hint} (there are: ${Object.keys(readingKinds).join(", ")})`,
    );
  }
  const kind = readingKinds[name];
  const of = targetOf(name, match[2] ?? match[3], text, field);
  const limit = amountOf(number, word, kind.unit);
  if (limit === undefined) {
    const units = kind.unit === "count" ? "a number alone" : `one of ${unitWords(kind.unit)}`;
    const got = word === "" ? "has no unit" : `is in "${word}"`;
    throw wrong(field, text, `the amount ${got}, and ${name} takes ${units}`);
  }
  return { name, of, key: readingKey(name, of), is, limit, unit: kind.unit };
}

function targetOf(name: ReadingName, given: string | undefined, text: string, field: string): string | undefined {
  const { of } = readingKinds[name];
  if (of === undefined) {
    if (given === undefined) return undefined;
    throw wrong(field, text, `${name} is of the process or its machine: leave "of ${given}" out`);
  }
  if (of === "folder") return given ?? HERE;
  if (given === undefined) throw wrong(field, text, `say of which peer: "${name} of db:5432 …"`);
  peerAddress(given, field);
  return given;
}

/** Host and port of "db:5432" or "[::1]:5432". @throws HoldfastError InvalidSpec */
export function peerAddress(text: unknown, field: string): { readonly host: string; readonly port: number } {
  const match = typeof text === "string" ? /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) : null;
  const port = Number(match?.[3]);
  if (match && port > 0 && port <= 65_535) return { host: (match[1] ?? match[2])!, port };
  throw wrong(field, text, 'give a host and a port from 1 to 65535: "db:5432"');
}

/** Whether a value is where the condition says. */
export function holds({ is, limit }: Pick<Condition, "is" | "limit">, value: number): boolean {
  switch (is) {
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
  }
}

/** @param field where it stands @param given is quoted */
export function wrong(field: string, given: unknown, why: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `${field} is ${shown(given)}: ${why}`, { details: { field } });
}
