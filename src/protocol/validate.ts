import type { ClientFrame, ServerFrame } from "./frames.js";
import { badFrame } from "./limits.js";
import { clientShapes, type Rule, serverShapes } from "./shapes.js";

/**
 * The frame that a decoded value is, with only the fields of its shape. Unknown fields are left out, so that a newer
 * peer may add some; nil stands for an absent field, because many languages encode it so.
 * @throws HoldfastError BadFrame, with `details.id` where the frame has a usable id to answer to
 */
export function parseClientFrame(value: unknown): ClientFrame {
  return parse(value, clientForms) as unknown as ClientFrame;
}

/** The same for what a server sends. */
export function parseServerFrame(value: unknown): ServerFrame {
  return parse(value, serverForms) as unknown as ServerFrame;
}

/** Fields and their rules by type, as lists: frames are parsed by the hundred thousand. */
type Form = readonly (readonly [field: string, rule: Rule])[];
type Forms = ReadonlyMap<string, Form>;

const formsOf = (shapes: Record<string, Record<string, Rule>>): Forms =>
  new Map(Object.entries(shapes).map(([type, rules]) => [type, Object.entries(rules)]));

const clientForms = formsOf(clientShapes);
const serverForms = formsOf(serverShapes);

function parse(value: unknown, forms: Forms): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) {
    throw badFrame(`a frame is ${quote(value)}: send a map with a "type"`);
  }
  const given = value as Record<string, unknown>;
  const type = Object.hasOwn(given, "type") ? given.type : undefined;
  const form = typeof type === "string" ? forms.get(type) : undefined;
  if (!form) {
    throw badFrame(`a frame has the type ${quote(type)}: one of ${[...forms.keys()].join(", ")} is known`, idOf(given));
  }
  let known = 1;
  for (const [field, rule] of form) {
    const content = Object.hasOwn(given, field) ? given[field] : undefined;
    if (rule.optional && (content === undefined || content === null)) continue;
    if (!rule.holds(content)) {
      throw badFrame(`${type}.${field} is ${quote(content)}: it must be ${rule.must}`, idOf(given));
    }
    known += 1;
  }
  // What was decoded is nobody else's: where it has nothing but its fields it is the frame.
  return known === sizeOf(given) ? given : onlyFields(given, form);
}

function sizeOf(map: Record<string, unknown>): number {
  let size = 0;
  for (const _ in map) size += 1;
  return size;
}

function onlyFields(given: Record<string, unknown>, form: Form): Record<string, unknown> {
  const frame: Record<string, unknown> = { type: given.type };
  for (const [field, { optional }] of form) {
    const content = Object.hasOwn(given, field) ? given[field] : undefined;
    if (!optional || (content !== undefined && content !== null)) frame[field] = content;
  }
  return frame;
}

function idOf(frame: Record<string, unknown>): Record<string, unknown> {
  const { id } = frame;
  return Object.hasOwn(frame, "id") && Number.isSafeInteger(id) && (id as number) >= 0 ? { id } : {};
}

/** Says what something is without repeating a payload: scalars in short, the rest by kind. */
function quote(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (typeof value === "object" && value !== null) return "a map";
  if (typeof value === "string")
    return value.length <= 40 ? JSON.stringify(value) : `text of ${value.length} characters`;
  return String(value);
}
