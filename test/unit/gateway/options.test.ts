import { describe, expect, onTestFinished, test } from "vitest";
import { isHoldfastError } from "../../../src/errors.js";
import { gateway } from "../../../src/gateway/gateway.js";
import { type GatewayOptions, gatewaySettings } from "../../../src/gateway/options.js";
import { thrownBy } from "../thrown-by.js";
import { fakeApp } from "./fake-app.js";

const token = "a-token-of-16-or-more";

async function serve(options: Partial<GatewayOptions> = {}) {
  const app = fakeApp({ math: { add: (a: number, b: number) => a + b } });
  const door = await gateway(app, { port: 0, expose: { math: ["add"] }, ...options });
  onTestFinished(() => door.close({ drain: 0 }));
  return { door };
}

describe("options of a gateway that cannot be are refused by name, without quoting secrets", () => {
  test.each<[string, Partial<GatewayOptions>, string]>([
    ["a short token", { token: "hunter2" }, "gateway.token is not 16 to 4096"],
    ["a token with a space", { token: "correct horse battery staple" }, "gateway.token is not 16"],
    ["one token for both rights", { token, adminToken: token }, "gateway.adminToken is the same as token"],
    ["a port that is none", { port: 70_000 }, "gateway.port is 70000: give a whole number from 0 to 65535"],
    ["a window of nothing", { streamWindow: 0 }, "gateway.streamWindow is 0"],
    ["a duration in words", { detach: "soon" as never }, 'gateway.detach is "soon"'],
    ["a misspelt token", { tokne: "hunter2" } as object, 'gateway has no option "tokne": did you mean "token"?'],
    ["an option that nobody reads", { drain: "1s" } as object, 'gateway has no option "drain"'],
  ])("%s", (_, options, words) => {
    const failure = thrownBy(() => gatewaySettings({ expose: {}, ...options })) as Error;
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain("hunter2");
  });

  test.each<[string, GatewayOptions["expose"], string]>([
    [
      "an actor that is not there",
      { maths: ["add"] },
      "gateway.expose.maths names nothing in the tree: below its root are math",
    ],
    ["no methods", { math: [] }, "exposes no method"],
    [
      "a stream alone",
      { math: { stream: "add" } as never },
      'gateway.expose.math exposes no method, and its stream is one: give { methods: ["add"], stream: "add" }',
    ],
    ["a lifecycle method", { math: ["start"] }, '"start", which can never be called'],
    ["an inherited name", { math: ["constructor"] }, '"constructor", which can never be called'],
    [
      "a stream method that is not listed",
      { math: { methods: ["add"], stream: "push" } },
      'stream "push", which is not among',
    ],
    ["a stream into what is not keyed", { math: { methods: ["add"], stream: "add" } }, "of kind actor"],
    [
      "media for another method",
      { math: { methods: ["add"], media: { kind: "text", method: "say" } } },
      'media.method "say"',
    ],
    [
      "a misspelt fact of a method",
      { math: { methods: { add: { idempotend: true } as object } } },
      'gateway.expose.math.methods.add has no option "idempotend": did you mean "idempotent"?',
    ],
    ["a misspelt stream", { math: { methods: ["add"], steam: "add" } as never }, 'did you mean "stream"?'],
  ])("exposing %s", async (_, expose, words) => {
    await expect(serve({ expose })).rejects.toThrow(words);
  });

  test("a port in use, naming it and the way out", async () => {
    const { door } = await serve();
    const failure = await serve({ port: door.address.port }).catch((error: unknown) => error);
    expect(isHoldfastError(failure, "InvalidSpec")).toBe(true);
    expect((failure as Error).message).toContain(
      `cannot listen on 127.0.0.1:${door.address.port}: another program listens there`,
    );
  });
});
