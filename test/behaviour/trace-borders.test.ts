import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { context, propagation, SpanKind, trace as traces } from "@opentelemetry/api";
import { type App, keyed, refTo, supervisor, system, type TraceContext } from "holdfast";
import { connect, v2Client } from "holdfast/client";
import { type Gateway, gateway } from "holdfast/gateway";
import { openModels } from "holdfast/serving";
import { v2Door } from "holdfast/v2";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Traced } from "../actors/traced.mjs";
import { castingFrom } from "./casting.js";
import { allEnded, forgetSpans, inSpan, spans, spanTree } from "./spans.js";
import { failure } from "./stage.js";

const at = castingFrom(new URL("../actors/traced.mjs", import.meta.url));
const shout = new URL("../actors/shout.mjs", import.meta.url);
const given = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", tracestate: "vendor=1" };
const unsampled = { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00" };

interface Exposed {
  front: Traced;
  each: Traced;
}

let folder = "";
let app: App<unknown>;
let door: Gateway;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-traces-"));
  const next = { next: refTo<Traced>("next") };
  const tree = supervisor(
    {},
    { next: at("fork", Traced), front: at("thread", Traced, next), each: keyed(at("inline", Traced), {}) },
  );
  app = await system(tree, { trace: true });
  const models = await openModels(app, {
    folder,
    staging: folder,
    poll: false,
    settle: 0,
    models: { shout: { source: shout, pool: { size: 1, spares: 0 }, limit: "5s" } },
  });
  door = await gateway(app, {
    port: 0,
    expose: {
      front: ["active", "down", "fail", "hold", "jot"],
      each: { methods: ["active"], stream: "active" },
    },
    http: [v2Door(models)],
  });
  await allEnded();
  forgetSpans();
}, 60_000);
afterEach(forgetSpans);
afterAll(async () => {
  await door?.close({ drain: 0 });
  await app?.stop({ drain: 0 });
  rmSync(folder, { recursive: true, force: true });
});

/** The trace of the active span, as the docs have it. */
function active(): Partial<TraceContext> {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier;
}

const traceIds = () => [...new Set(spans().map((span) => span.spanContext().traceId))];
const requests = () => spans().filter(({ kind }) => kind === SpanKind.SERVER);

describe("over WebSocket", () => {
  it("one trace goes from the client's span through the gateway, a thread, and a process behind it", async () => {
    const client = await connect<Exposed>(door.url, { trace: () => given });
    await client.ref("front").ask.down(1);
    await allEnded();
    expect(spanTree()).toEqual([
      "front/down",
      "  run app/front/down",
      "    app/next/active",
      "      run app/next/active",
      "    app/next/active",
      "      run app/next/active",
    ]);
    expect(traceIds()).toEqual(["4bf92f3577b34da6a3ce929d0e0e4736"]);
    // The request is the message: it says both what came in and what became of it.
    expect(requests()[0]!.attributes).toEqual({
      "rpc.system": "holdfast",
      "rpc.service": "front",
      "rpc.method": "down",
      "network.protocol.name": "websocket",
      "holdfast.frame": "ask",
      "holdfast.sender": expect.stringMatching(/^holdfast /),
      "holdfast.deliveries": 1,
      "holdfast.queue_ms": expect.any(Number),
    });
    expect(requests().map(({ name, parentSpanContext }) => [name, parentSpanContext?.spanId])).toEqual([
      ["front/down", "00f067aa0ba902b7"],
    ]);
    await client.close();
  });

  it("a call names its own, in either format of the wire; what is none begins one of its own", async () => {
    const client = await connect<Exposed>(door.url);
    const { call } = await client.ref("front").with({ trace: given }).ask.active();
    expect(call).toEqual({ traceparent: expect.stringMatching(/^00-4bf92f35/), tracestate: "vendor=1" });
    const other = await client
      .ref("front")
      .with({ trace: { traceparent: "00-zz-1-01" } })
      .ask.active();
    expect(other.call!.traceparent).not.toContain("4bf92f35");
    await client.close();
    const socket = new WebSocket(door.url);
    await once(socket, "open");
    const answered = new Promise((resolve) =>
      socket.on("message", (data) => {
        const frame = JSON.parse(String(data));
        if (frame.type !== "welcome") resolve(frame);
      }),
    );
    socket.send(JSON.stringify({ type: "ask", id: 1, to: "front", method: "active", args: [], ...given }));
    expect(await answered).toMatchObject({ value: { call: { tracestate: "vendor=1" } } });
    socket.close();
    await allEnded();
  });

  it("what the client does not sample is sampled by nobody", async () => {
    const client = await connect<Exposed>(door.url, { trace: () => unsampled });
    const { call } = await client.ref("front").ask.active();
    expect(call).toBeUndefined();
    expect(client.ref("front").tell.jot("secret")).toBe(true);
    await client.ref("front").ask.down(1);
    await client.close();
    await allEnded();
    expect(spans()).toEqual([]);
  });

  it("the chunks of a stream belong to what was active when it was opened", async () => {
    let asked = 0;
    const client = await connect<Exposed>(door.url, { trace: () => (asked++ === 0 ? given : unsampled) });
    const stream = client.stream("each", { key: "talk" });
    const seen = (await Promise.all([stream.push(), stream.push()])) as { call?: TraceContext }[];
    expect(await stream.end()).toBe(2);
    for (const { call } of seen) expect(call!.traceparent).toContain("4bf92f3577b34da6");
    await client.close();
    await allEnded();
    expect(spanTree()).toEqual([1, 2].flatMap(() => ["app/each/active", "  run app/each/active"]));
    expect(spans().filter(({ parentSpanContext: above }) => above?.spanId === "00f067aa0ba902b7")).toHaveLength(2);
  });

  it("a context that throws, or is none, fails no call", async () => {
    const client = await connect<Exposed>(door.url, {
      trace: () => {
        throw new Error("no context");
      },
    });
    expect((await client.ref("front").ask.active()).call).toBeDefined();
    await client.close();
    await allEnded();
  });

  it("failed, cancelled and refused calls end their spans once, and so do tells and lost connections", async () => {
    const client = await connect<Exposed>(door.url);
    await failure(client.ref("front").ask.fail("secret"));
    expect(client.ref("front").tell.jot("secret")).toBe(true);
    const caller = new AbortController();
    const cancelled = failure(client.ref("front").with({ signal: caller.signal }).ask.hold("never"));
    await client.ref("each").key("one").ask.active();
    caller.abort();
    await cancelled;
    await client.close();
    await allEnded();
    const told = requests().map(({ name, status }) => (status.message ? `${name} ✕ ${status.message}` : name));
    expect(told.sort()).toEqual([
      "each/active",
      "front/fail ✕ HandlerFailed",
      expect.stringMatching(/^front\/hold ✕ (Cancelled|HandlerFailed)$/),
      "front/jot",
    ]);
    expect(JSON.stringify(spans().map(({ attributes, status }) => [attributes, status]))).not.toContain("secret");
  });
});

describe("over the Open Inference Protocol", () => {
  const text = { x: { data: ["hush"], shape: [1], datatype: "BYTES" as const } };

  it("one trace goes from the headers through the door to the model, and the client sends them", async () => {
    const url = door.pagesUrl.replace(/\/$/, "");
    const client = v2Client(url, { trace: () => given });
    const inputs = (await client.modelMetadata("shout")).inputs.map(({ name }) => name);
    await client.infer("shout", { [inputs[0]!]: text.x });
    await allEnded();
    expect(spanTree()[0]).toBe("POST /v2/models/{model}/infer");
    expect(spanTree().slice(1).join()).toMatch(/^ {2}app\/.*infer, {4}run app\/.*infer$/);
    expect(traceIds()).toEqual(["4bf92f3577b34da6a3ce929d0e0e4736"]);
    expect(requests()[0]!.attributes).toEqual({
      "http.request.method": "POST",
      "http.route": "/v2/models/{model}/infer",
      "gen_ai.request.model": "shout",
      "http.response.status_code": 200,
    });
  });

  it("a wrong request ends its span with its status; one that is not sampled has none", async () => {
    const infer = (headers: Record<string, string>, body: string) =>
      fetch(`${door.pagesUrl}v2/models/shout/infer`, { method: "POST", headers, body });
    expect((await infer({}, "{")).status).toBe(400);
    await allEnded();
    expect(spanTree()).toEqual(["POST /v2/models/{model}/infer"]);
    expect(requests()[0]!.attributes).toMatchObject({ "http.response.status_code": 400 });
    forgetSpans();
    expect((await infer(unsampled, "{")).status).toBe(400);
    expect(spans()).toEqual([]);
  });
});

it("the snippet of the docs takes the context of the active span", () => {
  expect(inSpan(() => traces.getSpanContext(context.active())?.spanId)).toBe("b7ad6b7169203331");
  // Without a propagator nothing is injected, and nothing is sent.
  expect(inSpan(active)).toEqual({});
});
