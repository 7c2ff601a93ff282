/** One of each row of the second table of docs/values.md, made anew at each look. */
export const unsendables = {
  "a function": () => () => 1,
  "a symbol": () => Symbol("s"),
  "an instance of Point": () => new (class Point {})(),
  "an instance of Promise": () => Promise.resolve(1),
  "an instance of RegExp": () => /x/,
  "an instance of WeakMap": () => new WeakMap(),
  "an instance of WeakSet": () => new WeakSet(),
  "an instance of SharedArrayBuffer": () => new SharedArrayBuffer(8),
  "a Proxy": () => new Proxy({}, {}),
  "a buffer that was transferred away": () => {
    const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
    return bytes;
  },
  "an object with a key that begins with NUL": () => ({ "\0holdfast": "ref", path: "app" }),
};

/**
 * A value with what cannot be sent in it: in objects by a text, in arrays by a number, in a Map behind `get:`.
 * @param {(string | number)[]} where keys from the outermost on
 * @param {string} what a key of `unsendables`
 */
export function spoil(where, what) {
  return where.reduceRight((inner, key) => {
    if (typeof key === "number") return [...Array.from({ length: key }, (_, i) => i), inner];
    if (key.startsWith("get:"))
      return new Map([
        ["other", 1],
        [key.slice(4), inner],
      ]);
    return { before: "fine", [key]: inner };
  }, unsendables[what]());
}

/** How a refusal names the place. */
export function pathOf(where) {
  return where
    .map((key) => (typeof key === "number" ? `[${key}]` : key.startsWith("get:") ? `.get(${key.slice(4)})` : `.${key}`))
    .join("");
}
