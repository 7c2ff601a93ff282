import type { Tracing } from "../../system/trace/tracing.js";
import type { Right } from "../access.js";
import type { Exchange } from "./exchange.js";
import type { V2Service } from "./v2-service.js";

/** What a path names: undefined where it does not say. */
export interface RouteParams {
  readonly model?: string;
  readonly version?: string;
}

export interface Route {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What the caller must have shown. Probes show nothing. */
  readonly right: Right;
  /** It is answered while the server stops: a probe is to hear of that. */
  readonly whileDraining?: true;
  /** By this name what it does is written down. */
  readonly act?: string;
  /** Resolves with the error that it has told already, where it failed in the middle of its answer. */
  answer(exchange: Exchange, params: RouteParams, headerLength: string | undefined): Promise<Error | void>;
}

/**
 * The routes of the Open Inference Protocol, below the door's prefix.
 *
 *   GET  / · /health/live · /health/ready
 *   GET  /models/M[/versions/V]   …/ready  …/config  …/stats        GET /models/stats
 *   POST /models/M[/versions/V]/infer
 *   POST /repository/index        POST /repository/models/M/load|unload (operators)
 *                                 POST /repository/models/M/swap|rollback (operators; answered line by line)
 */
export function routesOf(service: V2Service, draining: () => boolean, tracing?: Tracing): readonly Route[] {
  return [
    get("", (exchange) => exchange.json(200, service.server())),
    {
      ...get("/health/live", (exchange) => exchange.json(200, { live: true })),
      right: "none",
      whileDraining: true,
    },
    {
      ...get("/health/ready", (exchange) => {
        const state = service.ready();
        const ready = state.ready && !draining();
        const why = draining() ? { reason: "the server is stopping" } : {};
        return exchange.json(ready ? 200 : 503, { ...state, ready, ...why });
      }),
      right: "none",
      whileDraining: true,
    },
    get("/models/stats", (exchange) => exchange.json(200, service.statistics())),
    ...ofModel("", (exchange, { model, version }) => exchange.json(200, service.metadata(model!, version))),
    ...ofModel("/ready", (exchange, { model, version }) => {
      const state = service.modelReady(model!, version);
      return exchange.json(state.ready ? 200 : 503, state);
    }),
    ...ofModel("/config", (exchange, { model, version }) => exchange.json(200, service.config(model!, version))),
    ...ofModel("/stats", (exchange, { model, version }) => exchange.json(200, service.statistics(model, version))),
    ...ofModel(
      "/infer",
      async (exchange, { model, version }, headerLength) => {
        const trace = exchange.trace(tracing, "/v2/models/{model}/infer", model!);
        // Before the body is read: who asks for what is not there need not send it.
        service.modelReady(model!, version);
        const body = await exchange.body();
        const { signal } = exchange;
        await exchange.inference(await service.infer({ model: model!, version, headerLength, body, signal, trace }));
      },
      "POST",
    ),
    post("/repository/index", "call", async (exchange) => exchange.json(200, service.index(await exchange.body()))),
    operators("load", async (exchange, { model }) => {
      await service.load(model!, await exchange.body());
      await exchange.json(200, {});
    }),
    operators("unload", async (exchange, { model }) => {
      await service.unload(model!, await exchange.body());
      await exchange.json(200, {});
    }),
    operators("swap", async (exchange, { model }) => {
      const failed = await service.swap(model!, await exchange.body(), (value) => exchange.line(value));
      exchange.end();
      return failed;
    }),
    operators("rollback", async (exchange, { model }) => {
      const failed = await service.rollback(model!, await exchange.body(), (value) => exchange.line(value));
      exchange.end();
      return failed;
    }),
  ];
}

type Answer = Route["answer"];

function get(path: string, answer: Answer): Route {
  return { method: "GET", path, right: "call", answer };
}

function post(path: string, right: Right, answer: Answer): Route {
  return { method: "POST", path, right, answer };
}

function operators(act: string, answer: Answer): Route {
  return { ...post(`/repository/models/:model/${act}`, "admin", answer), act };
}

/** With and without a version. */
function ofModel(rest: string, answer: Answer, method: Route["method"] = "GET"): Route[] {
  return ["/models/:model", "/models/:model/versions/:version"].map((path) => ({
    method,
    path: `${path}${rest}`,
    right: "call",
    answer,
  }));
}
