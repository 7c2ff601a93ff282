import { HoldfastError } from "../errors.js";
import { shown } from "../known-keys.js";
import { isPriority, priorityWords } from "../protocol/priority.js";

/* What a ref is given with its calls, looked at where it is given: each throws InvalidValue, and says what to give. */

export function checkKey(key: unknown, path: string): void {
  if (typeof key === "string") return;
  const fix = typeof key === "number" || typeof key === "bigint" ? `give text, "${key}"` : "give text";
  throw new HoldfastError("InvalidValue", `${path}: the key is ${shown(key)}: ${fix}`, { details: { path } });
}

export function checkPriority(priority: unknown, path: string): void {
  if (priority === undefined || isPriority(priority)) return;
  const text = `${path}: with() got the priority ${shown(priority)}: give ${priorityWords}`;
  throw new HoldfastError("InvalidValue", text, { details: { path } });
}

export function checkSignal(signal: unknown, path: string): void {
  if (signal === undefined || typeof (signal as Partial<AbortSignal> | null)?.addEventListener === "function") return;
  const fix = signal instanceof AbortController ? "give its .signal" : "give an AbortSignal";
  const what = signal instanceof AbortController ? "an AbortController" : shown(signal);
  throw new HoldfastError("InvalidValue", `${path}: with() got a signal that is ${what}: ${fix}`);
}
