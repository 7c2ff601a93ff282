import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../../clock.js";
import { HoldfastError } from "../../errors.js";
import { type TraceContext, untraced } from "../../protocol/trace-context.js";
import type { WrittenBody } from "../../protocol/v2/infer-response.js";
import type { Tracing } from "../../system/trace/tracing.js";
import type { BodyAccount } from "./body-ledger.js";
import { codingFor, pack } from "./codings.js";
import { v2Defaults } from "./options.js";
import { refusalOf } from "./problem.js";
import { readBody } from "./read-body.js";
import { requestSpan } from "./request-span.js";

export interface ExchangeRules {
  readonly clock: Clock;
  readonly maxBody: number;
  readonly bodyTimeoutMs: number;
  readonly account: BodyAccount;
  /** After this answer the connection is of no use. */
  readonly closing: () => boolean;
}

/**
 * One request and its answer: reads the one within bounds, writes the other once.
 *
 *   request ─▶ body(): bounded in bytes and time ─▶ (signal aborts when the client goes) ─▶ json() | inference() | refuse()
 *                                                        a body that nobody read is thrown away for a second ─▶ close
 */
export class Exchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #rules: ExchangeRules;
  readonly #gone = new AbortController();

  constructor(request: IncomingMessage, response: ServerResponse, rules: ExchangeRules) {
    this.#request = request;
    this.#response = response;
    this.#rules = rules;
    // It closes after every answer; what matters is to close before.
    response.once("close", () => {
      if (response.writableFinished) return;
      this.#gone.abort(new HoldfastError("Cancelled", "the client went away before its answer"));
    });
    // What is written to a client that has gone is no news.
    response.on("error", () => {});
  }

  /** Fires when the client has gone before its answer. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /**
   * Begins the span of this request, which ends with its answer.
   * @param route as it is written in docs, without names
   * @returns the trace that what is done for it belongs to; undefined where nothing is traced
   */
  trace(tracing: Tracing | undefined, route: string, model: string): TraceContext | undefined {
    if (!tracing) return undefined;
    const { method = "POST", headers } = this.#request;
    const span = requestSpan(tracing, { method, headers, route, model });
    const response = this.#response;
    response.once("close", () => {
      const { statusCode: status, writableFinished } = response;
      const code = writableFinished ? (status >= 500 ? String(status) : undefined) : "Cancelled";
      span?.end(code, writableFinished ? { "http.response.status_code": status } : {});
    });
    return span?.context ?? untraced;
  }

  /** @throws HoldfastError, HttpProblem as in read-body.ts */
  body(): Promise<Uint8Array> {
    const { clock, maxBody: maxBytes, bodyTimeoutMs: timeoutMs, account } = this.#rules;
    return readBody(this.#request, { clock, maxBytes, timeoutMs, account });
  }

  json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.#send(status, { "content-type": "application/json", ...headers }, Buffer.from(JSON.stringify(value)));
  }

  /** With the headers that the binary extension wants; packed where the client asks for that. */
  inference({ parts, bytes, headerBytes }: WrittenBody): Promise<void> {
    const headers: Record<string, string> = {
      "content-type": headerBytes === undefined ? "application/json" : "application/octet-stream",
    };
    if (headerBytes !== undefined) headers["inference-header-content-length"] = String(headerBytes);
    return this.#send(200, headers, parts.length === 1 ? parts[0]! : Buffer.concat(parts, bytes));
  }

  /** A line of JSON of an answer that goes on (application/x-ndjson); the first one sends the head. */
  line(value: object): void {
    if (this.#response.destroyed) return;
    if (!this.#response.headersSent) {
      this.#response.writeHead(200, {
        "x-content-type-options": "nosniff",
        "cache-control": "no-store",
        "content-type": "application/x-ndjson",
      });
    }
    // A few lines a second at most, to operators: what is not read is bounded by what happens.
    this.#response.write(`${JSON.stringify(value)}\n`);
  }

  /** No more lines. */
  end(): void {
    this.#response.end();
    this.#endSlowReader();
  }

  empty(status: number, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    return this.#send(status, headers, new Uint8Array());
  }

  /** Answers with what went wrong. Never throws. */
  async refuse(thrown: unknown): Promise<void> {
    if (this.#response.headersSent) return void this.#response.destroy();
    const { status, headers, body } = refusalOf(thrown);
    await this.#send(status, { "content-type": "application/json", ...headers }, Buffer.from(body));
  }

  async #send(status: number, headers: Readonly<Record<string, string>>, plain: Uint8Array): Promise<void> {
    const coding = plain.length < v2Defaults.compressFrom ? "identity" : codingFor(this.#accepts);
    const body = coding === "identity" ? plain : await pack(plain, coding);
    if (!this.#request.complete) await this.#throwAwayRest();
    const last = !this.#request.complete || this.#rules.closing();
    if (this.#response.destroyed) return;
    this.#response.writeHead(status, {
      "x-content-type-options": "nosniff",
      "cache-control": "no-store",
      vary: "accept-encoding",
      ...headers,
      ...(coding === "identity" ? {} : { "content-encoding": coding }),
      ...(last ? { connection: "close" } : {}),
      ...(status === 204 ? {} : { "content-length": String(body.length) }),
    });
    this.#response.end(this.#request.method === "HEAD" ? undefined : body);
    this.#endSlowReader();
  }

  get #accepts(): string | undefined {
    const { "accept-encoding": accepted } = this.#request.headers;
    return Array.isArray(accepted) ? accepted.join() : accepted;
  }

  /**
   * To close on a sender in the middle of its body would reset the connection, and it might never read the answer. So the
   * rest is read and thrown away for a moment.
   */
  #throwAwayRest(): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        this.#request.off("end", done).off("close", done).off("error", done);
        resolve();
      };
      const timer = this.#rules.clock.after(v2Defaults.lingerMs, done);
      this.#request.on("end", done).on("close", done).on("error", done).resume();
    });
  }

  /** An answer that nobody reads lies in memory: its client has as long for it as a sender for its body. */
  #endSlowReader(): void {
    if (this.#response.writableFinished) return;
    const timer = this.#rules.clock.after(this.#rules.bodyTimeoutMs, () => this.#response.destroy(), {
      background: true,
    });
    this.#response.once("close", () => timer.cancel());
  }
}
