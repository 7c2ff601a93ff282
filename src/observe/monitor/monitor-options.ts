import { type Duration, milliseconds } from "../../duration.js";
import { type KeysOf, onlyKnownKeys } from "../../known-keys.js";
import { peerAddress, wrong } from "./rules/condition.js";
import { defaultRules } from "./rules/default-rules.js";
import { type Rule, type RuleOptions, ruleOf } from "./rules/rule.js";
import type { Source } from "./source.js";

/** What a monitor reads, and what it does about it. */
export interface MonitorOptions {
  /** As data, or on one line: "memory > 90 % for 10s then shed". Default: those of docs/monitor.md, which alert and do nothing else. */
  readonly rules?: readonly (RuleOptions | string)[];
  /** Between two looks. Default "1s", at least 100 ms. */
  readonly every?: Duration;
  /** Folders whose disk and size are read, beside those that rules name. Default: the working directory's disk alone. */
  readonly folders?: readonly string[];
  /** Whom to reach, "host:port", beside those that rules name. Default: nobody. */
  readonly peers?: readonly string[];
  /** Reads temperature and disk health, with the package systeminformation. Default: where a rule names them. */
  readonly hardware?: boolean;
  /** Reads these in place of the machine: for tests, and to replay what was recorded. */
  readonly sources?: readonly Source[];
}

/** The options with every default filled in. */
export interface MonitorSettings {
  readonly rules: readonly Rule[];
  readonly everyMs: number;
  /** Of these the size is read too. */
  readonly folders: readonly string[];
  /** Of these the disk. */
  readonly disks: readonly string[];
  readonly peers: readonly string[];
  readonly hardware: boolean;
  readonly sources: readonly Source[] | undefined;
}

/** A look costs some 0.1 ms: at this pace a thousandth of one core. */
const LEAST_EVERY_MS = 100;
const defaultEvery: Duration = "1s";

const monitorKeys: KeysOf<MonitorOptions> = {
  rules: true,
  every: true,
  folders: true,
  peers: true,
  hardware: true,
  sources: true,
};

/** @throws HoldfastError InvalidSpec naming the option, its value and the fix */
export function monitorSettings(options: MonitorOptions = {}, field = "monitor"): MonitorSettings {
  onlyKnownKeys(options, monitorKeys, field);
  const everyMs = milliseconds(options.every ?? defaultEvery, `${field}.every`);
  if (everyMs < LEAST_EVERY_MS || everyMs === Number.POSITIVE_INFINITY) {
    throw wrong(`${field}.every`, options.every, `give ${LEAST_EVERY_MS} ms or more, such as "1s"`);
  }
  const folders = listOf(options.folders, `${field}.folders`);
  const peers = listOf(options.peers, `${field}.peers`);
  for (const [index, peer] of peers.entries()) peerAddress(peer, `${field}.peers[${index}]`);
  const given = options.rules;
  if (given !== undefined && !Array.isArray(given)) throw wrong(`${field}.rules`, given, "give a list of rules");
  const rules = given
    ? given.map((rule, index) => ruleOf(rule, `${field}.rules[${index}]`))
    : defaultRules(folders, peers).map((rule) => ruleOf(rule, `${field}.rules`, true));
  const named = (...kinds: string[]) =>
    rules.flatMap(({ condition: { name, of } }) => (of !== undefined && kinds.includes(name) ? [of] : []));
  return {
    rules,
    everyMs,
    folders: [...new Set([...folders, ...named("folder", "folder-growth")])],
    disks: [...new Set([".", ...folders, ...named("disk", "disk-free")])],
    peers: [...new Set([...peers, ...named("round-trip", "unreachable")])],
    hardware:
      options.hardware ?? rules.some(({ condition: { name } }) => name === "temperature" || name === "disks-failing"),
    sources: options.sources,
  };
}

function listOf(given: readonly string[] | undefined, field: string): readonly string[] {
  if (given === undefined) return [];
  const texts = Array.isArray(given) && given.every((one) => typeof one === "string" && one !== "");
  if (!texts) throw wrong(field, given, "give a list of texts");
  return given;
}
