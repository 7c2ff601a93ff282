import { type ParseArgsConfig, parseArgs } from "node:util";
import { type Duration, milliseconds } from "../duration.js";

/** How a command ends, for scripts. */
export const exitCodes = {
  ok: 0,
  /** Something failed while it worked. */
  failed: 1,
  /** The command line or the config is wrong. */
  usage: 2,
  /** The port is taken, or the address cannot be bound. */
  cannotListen: 3,
  /** Nothing that was to be served could start: a missing model or package. */
  cannotStart: 4,
} as const;

/** Ends the command with a message for the terminal instead of a stack. */
export class CommandError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** Text, true, or the texts of an option that may be given several times. */
type Given<O extends Options[string]> = O["type"] extends "boolean"
  ? boolean
  : O extends { multiple: true }
    ? string[]
    : string;

/** What was given, by option name, and the words that are no options. */
export interface ParsedCommand<O extends Options> {
  readonly values: { readonly [K in keyof O]?: Given<O[K]> } & { readonly help?: boolean };
  readonly positionals: string[];
}

/**
 * The options and words of a command line.
 * @throws CommandError naming the unknown or malformed option and where help is
 */
export function parseCommand<const O extends Options>(command: string, args: string[], options: O): ParsedCommand<O> {
  try {
    const all: Options = { ...options, help: { type: "boolean", short: "h" } };
    return parseArgs({ args: joined(args, all), options: all, allowPositionals: true }) as unknown as ParsedCommand<O>;
  } catch (error) {
    const message = (error as Error).message.replace(/\. To specify a positional.*$/s, "");
    throw new CommandError(`${message}\nsee: holdfast ${command} --help`);
  }
}

/** A number below 0 behind its option is its value, which the option refuses in its own words, and no option itself. */
function joined(args: readonly string[], options: Options): string[] {
  const end = args.indexOf("--");
  const takes = (at: number) => {
    const name = args[at]?.startsWith("--") && (end < 0 || at < end) ? args[at].slice(2) : "";
    return Object.hasOwn(options, name) && options[name]!.type === "string";
  };
  return args.flatMap((arg, at) => {
    if (/^-\d/.test(arg) && takes(at - 1)) return [];
    const next = args[at + 1];
    return next !== undefined && /^-\d/.test(next) && takes(at) ? [`${arg}=${next}`] : [arg];
  });
}

/** @throws CommandError quoting the value */
export function wholeNumber(name: string, text: string | undefined, least: number, most: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new CommandError(`--${name} is "${text}": give a whole number from ${least} to ${most}`);
}

/** Milliseconds, more than 0; in a shell a bare number is text too. @throws CommandError quoting the value */
export function durationOption(name: string, text: string): number {
  const fix = "give milliseconds, or a number with a unit: 500ms, 30s, 2m";
  let ms: number;
  try {
    ms = milliseconds((/^\d+$/.test(text) ? Number(text) : text) as Duration, `--${name}`);
  } catch {
    throw new CommandError(`--${name} is "${text}": ${fix}`);
  }
  if (ms === 0) throw new CommandError(`--${name} is "${text}": give more than 0: ${fix.slice("give ".length)}`);
  return ms;
}
