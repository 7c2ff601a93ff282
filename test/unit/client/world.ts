import { onTestFinished } from "vitest";
import { type Client, connect } from "../../../src/client/node.js";
import type { ConnectOptions } from "../../../src/client/options.js";
import { refuse } from "../../../src/errors.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import type { GatewayOptions } from "../../../src/gateway/options.js";
import { type FakeApp, fakeApp } from "../gateway/fake-app.js";
import { Relay } from "./relay.js";

export interface MathActor {
  add(a: number, b: number): number;
  echo<T>(value: T): T;
  refuseIt(): never;
  hang(): Promise<never>;
  count(to: number): AsyncIterable<number>;
  safe(): Promise<string>;
}

export interface World {
  app: FakeApp;
  door: Gateway;
  client: Client<{ math: MathActor }>;
  relay: Relay;
  answer: (value: string) => void;
}

/** A server of plain functions, a client, and between them a relay that can cut and hold connections. */
export async function world(
  options: { gateway?: Partial<GatewayOptions>; client?: ConnectOptions } = {},
): Promise<World> {
  let answer: (value: string) => void = () => {};
  const safe = new Promise<string>((resolve) => {
    answer = resolve;
  });
  const app = fakeApp({
    math: {
      add: (a: number, b: number) => a + b,
      echo: (value: unknown) => value,
      refuseIt: () => {
        throw refuse("too-long", "too long", { limit: 3 });
      },
      hang: () => new Promise(() => {}),
      async *count(to: number) {
        for (let n = 0; n < to; n++) yield n;
      },
      safe: () => safe,
    },
  });
  const expose: GatewayOptions["expose"] = {
    math: {
      methods: { add: {}, echo: {}, refuseIt: {}, hang: {}, count: { stream: true }, safe: { idempotent: true } },
    },
  };
  // The relay listens on another port, which the Host header then names.
  const door = await gateway(app, { port: 0, expose, hosts: ["127.0.0.1"], ...options.gateway });
  onTestFinished(() => door.close({ drain: 0 }));
  const relay = await Relay.to(door.address.port);
  onTestFinished(() => relay.close());
  const client = await connect<{ math: MathActor }>(relay.url, {
    reconnect: { initial: 1, max: 5 },
    ...options.client,
  });
  onTestFinished(() => client.close());
  return { app, door, client, relay, answer };
}
