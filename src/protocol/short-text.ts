/** The bytes of a text of at most 31 ASCII characters as msgpack, with their head. */
export function shortText(value: string): number[] {
  return [0xa0 | value.length, ...new TextEncoder().encode(value)];
}
