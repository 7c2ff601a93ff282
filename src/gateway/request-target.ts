import type { IncomingMessage } from "node:http";

/**
 * A request for a whole URL, as proxies send it, becomes one for its path; the server that it names is then in the URL, not in the
 * Host header (RFC 9112, 3.2.2: a server accepts that form).
 */
export function toOriginForm(request: IncomingMessage): void {
  const whole = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url ?? "");
  if (!whole) return;
  const [, authority, rest = ""] = whole;
  request.headers.host = authority;
  request.url = rest.startsWith("/") ? rest : `/${rest}`;
}
