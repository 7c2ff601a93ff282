import type { HttpRequest } from "./http-exchange.js";

/**
 * A request as a line for a shell. Pure. A body that is no text goes through base64; a token stands there as the variable that
 * holds it.
 * @param base the server's url
 */
export function curlLine(base: string, request: HttpRequest, token: boolean): string {
  const { method, path, headers = {}, body, chunked } = request;
  const words = ["curl", "-i"];
  if (method === "HEAD") words.push("--head");
  else if (method !== "GET") words.push("-X", method);
  if (token) words.push("-H", '"Authorization: Bearer $HOLDFAST_TOKEN"');
  for (const [name, value] of Object.entries(headers)) words.push("-H", quoted(`${name}: ${value}`));
  if (chunked) words.push("-H", quoted("Transfer-Encoding: chunked"));
  if (body === undefined) return [...words, quoted(`${base}/${path}`)].join(" ");
  // curl calls it a form otherwise.
  if (!Object.keys(headers).some((name) => name.toLowerCase() === "content-type")) words.push("-H", "'Content-Type:'");
  const text = textOf(body);
  if (text !== undefined) return [...words, "--data-binary", quoted(text), quoted(`${base}/${path}`)].join(" ");
  const bytes = Buffer.from(body).toString("base64");
  return [`echo ${bytes} | base64 -d |`, ...words, "--data-binary", "@-", quoted(`${base}/${path}`)].join(" ");
}

/** A command line holds some 100 kB; what is longer is cut, and says so. */
const LONGEST = 2000;

function quoted(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…(${text.length - LONGEST} more)` : text;
  return `'${short.replaceAll("'", "'\\''")}'`;
}

function textOf(body: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
    return /[^\P{Cc}\n\t]/u.test(text) || text.startsWith("@") ? undefined : text;
  } catch {
    return undefined;
  }
}
