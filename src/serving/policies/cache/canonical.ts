import { createHash, type Hash } from "node:crypto";
import { types } from "node:util";
import { Lease } from "../../../transport/lease.js";

/** Deeper values are not looked at; one that contains itself ends here. */
const DEEPEST = 100;

/** A value that has no canonical form: a function, a class instance, a stream. */
class NoForm extends Error {}

/**
 * A digest of what values say, whatever objects they are: equal for equal arguments alone. Keys of objects count in any order,
 * tensors and arrays by their type and bytes.
 * @returns undefined for what cannot be compared by its contents
 */
export function digestOf(values: readonly unknown[]): string | undefined {
  const form = new CanonicalForm();
  try {
    form.list(values, 0);
    return form.digest();
  } catch {
    // A getter that throws, a tensor that is lent: whoever is asked says what is wrong with it.
    return undefined;
  }
}

/** Each part says what it is and how long, so that no two values have the same form. */
class CanonicalForm {
  readonly #hash: Hash = createHash("sha256");
  #text = "";

  digest(): string {
    this.#flush();
    return this.#hash.digest("base64url");
  }

  list(values: readonly unknown[], depth: number): void {
    this.#text += `[${values.length};`;
    for (let i = 0; i < values.length; i++) this.#value(values[i], depth + 1);
  }

  #value(value: unknown, depth: number): void {
    switch (typeof value) {
      case "string":
        this.#string(value);
        break;
      case "number":
        this.#text += Object.is(value, -0) ? "n-0;" : `n${value};`;
        break;
      case "bigint":
        this.#text += `i${value};`;
        break;
      case "boolean":
        this.#text += value ? "t" : "f";
        break;
      case "undefined":
        this.#text += "u";
        break;
      case "object":
        if (value === null) this.#text += "z";
        else this.#object(value, depth);
        break;
      default:
        throw new NoForm();
    }
  }

  /** Half of a pair has no bytes in UTF-8: escaped, two of them stay different. */
  #string(value: string): void {
    const escaped = /\p{Surrogate}/u.test(value);
    const text = escaped ? JSON.stringify(value) : value;
    this.#text += `${escaped ? "e" : "s"}${text.length}:${text}`;
  }

  #object(value: object, depth: number): void {
    if (depth > DEEPEST || types.isProxy(value)) throw new NoForm();
    const prototype: unknown = Object.getPrototypeOf(value);
    if (Array.isArray(value)) this.list(value, depth);
    else if (ArrayBuffer.isView(value)) this.#bytes(value);
    else if (types.isAnyArrayBuffer(value)) this.#bytes(new Uint8Array(value), "ArrayBuffer");
    else if (prototype === Object.prototype || prototype === null) this.#record(value, depth);
    else if (value instanceof Date) this.#text += `d${value.getTime()};`;
    else if (value instanceof Map) this.#collection("m", value.size, [...value].flat(1), depth);
    else if (value instanceof Set) this.#collection("o", value.size, [...value], depth);
    // A tensor in shared memory says what a plain one does.
    else if (value instanceof Lease) this.#record({ dtype: value.dtype, shape: value.shape, data: value.data }, depth);
    else throw new NoForm();
  }

  #collection(kind: string, size: number, items: readonly unknown[], depth: number): void {
    this.#text += `${kind}${size};`;
    for (const item of items) this.#value(item, depth + 1);
  }

  #record(value: object, depth: number): void {
    const names = Object.keys(value).sort();
    this.#text += `{${names.length};`;
    for (const name of names) {
      this.#string(name);
      this.#value((value as Record<string, unknown>)[name], depth + 1);
    }
  }

  #bytes(view: ArrayBufferView, kind = Object.prototype.toString.call(view).slice(8, -1)): void {
    this.#text += `b${kind},${view.byteLength};`;
    this.#flush();
    this.#hash.update(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  }

  #flush(): void {
    if (this.#text === "") return;
    this.#hash.update(this.#text);
    this.#text = "";
  }
}
