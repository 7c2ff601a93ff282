import type { ClientFrame, ServerFrame } from "./frames.js";
import { isPriority, priorityWords } from "./priority.js";

/** A rule for one field: what it must be, in words, and whether a value is that. */
export interface Rule {
  readonly must: string;
  readonly holds: (value: unknown) => boolean;
  readonly optional: boolean;
}

type Shapes<F extends { type: string }> = {
  readonly [T in F["type"]]: { readonly [K in keyof Omit<Extract<F, { type: T }>, "type">]-?: Rule };
};

const rule = (must: string, holds: (value: unknown) => boolean): Rule => ({ must, holds, optional: false });
const maybe = (inner: Rule): Rule => ({ ...inner, optional: true });

const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isMap = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const whole = rule("a whole number from 0 to 2^53-1", isCount);
const amount = rule(
  "a whole number from 1 to 1000000",
  (v) => isCount(v) && (v as number) >= 1 && (v as number) <= 1e6,
);
const size = rule('a whole number >= 0, or "auto"', (v) => v === "auto" || isCount(v));
const seen = rule("a whole number from -1", (v) => v === -1 || isCount(v));
const duration = rule(
  "milliseconds, a finite number >= 0",
  (v) => typeof v === "number" && Number.isFinite(v) && v >= 0,
);
const text = (longest: number) =>
  rule(`a string of at most ${longest} characters`, (v) => typeof v === "string" && v.length <= longest);
const name = rule("a string of 1 to 256 characters", (v) => typeof v === "string" && v.length >= 1 && v.length <= 256);
const priority = rule(priorityWords, isPriority);
/** Longer than any that is one: what is none is ignored, not refused. */
const trace = { traceparent: maybe(text(1024)), tracestate: maybe(text(4096)) };
const flag = rule("true or false", (v) => typeof v === "boolean");
const names = rule(
  "a list of at most 32 strings",
  (v) => Array.isArray(v) && v.length <= 32 && v.every((one) => typeof one === "string"),
);
const list = rule("an array", Array.isArray);
const map = rule("a map", isMap);
const anything = rule("a value", () => true);

/** Every field of every frame a client may send. A field that is missing here does not compile. */
export const clientShapes: Shapes<ClientFrame> = {
  hello: { token: maybe(text(4096)), admin: maybe(flag), client: maybe(text(128)) },
  ask: {
    id: whole,
    to: name,
    key: maybe(name),
    method: name,
    args: list,
    timeout: maybe(duration),
    idempotent: maybe(flag),
    priority: maybe(priority),
    credit: maybe(amount),
    ...trace,
  },
  tell: { to: name, key: maybe(name), method: name, args: list, priority: maybe(priority), ...trace },
  cancel: { id: whole },
  credit: { id: whole, n: amount },
  open: {
    id: whole,
    to: name,
    key: maybe(name),
    method: maybe(name),
    session: maybe(name),
    have: maybe(seen),
    timeout: maybe(duration),
    ...trace,
  },
  chunk: { id: whole, seq: whole, args: list },
  ack: { id: whole, seq: whole },
  end: { id: whole },
  detach: { id: whole },
  ping: { n: whole },
  watch: { diffs: maybe(flag), stats: maybe(flag), following: maybe(flag) },
  unwatch: {},
  history: { id: whole, path: name, since: maybe(duration) },
  events: { id: whole, since: maybe(duration), types: maybe(names), path: maybe(name), limit: maybe(whole) },
  kill: { id: whole, path: name, key: maybe(name) },
  resize: { id: whole, path: name, size },
  act: { id: whole, act: name, on: maybe(name), key: maybe(name), with: maybe(map) },
};

/** Every field of every frame a server may send. */
export const serverShapes: Shapes<ServerFrame> = {
  welcome: {
    protocol: name,
    server: text(256),
    session: name,
    admin: flag,
    watch: flag,
    exposes: map,
    http: maybe(names),
    limits: map,
  },
  result: { id: whole, seq: maybe(whole), value: anything },
  error: { id: maybe(whole), seq: maybe(whole), error: map },
  part: { id: whole, seq: whole, value: anything },
  end: { id: whole, count: whole },
  opened: { id: whole, session: name, next: whole, credit: whole, fresh: flag, detachMs: duration },
  safe: { id: whole, seq: whole },
  credit: { id: whole, n: amount },
  drain: { graceMs: duration },
  pong: { n: whole },
  tree: { tree: map, reports: maybe(list), revision: maybe(whole), ids: maybe(list), more: maybe(flag) },
  "tree-diff": { from: whole, to: whole, removed: list, changed: list, more: maybe(flag), reports: maybe(list) },
  stats: {
    at: duration,
    from: maybe(whole),
    to: whole,
    uptimeMs: duration,
    reports: whole,
    deadLetters: map,
    gone: list,
    units: list,
    more: maybe(flag),
  },
  event: { event: map, missed: maybe(whole) },
};
