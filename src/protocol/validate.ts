import type { HoldfastError } from "../errors.js";
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

interface Field extends Rule {
  /** No frame of its type may be without it. */
  readonly required: boolean;
}

interface Form {
  readonly fields: ReadonlyMap<string, Field>;
  /** How many of them are required. */
  readonly required: number;
}

type Forms = ReadonlyMap<string, Form>;

const formsOf = (shapes: Record<string, Record<string, Rule>>): Forms =>
  new Map(Object.entries(shapes).map(([type, rules]) => [type, formOf(rules)]));

function formOf(rules: Record<string, Rule>): Form {
  const fields = Object.entries(rules).map(([name, rule]) => {
    return [name, { ...rule, required: !rule.optional && !rule.holds(undefined) }] as const;
  });
  return { fields: new Map(fields), required: fields.filter(([, { required }]) => required).length };
}

/** Within `for in` it costs nothing, which Object.hasOwn() does not. */
const owns = Object.prototype.hasOwnProperty;

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
  // What is there is looked at, not what could be: frames are parsed by the hundred thousand, and most have few fields.
  let required = 0;
  let whole = true;
  for (const field in given) {
    const own = owns.call(given, field);
    const rule = own ? form.fields.get(field) : undefined;
    const content = given[field];
    if (rule === undefined) whole &&= own && field === "type";
    else if (rule.optional && (content === undefined || content === null)) whole = false;
    else if (!rule.holds(content)) throw broken(given, field, rule);
    else if (rule.required) required += 1;
  }
  if (required < form.required) throw missing(given, form);
  // What was decoded is nobody else's: where it has nothing but its fields it is the frame.
  return whole ? given : onlyFields(given, form);
}

function broken(given: Record<string, unknown>, field: string, { must }: Rule): HoldfastError {
  const content = Object.hasOwn(given, field) ? given[field] : undefined;
  return badFrame(`${given.type}.${field} is ${quote(content)}: it must be ${must}`, idOf(given));
}

/** The first that it is without. */
function missing(given: Record<string, unknown>, { fields }: Form): HoldfastError {
  const [field, rule] = [...fields].find(([name, { required }]) => required && !Object.hasOwn(given, name))!;
  return broken(given, field, rule);
}

function onlyFields(given: Record<string, unknown>, form: Form): Record<string, unknown> {
  const frame: Record<string, unknown> = { type: given.type };
  for (const [field, { optional }] of form.fields) {
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
