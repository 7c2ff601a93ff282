import { type ActorSpec, type App, fork, inline, pool, supervisor, system, thread } from "holdfast";
import { connect } from "holdfast/client";
import { type Gateway, gateway } from "holdfast/gateway";
import { afterEach, describe, expect, it } from "vitest";
import { seededChance } from "../../src/clock.js";
import { Served } from "../actors/served.mjs";
import { type Frame, RawClient } from "../unit/gateway/raw-client.js";
import { until } from "./until.js";

const url = new URL("../actors/served.mjs", import.meta.url);
const methods = ["facts", "own", "sum", "slowly", "die", "filled", "unsendable", "counted", "hasRoom"];

const open: { app: App; door: Gateway }[] = [];
afterEach(async () => {
  for (const { app, door } of open.splice(0)) {
    await door.close({ drain: 0 });
    await app.stop({ drain: 0 });
  }
});

async function serve(served: ActorSpec<Served>, limits: { maxPayload?: number } = {}) {
  const intensity = { restarts: 1000, within: "1s" } as const;
  const tree = supervisor({ intensity }, { served });
  const app = (await system(tree, { memory: { sharedMb: 16 } })) as unknown as App;
  const door = await gateway(app, { port: 0, expose: { served: methods }, ...limits });
  open.push({ app, door });
  return { app, door };
}

const used = (app: App) => {
  const { tensors, slab } = app as unknown as Record<"tensors" | "slab", { used: number }>;
  return tensors.used + slab.used;
};
const floats = (length: number, value: number) => Buffer.from(new Float32Array(length).fill(value).buffer);
const tensor = (length: number, value: number) => ({
  dtype: "float32",
  shape: [1, length],
  data: floats(length, value),
});
const valuesOf = ({ data }: { data: Uint8Array }) => new Float32Array(new Uint8Array(data).buffer);

/** One ask at a time. */
function caller(client: RawClient) {
  let id = 0;
  return async (method: string, ...args: unknown[]) => {
    client.send({ type: "ask", id: ++id, to: "served", method, args });
    return (await client.next("result", { id })).value as never;
  };
}

describe.each([
  ["inline", () => inline(Served), true],
  ["thread", () => thread<Served>(url), true],
  ["fork", () => fork<Served>(url), false],
] as const)("tensors over a socket, %s", (_, spec, shared) => {
  it("go in place to a method that borrows, as what they would be anyway, and leave nothing behind", async () => {
    const { app, door } = await serve(spec());
    const client = await RawClient.connect(door.url);
    const ask = caller(client);
    const facts = { kind: "Float32Array", length: 50_000, last: 2.5 };
    expect(await ask("facts", tensor(50_000, 2.5))).toEqual({ ...facts, dtype: "float32", shape: [1, 50_000], shared });
    const flat = { dtype: "float32", shape: [50_000], data: floats(50_000, 2.5) };
    expect(await ask("facts", flat)).toEqual({ ...facts, shared });
    const image = { kind: "Uint8Array", length: 40_000, last: 7 };
    expect(await ask("facts", Buffer.alloc(40_000, 7))).toEqual({ ...image, shared });
    expect(await ask("facts", Buffer.alloc(400, 7))).toEqual({ ...image, length: 400, shared: false });
    // Any other method may keep what it gets.
    expect(await ask("own", flat)).toEqual({ ...facts, shared: false });
    expect(used(app)).toBe(0);
    client.close();
  });

  it("come back from leases, whole and in order with all else, and their memory is free then", async () => {
    const { app, door } = await serve(spec());
    const client = await RawClient.connect(door.url);
    for (let id = 1; id <= 60; id++) {
      const [method, args] = id % 3 === 0 ? ["sum", [tensor(10, id)]] : ["filled", [id % 3 === 1 ? 200_000 : 3000, id]];
      client.send({ type: "ask", id, to: "served", method, args });
    }
    for (let id = 1; id <= 60; id++) {
      const { value } = (await client.next("result", { id })) as Frame & { value: never };
      if (id % 3 === 0) expect(value).toBe(id * 10);
      else {
        const { out, again, note } = value as {
          out: { data: Uint8Array };
          again: [{ data: Uint8Array }];
          note: string;
        };
        expect(note).toBe("the same one twice");
        expect(valuesOf(out).every((x) => x === id)).toBe(true);
        expect(valuesOf(again[0])).toHaveLength(id % 3 === 1 ? 200_000 : 3000);
      }
    }
    expect(await caller(client)("hasRoom")).toBe(_ !== "fork");
    await until(() => used(app) === 0, "all slots free");
    client.close();
  });

  it("come as text to who speaks it, and in streams", async () => {
    const { app, door } = await serve(spec());
    const client = await RawClient.connect(door.url, {}, []);
    client.sendText({ type: "ask", id: 1, to: "served", method: "filled", args: [30_000, 2] });
    const { value } = (await client.next("result", { id: 1 })) as Frame & { value: { out: { data: string } } };
    expect(Buffer.from(value.out.data, "base64")).toEqual(floats(30_000, 2));
    client.send({ type: "ask", id: 2, to: "served", method: "counted", args: [30], credit: 100 });
    for (let seq = 0; seq < 30; seq++) {
      const { value: part } = (await client.next("part", { id: 2, seq })) as Frame & { value: { data: Uint8Array } };
      expect(new Int32Array(new Uint8Array(part.data).buffer).every((x) => x === seq)).toBe(true);
    }
    await until(() => used(app) === 0, "all slots free");
    client.close();
  });

  it("are released where a result cannot be sent", async () => {
    const { app, door } = await serve(spec(), { maxPayload: 1 << 20 });
    const client = await RawClient.connect(door.url);
    for (let id = 1; id <= 40; id++) {
      const method = id % 2 === 0 ? "unsendable" : "filled";
      client.send({ type: "ask", id, to: "served", method, args: [300_000, 1] });
      const { error } = (await client.next("error", { id })) as Frame & { error: { code: string } };
      expect(error.code).toBe(id % 2 === 0 ? "InvalidValue" : "PayloadTooLarge");
    }
    expect(await caller(client)("hasRoom")).toBe(_ !== "fork");
    await until(() => used(app) === 0, "all slots free");
    client.close();
  });
});

it("leased tensors can be sent by a client: they are copied at the call, and stay its own", async () => {
  const { app, door } = await serve(thread<Served>(url));
  const client = await connect<{ served: Served }>(door.url);
  try {
    const { ask } = client.ref("served");
    const mine = app.tensor("float32", [1, 20_000]);
    const sums = [1, 2, 3].map((value) => {
      mine.data.fill(value);
      return ask.sum(mine);
    });
    expect(await Promise.all(sums)).toEqual([20_000, 40_000, 60_000]);
    mine.release();
    await until(() => used(app) === 0, "all slots free");
  } finally {
    client.close();
  }
});

it.each([1, 2, 3])("all memory is free in the end, whatever becomes of calls with tensors (seed %i)", async (seed) => {
  const chance = seededChance(seed);
  const intensity = { restarts: 1000, within: "1s" } as const;
  const member = thread<Served>(url, undefined, {
    intensity,
    backoff: { initial: 1, max: 5 },
    mailbox: { messages: 12 },
  });
  const { app, door } = await serve(pool(member, { size: 2 }) as unknown as ActorSpec<Served>);
  const answers: Record<string, number> = {};
  const client = async () => {
    const client = await RawClient.connect(door.url);
    for (let id = 1; id <= 40; id++) {
      const what = chance();
      const good = tensor(20_000, id);
      const bad = { ...good, shape: [7] };
      const method =
        what < 0.1 ? "own" : what < 0.15 ? "filled" : what < 0.17 ? "die" : what < 0.25 ? "none" : "slowly";
      const args = what > 0.92 ? [good, bad] : method === "filled" ? [20_000, id] : [good, Math.round(chance() * 8)];
      const frame = { to: "served", method, args };
      if (what > 0.87 && what <= 0.92) {
        client.send({ type: "tell", ...frame });
        continue;
      }
      client.send({ type: "ask", id, ...frame, timeout: what < 0.4 ? 3 : 20_000 });
      if (what > 0.5 && what < 0.6) client.send({ type: "cancel", id });
      // Gone in the middle of it: nobody hears the rest.
      if (what > 0.855 && what < 0.87) break;
      if (chance() < 0.4) continue;
      const answered = () => client.left.find((frame) => frame.id === id);
      await until(() => answered() !== undefined, "an answer");
      const { type, value, error } = answered() as Frame & { value?: unknown; error?: { code: string } };
      const outcome = error?.code ?? type;
      answers[outcome] = (answers[outcome] ?? 0) + 1;
      if (method === "slowly" && type === "result") expect(value).toBe(id);
    }
    client.close();
  };
  await Promise.all(Array.from({ length: 6 }, client));
  expect(Object.keys(answers)).toEqual(expect.arrayContaining(["result", "InvalidValue", "NotExposed", "Timeout"]));
  await until(() => used(app) === 0, "all slots free");
});

it("tensors of asks that a stopping server cuts off are free", async () => {
  const { app, door } = await serve(thread<Served>(url));
  const client = await RawClient.connect(door.url);
  for (let id = 1; id <= 5; id++)
    client.send({ type: "ask", id, to: "served", method: "slowly", args: [tensor(9000, 1), 50] });
  await until(() => used(app) === 5, "all are lent");
  const closed = door.close({ drain: 10 });
  await until(() => client.left.some(({ type }) => type === "drain"), "the news");
  client.send({ type: "ask", id: 9, to: "served", method: "slowly", args: [tensor(9000, 1), 1] });
  await closed;
  await until(() => used(app) === 0, "all slots free");
});
