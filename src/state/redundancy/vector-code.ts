import { multiply } from "./field.js";

/*
 * A few lines of WebAssembly, written out: 16 bytes at a time are multiplied and added. A byte is two nibbles, and a product
 * the sum of the products of both, so two tables of 16 do, and looking up 16 of those is one instruction (swizzle, as
 * Plank et al., "Screaming Fast Galois Field Arithmetic Using Intel SIMD Instructions").
 *
 *   memory   0 ┤ 256 coefficients: 16 products of low nibbles, 16 of high ones ├ 8192 ┤ chunks ├
 */

/** Where the tables end and chunks may begin. */
export const TABLES_BYTES = 256 * 32;

/** What a page of WebAssembly's memory has. */
export const PAGE_BYTES = 65_536;

/** Adds `bytes` (a multiple of 16) at `from`, times a coefficient, to those at `to`. */
export type MultiplyAdd = (to: number, from: number, bytes: number, table: number) => void;

const get = (local: number) => [0x20, local];
const advance = (local: number, by: number[], add: boolean) => [...get(local), ...by, add ? 0x6a : 0x6b, 0x21, local];
const load = (offset: number) => [0xfd, 0x00, 0, offset];
const swizzle = [0xfd, 0x0e];
const xor = [0xfd, 0x51];
const sixteen = [0x41, 16];
const [to, from, bytes, table, low, high, taken] = [0, 1, 2, 3, 4, 5, 6];

const body = [
  ...[1, 3, 0x7b], // three locals of 16 bytes: low, high, taken
  ...[...get(table), ...load(0), 0x21, low],
  ...[...get(table), ...load(16), 0x21, high],
  ...[0x02, 0x40, 0x03, 0x40], // block, loop
  ...[...get(bytes), 0x45, 0x0d, 1], // out of the block at 0 bytes
  ...get(to),
  ...[...get(to), ...load(0)],
  ...[...get(low), ...get(from), ...load(0), 0x22, taken],
  ...[0xfd, 0x0c, ...Array<number>(16).fill(0x0f), 0xfd, 0x4e, ...swizzle, ...xor],
  ...[...get(high), ...get(taken), 0x41, 4, 0xfd, 0x6d, ...swizzle, ...xor],
  ...[0xfd, 0x0b, 0, 0], // store
  ...[...advance(to, sixteen, true), ...advance(from, sixteen, true), ...advance(bytes, sixteen, false)],
  ...[0x0c, 0, 0x0b, 0x0b, 0x0b], // again; end of loop, block, function
];

function moduleBytes(pages: number): Uint8Array<ArrayBuffer> {
  const section = (id: number, content: number[]) => [id, ...leb(content.length), ...content];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 0]), // one type: four numbers, nothing back
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...leb(pages)]),
    ...section(7, [2, 1, 0x6d, 2, 0, 1, 0x66, 0, 0]), // "m" is the memory, "f" the function
    ...section(10, [1, ...leb(body.length), ...body]),
  ]);
}

function leb(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...leb(value >>> 7)];
}

/** The compiled code and its memory; undefined where there is no WebAssembly (--jitless) or the processor has no such vectors. */
export function vectorCode(pages: number): { readonly memory: Uint8Array; readonly run: MultiplyAdd } | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  const code = moduleBytes(pages);
  if (!WebAssembly.validate(code)) return undefined;
  const { m, f } = new WebAssembly.Instance(new WebAssembly.Module(code)).exports as unknown as {
    m: WebAssembly.Memory;
    f: MultiplyAdd;
  };
  const memory = new Uint8Array(m.buffer);
  for (let coefficient = 0; coefficient < 256; coefficient++) {
    for (let nibble = 0; nibble < 16; nibble++) {
      memory[32 * coefficient + nibble] = multiply(coefficient, nibble);
      memory[32 * coefficient + 16 + nibble] = multiply(coefficient, nibble << 4);
    }
  }
  return { memory, run: f };
}
