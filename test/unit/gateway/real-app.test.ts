import { afterEach, beforeEach, expect, test } from "vitest";
import { Actor } from "../../../src/actor/actor.js";
import type { PoolRef } from "../../../src/actor/ref.js";
import { type Client, connect } from "../../../src/client/node.js";
import { refuse } from "../../../src/errors.js";
import { type Gateway, gateway } from "../../../src/gateway/gateway.js";
import { inline, keyed, pool, supervisor, system } from "../../../src/index.js";
import type { App } from "../../../src/system/app.js";
import { HandClock } from "./hand-clock.js";

class Desk extends Actor {
  add(a: number, b: number): number {
    return a + b;
  }
  shape(values: Float32Array): string {
    return `${values.constructor.name}(${values.length})`;
  }
  async *count(to: number): AsyncGenerator<number> {
    for (let n = 0; n < to; n++) yield n;
  }
  refuseIt(): never {
    throw refuse("closed", "the desk is closed");
  }
  crash(): never {
    throw new TypeError("a drawer fell out");
  }
  hang(): Promise<void> {
    return new Promise((resolve) => this.signal.addEventListener("abort", () => resolve()));
  }
}

/** Its state is its answer: a lost or repeated chunk shows in every later one. */
class Tally extends Actor {
  #total = 0;
  push(n: number): number {
    this.#total = this.#total * 3 + n;
    return this.#total;
  }
  snapshot(): number {
    return this.#total;
  }
  restore(total: number): void {
    this.#total = total;
  }
}

let app: App<unknown>;
let door: Gateway;
let client: Client<{ desk: Desk; tally: Tally }>;

beforeEach(async () => {
  app = await system(
    supervisor({}, { desk: inline(Desk), tally: keyed(inline(Tally)), crew: pool(inline(Desk), { min: 1, max: 3 }) }),
  );
  door = await gateway(app, {
    port: 0,
    expose: {
      desk: { methods: { add: {}, shape: {}, count: { stream: true }, refuseIt: {}, crash: {}, hang: {} } },
      tally: { methods: ["push"], stream: "push" },
    },
  });
  client = await connect(door.url, { adminToken: door.adminToken });
});
afterEach(async () => {
  client.close();
  await door.close({ drain: 0 });
  await app.stop();
});

test("the same calls and errors cross the wire as in process", async () => {
  const desk = client.ref("desk");
  expect(await desk.ask.add(1, 2)).toBe(3);
  expect(await desk.ask.shape(new Float32Array(4))).toBe("Float32Array(4)");
  const parts: number[] = [];
  for await (const n of desk.ask.count(100)) parts.push(n);
  expect(parts).toEqual(Array.from({ length: 100 }, (_, n) => n));
  await expect(desk.ask.refuseIt()).rejects.toMatchObject({ code: "Refused", details: { reason: "closed" } });
  await expect(desk.ask.crash()).rejects.toMatchObject({ code: "HandlerFailed" });
  await expect(desk.with({ timeout: 20 }).ask.hang()).rejects.toMatchObject({ code: "Timeout" });
  expect(await desk.ask.add(2, 2)).toBe(4);
});

test("a stream goes on over the death of its actor as if nothing had happened", async () => {
  const stream = client.stream<number, [number]>("tally", { key: "mic" });
  expect(await stream.push(1)).toBe(1);
  expect(await client.admin.kill("tally", { key: "mic" })).toBe(true);
  expect(await Promise.all([stream.push(2), stream.push(0)])).toEqual([5, 15]);
  expect(await stream.end()).toBe(3);
  // Released: the next stream of that key begins anew.
  expect(await client.stream<number, [number]>("tally", { key: "mic" }).push(1)).toBe(1);
});

test("an operator holds a pool at a size and gives it back, and is told what it cannot be", async () => {
  const crew = () => app.tree().children!.find(({ name }) => name === "crew")!;
  expect(crew().children).toHaveLength(1);
  await client.admin.resize("crew", 3);
  expect(crew()).toMatchObject({ scaling: { members: 3, ready: 3, by: "hand" } });
  await client.admin.resize("crew", "auto");
  await expect(client.admin.resize("crew", 4)).rejects.toMatchObject({ code: "InvalidValue" });
  await expect(client.admin.resize("nobody", 1)).rejects.toMatchObject({ code: "InvalidSpec" });
  await expect(client.admin.resize("desk", 1)).rejects.toThrow("cannot be resized");
});

test("a watcher sees the tree, and each death with its report", async () => {
  const causes: string[] = [];
  const trees: string[] = [];
  client.watch((news) => {
    if (news.type === "tree") trees.push(...(news.tree.children ?? []).map(({ name }) => name));
    else if (news.type === "event" && news.event.type === "death")
      causes.push(`${news.event.report.path} ${news.event.report.cause.kind}`);
  });
  await expect.poll(() => trees).toContain("desk");
  await client
    .ref("desk")
    .ask.crash()
    .catch(() => {});
  await expect.poll(() => causes).toEqual(["app/desk threw"]);
});

test("health follows the tree", async () => {
  expect((await fetch(`${door.pagesUrl}health/ready`)).status).toBe(200);
  await app.stop();
  const answer = await fetch(`${door.pagesUrl}health/ready`);
  expect([answer.status, ((await answer.json()) as { status: string }).status]).toEqual([503, "unready"]);
});

test("a canary that is not answered makes its actor unready, and says why; real answers count as well", async () => {
  const canary = { method: "hang", every: "100ms", timeout: "50ms" } as const;
  const clock = new HandClock();
  const watched = await gateway(app, {
    port: 0,
    clock,
    expose: {
      crew: { methods: ["hang", "add"], canary },
      desk: { methods: ["add"], canary: { method: "add", args: [1, 2] } },
    },
  });
  try {
    const ready = async () => {
      const answer = await fetch(`${watched.pagesUrl}health/ready`);
      const { actors } = (await answer.json()) as { actors: Record<string, { ready: boolean; reason?: string }> };
      return { status: answer.status, actors };
    };
    expect((await ready()).status).toBe(200);
    clock.advance(100);
    let now = await ready();
    while (now.status === 200) now = await ready();
    expect(now).toMatchObject({ status: 503, actors: { desk: { ready: true } } });
    expect(now.actors.crew!.reason).toMatch(/^its canary failed: Timeout: hang: no answer within 50 ms/);
  } finally {
    await watched.close({ drain: 0 });
  }
});

test.each([
  [{ crew: { methods: ["add"], canary: { method: "hang" } } }, "gateway.expose.crew.canary.method"],
  [{ crew: { methods: ["add"], canary: { method: "add", every: "1ms" } } }, "gateway.expose.crew.canary.every"],
  [{ crew: { methods: ["add"], canary: { method: "add", often: true } } }, "often"],
  [{ tally: { methods: ["push"], canary: { method: "push" } } }, "gateway.expose.tally.canary"],
])("a canary that cannot be is refused: %j", async (expose, says) => {
  await expect(gateway(app, { port: 0, expose: expose as never })).rejects.toMatchObject({
    code: "InvalidSpec",
    message: expect.stringContaining(says),
  });
});

test("what a client calls urgent starts first", async () => {
  const urgent = await gateway(app, { port: 0, expose: { crew: ["hang", "add"] } });
  const caller = await connect<{ crew: Desk }>(urgent.url);
  try {
    await (app.refs as { crew: PoolRef<Desk> }).crew.resize(1);
    const crew = caller.ref("crew");
    const abort = new AbortController();
    const held = crew.with({ signal: abort.signal }).ask.hang();
    const order: string[] = [];
    const asks = (["low", "normal", "high", 0] as const).map(async (priority, i) => {
      await crew.with({ priority }).ask.add(i, 1);
      order.push(`${priority} ${i}`);
    });
    const waiting = () => app.tree().children!.find(({ name }) => name === "crew")!.mailbox!.waiting;
    for (const until = performance.now() + 20_000; waiting() < 4 && performance.now() < until; ) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(waiting()).toBe(4);
    abort.abort();
    await expect(held).rejects.toMatchObject({ code: "Cancelled" });
    await Promise.all(asks);
    expect(order).toEqual(["high 2", "0 3", "normal 1", "low 0"]);
  } finally {
    await caller.close();
    await urgent.close({ drain: 0 });
  }
});
