import { Agent as HttpAgent, type IncomingHttpHeaders, request as overHttp } from "node:http";
import { Agent as HttpsAgent, request as overHttps } from "node:https";

/** A request, to the byte: what a conformance check sends is often wrong on purpose. */
export interface HttpRequest {
  readonly method: "GET" | "POST" | "HEAD";
  /** Below the server's url, encoded: `v2/health/live`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** Without a Content-Length, in pieces. */
  readonly chunked?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** As it came: not decompressed. */
  readonly body: Uint8Array;
  /** It came over a connection that had served a request before. */
  readonly reused: boolean;
}

export interface ExchangeOptions {
  readonly token?: string | undefined;
  readonly timeoutMs: number;
}

/** Sends requests one after the other, over one connection as long as the server keeps it. */
export class HttpExchange {
  readonly #base: string;
  readonly #agent: HttpAgent;
  readonly #isTls: boolean;
  readonly #options: ExchangeOptions;

  /** @param base the server's url, without a slash at its end */
  constructor(base: string, options: ExchangeOptions) {
    this.#base = base;
    this.#isTls = base.startsWith("https:");
    const one = { keepAlive: true, maxSockets: 1 };
    this.#agent = this.#isTls ? new HttpsAgent(one) : new HttpAgent(one);
    this.#options = options;
  }

  /** @throws (rejects) Error when no whole answer came in time */
  async send(request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#once(request);
    } catch (error) {
      // A server may close an idle connection just as the next request is on its way.
      if (!(error as { stale?: boolean }).stale) throw error;
      return await this.#once(request);
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  #once({ method, path, headers, body, chunked }: HttpRequest): Promise<HttpAnswer> {
    const { token, timeoutMs } = this.#options;
    return new Promise((resolve, reject) => {
      const sent = (this.#isTls ? overHttps : overHttp)(`${this.#base}/${path}`, {
        method,
        agent: this.#agent,
        headers: {
          ...(body === undefined || chunked ? {} : { "content-length": String(body.length) }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...headers,
        },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const failed = (error: Error) => {
        const { code } = error as { code?: string };
        const stale = sent.reusedSocket && (code === "ECONNRESET" || code === "EPIPE");
        const late = error.name === "TimeoutError" || code === "ABORT_ERR";
        reject(Object.assign(new Error(late ? `no whole answer within ${timeoutMs} ms` : error.message), { stale }));
      };
      sent.on("error", failed);
      sent.on("response", (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", failed);
        response.on("end", () => {
          const { statusCode: status = 0, headers: told } = response;
          resolve({ status, headers: told, body: Buffer.concat(chunks), reused: sent.reusedSocket });
        });
      });
      if (chunked && body) {
        const half = body.length >> 1;
        sent.write(body.subarray(0, half));
        sent.end(body.subarray(half));
      } else {
        sent.end(body);
      }
    });
  }
}
