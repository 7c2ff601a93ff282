import { isLoopback } from "./options.js";

/** What decides whether a request was meant for this server and comes from a page that may speak to it. */
export interface HostRules {
  readonly loopback: boolean;
  /** The port in use. */
  readonly port: number;
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

/**
 * Whether a Host header names this server. A page of another site can make its own name resolve to 127.0.0.1 (DNS
 * rebinding) and then counts as same-origin; the Host header still tells its name. On a wide bind without `hosts` any
 * name is accepted, because there a token is required.
 */
export function hostAllowed(header: string | undefined, rules: HostRules): boolean {
  const given = splitHost(header);
  if (!given) return false;
  const listed = rules.hosts.some((host) => {
    const allowed = splitHost(host.toLowerCase());
    return allowed?.name === given.name && (allowed.port === undefined || allowed.port === given.port);
  });
  if (listed) return true;
  if (!rules.loopback) return rules.hosts.length === 0;
  return isLoopback(given.name) && (given.port ?? 80) === rules.port;
}

/**
 * Whether a page of this origin may speak to the server. No Origin header means that no browser sent it across sites.
 * @param host the Host header, already allowed: a page that this server served has the same one as its origin
 */
export function originAllowed(origin: string | undefined, host: string | undefined, rules: HostRules): boolean {
  if (origin === undefined) return true;
  if (rules.origins.includes(origin)) return true;
  const page = /^https?:\/\/(.+)$/.exec(origin.toLowerCase())?.[1];
  return page !== undefined && page === host?.toLowerCase();
}

function splitHost(header: string | undefined): { name: string; port: number | undefined } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/.exec(header?.toLowerCase() ?? "");
  if (!match) return undefined;
  return { name: match[1]!, port: match[2] === undefined ? undefined : Number(match[2]) };
}
