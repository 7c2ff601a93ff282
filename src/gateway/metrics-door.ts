import type { IncomingMessage, ServerResponse } from "node:http";
import { HoldfastError, isHoldfastError, messageOf } from "../errors.js";
import type { GatewayFigures } from "../observe/metrics/gateway-samples.js";
import { type Metrics, metricsOf } from "../observe/metrics/metrics.js";
import type { App } from "../system/app.js";
import { bearer } from "./access.js";
import { pathOf } from "./http.js";
import type { HttpDoor, HttpHost, OpenHttpDoor } from "./http-door.js";
import type { GatewayMetrics } from "./metrics-options.js";

export interface MetricsDoorRules {
  readonly app: App<unknown>;
  readonly options: GatewayMetrics;
  readonly figures: () => GatewayFigures;
}

/**
 * The numbers of the server, where Prometheus looks for them:
 *
 *   GET /metrics   200 the text · 401 no token, 429 too many wrong ones · 403 host or origin
 *                  404 prom-client is not installed: the body says what to type
 *                  500 a metric of one's own threw · 503 it took too long: the body is a comment, and nothing else is touched
 */
export function metricsDoor(rules: MetricsDoorRules): HttpDoor {
  return { prefix: "/metrics", open: (host) => OpenMetrics.open(rules, host) };
}

class OpenMetrics implements OpenHttpDoor {
  readonly #host: HttpHost;
  readonly #public: boolean;
  /** Or why there are none. */
  readonly #metrics: Metrics | HoldfastError;
  #pending = 0;

  private constructor(host: HttpHost, { public: open = false }: GatewayMetrics, metrics: Metrics | HoldfastError) {
    this.#host = host;
    this.#public = open;
    this.#metrics = metrics;
  }

  static async open({ app, options, figures }: MetricsDoorRules, host: HttpHost): Promise<OpenMetrics> {
    const { public: _, ...told } = options;
    const metrics = await metricsOf(app, { ...told, gateway: figures, clock: host.clock }).catch((error: unknown) => {
      if (isHoldfastError(error, "MissingPeer")) return error;
      throw error;
    });
    return new OpenMetrics(host, options, metrics);
  }

  get pending(): number {
    return this.#pending;
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    this.#pending++;
    void this.#answer(request)
      .catch((error: unknown) => failure(error))
      .then((answer) => send(request, response, answer))
      // Without an answer it ends all the same: a server that closes waits for it.
      .catch(() => response.destroy())
      .finally(() => {
        this.#pending--;
        this.#host.onSettled();
      });
  }

  async close(): Promise<void> {
    if (!(this.#metrics instanceof HoldfastError)) this.#metrics.close();
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const refused = this.#host.refusal(request);
    if (refused) return refusal(403, refused.message);
    if (request.method !== "GET" && request.method !== "HEAD") {
      return refusal(405, `${request.method} is not served here: GET is`, { allow: "GET, HEAD" });
    }
    if (pathOf(request.url) !== "/metrics") return refusal(404, "there is nothing here: GET /metrics");
    const unearned = this.#public ? undefined : this.#unearned(request);
    if (unearned) return unearned;
    const metrics = this.#metrics;
    if (metrics instanceof HoldfastError) return refusal(404, metrics.message);
    return { status: 200, headers: { "content-type": metrics.contentType }, body: await metrics.text() };
  }

  /** Why whoever asks may not read it. */
  #unearned(request: IncomingMessage): Answer | undefined {
    const { access } = this.#host;
    const token = bearer(request.headers.authorization);
    if (token === undefined && access.open !== "none") return undefined;
    if (token === undefined) {
      const how = "send the server's token as a Bearer token (authorization.credentials_file of a scrape config)";
      return refusal(401, how, { "www-authenticate": "Bearer" });
    }
    try {
      access.grant(token, "call", access.addressOf(request));
      return undefined;
    } catch (thrown) {
      const { message, retryAfterMs } = thrown as HoldfastError;
      if (retryAfterMs === undefined) return refusal(401, message, { "www-authenticate": "Bearer" });
      return refusal(429, message, { "retry-after": String(Math.ceil(retryAfterMs / 1000)) });
    }
  }
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As a comment of the text format, so that whatever reads it anyway finds no number in it. */
function refusal(status: number, why: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const line = why.replace(/[\r\n]+/g, " ");
  return { status, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: `# ${line}\n` };
}

/** What a metric of somebody else's did. */
function failure(error: unknown): Answer {
  if (isHoldfastError(error, "Timeout")) return refusal(503, error.message);
  return refusal(500, `a metric failed: ${messageOf(error).split("\n", 1)[0]!.slice(0, 200)}`);
}

function send(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    ...headers,
    "content-length": bytes.byteLength,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}
