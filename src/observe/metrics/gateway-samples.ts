import type { Samples } from "./samples.js";

/** What a gateway has counted. */
export interface GatewayFigures {
  /** WebSockets at this moment. */
  readonly connections: number;
  /** Requests of all doors that are not answered yet. */
  readonly pending: number;
  /** Wrong tokens since it began. */
  readonly refusedTokens: number;
}

/** A gateway's figures. */
export function readGateway({ connections, pending, refusedTokens }: GatewayFigures, samples: Samples): void {
  samples.add("holdfast_gateway_connections", connections);
  samples.add("holdfast_gateway_pending_requests", pending);
  samples.add("holdfast_gateway_refused_tokens_total", refusedTokens);
}
