import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";

/**
 * Where a V2 server is, without "/v2" and without a slash at its end. A url of the WebSocket or of the API itself is understood:
 * both are what people copy.
 * @param field named in the error
 * @throws HoldfastError InvalidSpec
 */
export function baseUrl(url: string | URL, field: string): string {
  const invalid = (is: string, fix: string) =>
    new HoldfastError("InvalidSpec", `${field} is ${is}: ${fix}`, { details: { field } });
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw invalid(shown(url), 'give one such as "http://127.0.0.1:8080"');
  }
  if (parsed.protocol === "ws:" || parsed.protocol === "wss:") parsed.protocol = parsed.protocol.replace("ws", "http");
  if (parsed.protocol !== "http:" && parsed.protocol !== "https:") {
    throw invalid(shown(url), "its scheme must be http: or https:");
  }
  if (parsed.username || parsed.password) {
    throw invalid("one with a password in it", "a token is an option of its own");
  }
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, "").replace(/\/v2$/, "")}`;
}
