import { type Duration, milliseconds } from "../../duration.js";
import { HoldfastError } from "../../errors.js";
import { type KeysOf, onlyKnownKeys, shown } from "../../known-keys.js";

export interface V2DoorOptions {
  /** Said in the server's metadata. Default the gateway's `serverName`. */
  readonly serverName?: string;
  /** Bytes of one request's body, after it was inflated. Default the gateway's `maxPayload` (16 MiB). */
  readonly maxBody?: number;
  /** Bytes of all bodies that are held at once. Default 256 MiB; no less than `maxBody`. */
  readonly maxBodies?: number;
  /** From the head of a request to the end of its body, and from an answer to its last byte. Default 60 s. */
  readonly bodyTimeout?: Duration;
}

export const v2Defaults = {
  /** Sixteen of the largest bodies: a flood of them leaves memory to the models. */
  maxBodies: 256 * 1024 * 1024,
  /** 16 MiB at 2.5 Mbit/s. */
  bodyTimeout: "60s",
  /** How long the rest of a body is thrown away, so that its sender reads why it was refused. */
  lingerMs: 1000,
  /** Answers below it are sent as they are: a packet is a packet. */
  compressFrom: 1024,
} as const;

/** The options with every default filled in. */
export interface V2Settings {
  readonly serverName: string;
  readonly maxBody: number;
  readonly maxBodies: number;
  readonly bodyTimeoutMs: number;
}

const keys: KeysOf<V2DoorOptions> = { serverName: true, maxBody: true, maxBodies: true, bodyTimeout: true };

/** @throws HoldfastError InvalidSpec naming the option, its value and the fix */
export function checkV2Options(options: V2DoorOptions): void {
  onlyKnownKeys(options, keys, "v2Door");
  const { serverName, maxBody, maxBodies, bodyTimeout } = options;
  if (serverName !== undefined && (typeof serverName !== "string" || serverName === ""))
    throw invalid("serverName", serverName, "a name");
  for (const [field, value] of Object.entries({ maxBody, maxBodies })) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1024))
      throw invalid(field, value, "a whole number of bytes, at least 1024");
  }
  if (bodyTimeout !== undefined) milliseconds(bodyTimeout, "v2Door.bodyTimeout");
}

/** @param host what the gateway says of itself */
export function v2Settings(
  options: V2DoorOptions,
  host: { readonly serverName: string; readonly maxPayload: number },
): V2Settings {
  const maxBody = options.maxBody ?? host.maxPayload;
  return {
    serverName: options.serverName ?? host.serverName,
    maxBody,
    maxBodies: Math.max(maxBody, options.maxBodies ?? v2Defaults.maxBodies),
    bodyTimeoutMs: milliseconds(options.bodyTimeout ?? v2Defaults.bodyTimeout, "v2Door.bodyTimeout"),
  };
}

function invalid(field: string, value: unknown, wanted: string): HoldfastError {
  return new HoldfastError("InvalidSpec", `v2Door.${field} is ${shown(value)}: give ${wanted}`, {
    details: { field: `v2Door.${field}` },
  });
}
