import { viewKinds } from "./ring-values.js";

const typedArray = Object.getPrototypeOf(Uint8Array) as { prototype: object };
const nameOf = Object.getOwnPropertyDescriptor(typedArray.prototype, Symbol.toStringTag)!.get!;
const kinds = new Map<string, number>(viewKinds.map((kind, i) => [kind.name, i]));

/**
 * The number under which a view's kind goes over a ring, by what it is inside, as structured clone sees it: a Buffer is a
 * Uint8Array. Undefined for kinds of newer engines.
 */
export function ringKindOf(view: ArrayBufferView): number | undefined {
  return kinds.get((nameOf.call(view) as string | undefined) ?? "DataView");
}
