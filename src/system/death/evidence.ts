import { createHash, hash as hashOf } from "node:crypto";
import type { Message } from "../../mailbox/message.js";
import type { MessageEvidence } from "./report.js";

/** Items of an array and fields of an object that a shape shows before it says "…". */
const SHOWN = 4;

/** How much of each argument a digest reads: evidence must not cost more than the death. */
const DIGESTED_BYTES = 1024 * 1024;

/** What may be shown of a message: its form, size and digest; the payload only where the method reveals it. */
export function evidenceOf(message: Message, ranForMs: number | undefined, reveal: boolean): MessageEvidence {
  return {
    method: message.method,
    seq: message.seq,
    deaths: message.deaths,
    ranForMs,
    shape: shapeOf(message.args),
    bytes: message.bytes,
    digest: digestOf(message.args),
    ...(reveal ? { args: message.args } : {}),
  };
}

/**
 * The same of a message that is delivered again: nobody may change its arguments yet, so its digest can wait until the
 * successor has been told to start. It is taken when it is first read, and otherwise in the next turn.
 */
export function evidenceSoon(message: Message, ranForMs: number | undefined, reveal: boolean): MessageEvidence {
  const { method, seq, deaths, bytes, args } = message;
  const shown = { method, seq, deaths, ranForMs, shape: shapeOf(args), bytes, digest: "", ...(reveal ? { args } : {}) };
  const taken = () => {
    const digest = digestOf(args);
    Object.defineProperty(shown, "digest", { value: digest, enumerable: true });
    return digest;
  };
  Object.defineProperty(shown, "digest", { get: taken, enumerable: true, configurable: true });
  setImmediate(() => void shown.digest);
  return shown;
}

/** The form of a value without its content: `[Float32Array(512), {name, age}]`. */
export function shapeOf(value: unknown, depth = 0): string {
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  const kind = value.constructor?.name ?? "Object";
  if (ArrayBuffer.isView(value)) return `${kind}(${"length" in value ? value.length : value.byteLength})`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${value.byteLength})`;
  if (value instanceof Map || value instanceof Set) return `${kind}(${value.size})`;
  if (Array.isArray(value)) {
    if (depth > 1) return `Array(${value.length})`;
    const items = value.slice(0, SHOWN).map((item) => shapeOf(item, depth + 1));
    return `[${items.join(", ")}${value.length > SHOWN ? ", …" : ""}]`;
  }
  if (kind !== "Object") return kind;
  const names = Object.keys(value);
  return `{${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? ", …" : ""}}`;
}

function digestOf(args: unknown[]): string {
  // One call for what is text alone costs a third of a hash object that is fed, and gives the same.
  if (!args.some((arg) => ArrayBuffer.isView(arg))) return hashOf("sha256", args.map(textOf).join("")).slice(0, 16);
  const hash = createHash("sha256");
  for (const arg of args) {
    if (!ArrayBuffer.isView(arg)) hash.update(textOf(arg));
    else hash.update(new Uint8Array(arg.buffer, arg.byteOffset, Math.min(arg.byteLength, DIGESTED_BYTES)));
  }
  return hash.digest("hex").slice(0, 16);
}

function textOf(arg: unknown): string {
  const text: string | undefined =
    typeof arg === "object"
      ? JSON.stringify(arg, (_, value: unknown) => readable(value))
      : JSON.stringify(readable(arg));
  return (text ?? "undefined").slice(0, DIGESTED_BYTES);
}

/** JSON shows nothing of a Map, a Set or bytes: different payloads would look equal. */
function readable(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (ArrayBuffer.isView(value)) return digestOf([value]);
  if (value instanceof ArrayBuffer) return digestOf([new Uint8Array(value)]);
  if (value instanceof Map || value instanceof Set) return [...value];
  return value;
}
