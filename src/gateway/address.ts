import type { IncomingMessage } from "node:http";

/** Proxies in a row that are looked behind; more are a header that somebody made up. */
const MOST_HOPS = 32;

/**
 * Who sends a request. Behind proxies that are trusted it is who the last one of them says it speaks for:
 *
 *   X-Forwarded-For: made up, 203.0.113.9, 10.0.0.2      from 10.0.0.1 (10.0.0.1 and 10.0.0.2 are trusted)
 *                             └─ this one: what stands before it a client may have written itself
 */
export function addressOf({ socket, headers }: IncomingMessage, trusted: readonly string[]): string {
  let address = plainAddress(socket.remoteAddress ?? "unknown");
  if (!trusted.includes(address)) return address;
  const forwarded = headers["x-forwarded-for"];
  const hops = (Array.isArray(forwarded) ? forwarded.join(",") : (forwarded ?? "")).split(",").slice(-MOST_HOPS);
  for (const hop of hops.reverse()) {
    const said = plainAddress(hop.trim());
    if (!/^[0-9a-f.:%]{2,64}$/i.test(said)) return address;
    address = said;
    if (!trusted.includes(address)) return address;
  }
  return address;
}

/** Whoever has this address is on this machine. @param address as `addressOf` tells it */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || /^(?:::ffff:)?127(?:\.\d{1,3}){3}$/i.test(address);
}

/** IPv4 in IPv6's clothes, as a socket that listens for both tells it; without the port that some proxies add. */
function plainAddress(address: string): string {
  const ipv4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?$/i.exec(address)?.[1];
  return ipv4 ?? /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? address;
}
