import type { IncomingMessage } from "node:http";

/** What a page of another origin needs in an answer, so that its browser lets it read one. */
export function* corsHeaders(
  { headers, method }: IncomingMessage,
  origins: readonly string[],
): Iterable<readonly [string, string]> {
  const { origin } = headers;
  if (origin === undefined || !origins.includes(origin)) return;
  yield ["access-control-allow-origin", origin];
  yield [
    "access-control-expose-headers",
    "inference-header-content-length, retry-after, retry-after-ms, holdfast-code, holdfast-retryable",
  ];
  if (method !== "OPTIONS") return;
  yield ["access-control-allow-methods", "GET, HEAD, POST"];
  yield [
    "access-control-allow-headers",
    "authorization, content-type, content-encoding, inference-header-content-length",
  ];
  yield ["access-control-max-age", "600"];
}
