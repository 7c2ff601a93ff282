import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { HoldfastError } from "../../errors.js";
import { importPeer } from "../../peer.js";
import type { ServedModels } from "../../serving/repository/served-models.js";
import { bearer, type Right, type Wanted } from "../access.js";
import type { Who } from "../admin/auditor.js";
import type { HttpHost, OpenHttpDoor } from "../http-door.js";
import { BodyLedger } from "./body-ledger.js";
import { corsHeaders } from "./cors.js";
import { Exchange } from "./exchange.js";
import type { V2Settings } from "./options.js";
import { HttpProblem } from "./problem.js";
import { type Route, type RouteParams, routesOf } from "./routes.js";
import type { V2Service } from "./v2-service.js";

/** Requests at every path but the one that is allowed there. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE"] as const;
/** Longer names of models are no names; the head of a request is bounded by Node. */
const LONGEST_PARAM = 1024;

/**
 * Fastify finds the route; what a request may do, and in which order it is refused, is here:
 *
 *   403 host, origin, token in the URL ─▶ 503 draining ─▶ 429 in flight ─▶ 404, 405 ─▶ 401, 429 token ─▶ the route
 */
export class V2Server implements OpenHttpDoor {
  readonly #service: V2Service;
  readonly #settings: V2Settings;
  readonly #host: HttpHost;
  readonly #ledger: BodyLedger;
  readonly #exchanges = new WeakMap<IncomingMessage, Exchange>();
  /** Of each connection, those that are not over. */
  readonly #inFlight = new WeakMap<Socket, Set<ServerResponse>>();
  #fastify: FastifyInstance | undefined;
  #pending = 0;

  private constructor(service: V2Service, settings: V2Settings, host: HttpHost) {
    this.#service = service;
    this.#settings = settings;
    this.#host = host;
    this.#ledger = new BodyLedger(settings.maxBodies);
  }

  /** @throws HoldfastError MissingPeer where fastify is not installed */
  static async open(prefix: string, service: V2Service, settings: V2Settings, host: HttpHost): Promise<V2Server> {
    const { default: fastify } = await importPeer("fastify", () => import("fastify"));
    const server = new V2Server(service, settings, host);
    server.#fastify = fastify({
      logger: false,
      // Without its own: the gateway owns the port, and what is wrong with a request's bytes it answers.
      routerOptions: { maxParamLength: LONGEST_PARAM, ignoreTrailingSlash: true },
      frameworkErrors: (error, request) => void server.#of(request).refuse(error),
    });
    server.#route(server.#fastify, prefix);
    await server.#fastify.ready();
    return server;
  }

  get pending(): number {
    return this.#pending;
  }

  get models(): ServedModels {
    return this.#service.models;
  }

  readiness() {
    return { models: this.#service.ready() };
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const answers = this.#answersOf(socket);
    const flying = answers.add(response).size;
    this.#pending += 1;
    const account = this.#ledger.open();
    const { clock, draining } = this.#host;
    const { maxBody, bodyTimeoutMs } = this.#settings;
    const exchange = new Exchange(request, response, { clock, maxBody, bodyTimeoutMs, account, closing: draining });
    this.#exchanges.set(request, exchange);
    response.once("close", () => {
      account.close();
      answers.delete(response);
      this.#pending -= 1;
      this.#host.onSettled();
    });
    const refused = this.#host.refusal(request);
    if (refused) return void exchange.refuse(new HttpProblem(403, refused.message));
    for (const [name, value] of corsHeaders(request, this.#host.origins)) response.setHeader(name, value);
    if (flying > this.#host.maxInFlight) {
      const full = `this connection has ${this.#host.maxInFlight} unanswered requests: wait for one`;
      return void exchange.refuse(new HoldfastError("TooManyInFlight", full));
    }
    // Bodies are read by the routes, whatever type they claim: clients send forms, text and none at all.
    delete request.headers["content-type"];
    this.#fastify!.routing(request, response);
  }

  /** Node tells only the first of a connection's answers that it has gone; those that stand behind it hear of it here. */
  #answersOf(socket: Socket): Set<ServerResponse> {
    const known = this.#inFlight.get(socket);
    if (known) return known;
    const answers = new Set<ServerResponse>();
    this.#inFlight.set(socket, answers);
    socket.once("close", () => {
      for (const answer of [...answers]) answer.emit("close");
    });
    return answers;
  }

  async close(): Promise<void> {
    await this.#fastify?.close();
  }

  #route(fastify: FastifyInstance, prefix: string): void {
    fastify.removeAllContentTypeParsers();
    fastify.addContentTypeParser("*", (_request, _payload, done) => done(null));
    fastify.setNotFoundHandler((request, reply) =>
      this.#answer(request, reply, async () => {
        throw new HttpProblem(404, `there is nothing at ${JSON.stringify(request.url.split("?", 1)[0])}`);
      }),
    );
    const allowed = new Map<string, string[]>();
    for (const route of routesOf(this.#service, this.#host.draining, this.#host.tracing)) {
      const url = `${prefix}${route.path}`;
      const methods = route.method === "GET" ? ["GET", "HEAD"] : ["POST"];
      allowed.set(url, [...(allowed.get(url) ?? []), ...methods]);
      fastify.route({
        method: methods,
        url,
        exposeHeadRoute: false,
        handler: (request, reply) => this.#answer(request, reply, (exchange) => this.#run(route, request, exchange)),
      });
    }
    for (const [url, methods] of allowed) this.#refuseOthers(fastify, url, methods);
  }

  #refuseOthers(fastify: FastifyInstance, url: string, allowed: readonly string[]): void {
    const allow = allowed.join(", ");
    fastify.route({
      method: METHODS.filter((method) => !allowed.includes(method)),
      url,
      exposeHeadRoute: false,
      handler: (request, reply) =>
        this.#answer(request, reply, async () => {
          throw new HttpProblem(405, `${request.method} is not for this path: it takes ${allow}`, { allow });
        }),
    });
    fastify.route({
      method: "OPTIONS",
      url,
      handler: (request, reply) => this.#answer(request, reply, (exchange) => exchange.empty(204, { allow })),
    });
  }

  async #run(route: Route, request: FastifyRequest, exchange: Exchange): Promise<void> {
    if (this.#host.draining() && !route.whileDraining) {
      throw new HoldfastError("Draining", "the server is stopping and takes no new work", { retryAfterMs: 1000 });
    }
    const params = request.params as RouteParams;
    const ask = route.act === undefined ? undefined : { act: route.act, on: params.model };
    const who = this.#authorize(route.right, request.raw, ask);
    const length = request.raw.headers["inference-header-content-length"];
    const answer = () => route.answer(exchange, params, Array.isArray(length) ? length.join() : length);
    if (ask === undefined) await answer();
    else await this.#host.auditor.act(who, ask, answer);
  }

  /** Fastify's reply is passed over: an answer is written once, by its exchange, failed or not. */
  async #answer(request: FastifyRequest, reply: FastifyReply, act: (exchange: Exchange) => Promise<void>) {
    reply.hijack();
    const exchange = this.#of(request);
    try {
      await act(exchange);
    } catch (error) {
      await exchange.refuse(error);
    }
  }

  /** @param ask what would be written down: it is where it is refused, too, once */
  #authorize(right: Right, request: IncomingMessage, ask: Wanted | undefined): Who {
    const { access, auditor } = this.#host;
    const address = access.addressOf(request);
    if (right === "none") return { address };
    const token = bearer(request.headers.authorization);
    if (token !== undefined) return { address, name: access.identify(token, right, address, ask).name };
    if (right === "admin" || access.open === "none") {
      if (ask) auditor.stranger(address, ask);
      const which = right === "admin" ? "the admin token" : "this server's token";
      throw new HoldfastError("Unauthorized", `show ${which}: Authorization: Bearer …`);
    }
    return { address };
  }

  #of(request: FastifyRequest): Exchange {
    return this.#exchanges.get(request.raw)!;
  }
}
