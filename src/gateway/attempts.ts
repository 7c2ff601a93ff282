/** Wrong tokens that one network may show within the window before it must wait. */
const MOST = 10;
const WINDOW_MS = 60_000;
/** Networks remembered; the oldest is forgotten first. */
export const NETWORKS = 10_000;

/** Counts wrong tokens per network in a sliding window; pure but for its own table. */
export class Attempts {
  readonly #failures = new Map<string, number[]>();

  failed(address: string, now: number): void {
    const network = networkOf(address);
    const recent = this.#recent(network, now);
    recent.push(now);
    this.#failures.delete(network);
    this.#failures.set(network, recent.slice(-MOST));
    if (this.#failures.size > NETWORKS) this.#failures.delete(this.#failures.keys().next().value!);
  }

  /** Milliseconds until this network may try again; 0 when it may now. */
  waitMs(address: string, now: number): number {
    const recent = this.#recent(networkOf(address), now);
    return recent.length < MOST ? 0 : recent[0]! + WINDOW_MS - now;
  }

  #recent(network: string, now: number): number[] {
    return (this.#failures.get(network) ?? []).filter((at) => now - at < WINDOW_MS);
  }
}

/** One household has one IPv4 address but 2^64 IPv6 ones: those count as one. An IPv4 address may come in IPv6's clothes. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(":") || address.includes(".")) return address;
  const [whole = ""] = address.split("%");
  const [head = "", tail] = whole.split("::");
  const groups = (text: string) => text.split(":").filter((group) => group !== "");
  const [first, last] = [groups(head), groups(tail ?? "")];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array.from({ length: zeros }, () => "0"), ...last];
  // The same network may be written in several ways.
  return all
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ""))
    .join(":");
}
