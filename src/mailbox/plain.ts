/**
 * The size of arguments that are all primitives, as pack() counts it, without a walk: they cross as they are.
 * @returns -1 where one is not, and has to be packed
 */
export function plainBytes(args: readonly unknown[]): number {
  let bytes = 16;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    switch (typeof arg) {
      case "number":
      case "boolean":
      case "undefined":
      case "bigint":
        bytes += 8;
        break;
      case "string":
        bytes += 16 + arg.length * 2;
        break;
      default:
        if (arg !== null) return -1;
    }
  }
  return bytes;
}

/** The size of one argument that isPlain(), alone: as plainBytes() of it. */
export function plainSize(value: unknown): number {
  return typeof value === "string" ? 32 + value.length * 2 : value === null ? 16 : 24;
}

/** It needs no packing, and whoever holds it cannot change it for another. */
export function isPlain(value: unknown): boolean {
  switch (typeof value) {
    case "object":
      return value === null;
    case "function":
    case "symbol":
      return false;
    default:
      return true;
  }
}
