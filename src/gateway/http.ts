import type { IncomingMessage, ServerResponse } from "node:http";
import { type ErrorCode, HoldfastError, messageOf } from "../errors.js";
import { toWireError } from "../protocol/wire-error.js";
import type { PageResponse, Pages } from "./page.js";
import type { Readiness } from "./readiness.js";

export interface HttpRules {
  readonly pages: Pages | undefined;
  readonly ready: () => Readiness;
  readonly draining: () => boolean;
  /** Says why a request's Host or Origin is not allowed. */
  readonly refusal: (request: IncomingMessage) => HoldfastError | undefined;
  /** What the other doors of the port say, by field: each counts. */
  readonly others: () => Readonly<Record<string, { readonly ready: boolean }>>;
}

/**
 * The HTTP door of the same port, routed on the path only:
 *
 *   GET /health/live    200 while the process answers
 *   GET /health/ready   200 or 503, with a reason per exposed actor
 *   GET anything else   `pages`, else 404
 */
export async function respond(request: IncomingMessage, response: ServerResponse, rules: HttpRules): Promise<void> {
  try {
    send(request, response, await answer(request, rules));
  } catch (error) {
    // A page that throws costs its own request only.
    send(request, response, problem(500, new HoldfastError("HandlerFailed", `the page failed: ${messageOf(error)}`)));
  }
}

async function answer(request: IncomingMessage, rules: HttpRules): Promise<PageResponse> {
  const refused = rules.refusal(request);
  if (refused) return problem(403, refused);
  const { method } = request;
  if (method !== "GET" && method !== "HEAD") {
    const error = fault(
      "BadFrame",
      `${method} is not served here: calls go over the WebSocket, GET serves pages and health`,
    );
    return problem(405, error, { allow: "GET, HEAD" });
  }
  const path = pathOf(request.url);
  if (path === "/health/live") return json(200, { status: "live" });
  if (path === "/health/ready") return readyAnswer(rules);
  const page = await rules.pages?.({ method, path, headers: request.headers });
  return page ?? problem(404, fault("NotExposed", `there is nothing at ${path}`));
}

function readyAnswer({ ready, draining, others }: HttpRules): PageResponse {
  const own = ready();
  const told = others();
  const state = { ...own, ready: own.ready && Object.values(told).every((other) => other.ready), ...told };
  if (draining()) return json(503, { ...state, status: "draining", ready: false });
  return json(state.ready ? 200 : 503, { status: state.ready ? "ready" : "unready", ...state });
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: PageResponse): void {
  if (response.headersSent) return void response.destroy();
  const bytes = typeof body === "string" ? Buffer.from(body) : (body ?? new Uint8Array());
  response.writeHead(status, {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    ...headers,
    "content-length": bytes.byteLength,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** The path of a request target, without its query string. */
export function pathOf(url: string | undefined): string {
  const path = (url ?? "/").split(/[?#]/, 1)[0]!;
  return path.startsWith("/") ? path : "/";
}

export function problem(status: number, error: HoldfastError, headers: Record<string, string> = {}): PageResponse {
  return json(status, { error: toWireError(error) }, headers);
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): PageResponse {
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers },
    body: `${JSON.stringify(body)}\n`,
  };
}

function fault(code: ErrorCode, message: string): HoldfastError {
  return new HoldfastError(code, message);
}
