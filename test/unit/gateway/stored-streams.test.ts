import { expect, it } from "vitest";
import { realClock } from "../../../src/clock.js";
import { HoldfastError } from "../../../src/errors.js";
import { StoredStreams } from "../../../src/gateway/stored-streams.js";
import { memory } from "../../../src/state/memory-store.js";
import { SystemStore } from "../../../src/system/durable/system-store.js";
import { EventFan } from "../../../src/system/events.js";

const origin = { session: "5e55", to: "stream", key: "mine", method: "push", timeout: 5000 };

const ok = (value: unknown) => ({ ok: true, value }) as const;

/** A store, and what a process that comes after this one would find in it. */
async function made() {
  const store = new SystemStore(memory(), realClock, new EventFan());
  await store.open();
  const streams = new StoredStreams(store);
  return { store, streams, left: () => new StoredStreams(store).left() };
}

it("what came of chunks is found by the next process, in order and without a gap", async () => {
  const { store, streams, left } = await made();
  const record = streams.begin(origin);
  await store.append(record.receipt(0)(ok({ total: 1 })));
  await record.failed(1, new HoldfastError("Refused", "nothing to add", { details: { reason: "nothing" } }));
  await store.append(record.receipt(2)(ok(new Float32Array([1, 2]))));
  const [found, ...others] = await left();
  expect(others).toEqual([]);
  expect(found).toMatchObject({ ...origin, acked: -1, ended: false });
  expect([...found!.outcomes.keys()]).toEqual([0, 1, 2]);
  expect(found!.outcomes.get(0)).toEqual({ value: { total: 1 } });
  expect(found!.outcomes.get(1)).toMatchObject({ error: { code: "Refused", message: "nothing to add" } });
  expect(found!.outcomes.get(2)).toEqual({ value: new Float32Array([1, 2]) });
});

it("what the client has is not kept", async () => {
  const { store, streams, left } = await made();
  const record = streams.begin(origin);
  for (const seq of [0, 1, 2, 3]) await store.append(record.receipt(seq)(ok(seq)));
  record.acked(2);
  const [found] = await left();
  expect(found!.acked).toBe(2);
  expect([...found!.outcomes]).toEqual([[3, { value: 3 }]]);
  found!.record.acked(3);
  const [again] = await left();
  expect([again!.acked, again!.outcomes.size]).toEqual([3, 0]);
});

it("a chunk of which nobody can say what came of it has an error that says so", async () => {
  const { store, streams, left } = await made();
  const record = streams.begin(origin);
  await store.append(record.receipt(0)(ok("a")));
  await store.append(record.receipt(2)(ok("c")));
  const [found] = await left();
  expect(found!.outcomes.get(1)).toMatchObject({ error: { code: "ActorDied", retryable: false } });
  expect(found!.outcomes.get(2)).toEqual({ value: "c" });
});

it("a stream whose actor has gone for good is over but for its outcomes, and its actor's state is forgotten", async () => {
  const { store, streams, left } = await made();
  await store.append([{ kind: "base", id: "app/stream#mine", seq: 1, data: new Uint8Array([1]) }]);
  const record = streams.begin(origin);
  await store.append(record.receipt(0)(ok("a")));
  await record.released("app/stream");
  const [found] = await left();
  expect(found).toMatchObject({ ended: true, acked: -1 });
  expect(await store.read("app/stream#mine")).toBeUndefined();
  found!.record.over();
  expect(await left()).toEqual([]);
});

it("a chunk that was refused is stored with what it changed", async () => {
  const { store, streams, left } = await made();
  const record = streams.begin(origin);
  const changes = record.receipt(0)({ ok: false, error: new HoldfastError("Refused", "counted") });
  expect(changes).toHaveLength(1);
  await store.append(changes);
  const [found] = await left();
  expect(found!.outcomes.get(0)).toMatchObject({ error: { code: "Refused", message: "counted" } });
});

it("a stream that is given up leaves nothing, whatever still ends of it", async () => {
  const { store, streams, left } = await made();
  const record = streams.begin(origin);
  const late = record.receipt(1);
  record.over();
  await record.released("app/stream");
  record.acked(0);
  await record.failed(2, new HoldfastError("Cancelled", "given up"));
  await store.append(late(ok("late")));
  expect(await left()).toEqual([]);
  expect([...store.ids()]).toEqual([]);
});

it("the end of a stream forgets its own actor, and nobody else's mail", async () => {
  const { store, streams } = await made();
  const mail = { kind: "tail", id: "app/stream#bob!mail", seq: 1, data: new Uint8Array([1]) } as const;
  const own = { kind: "base", id: "app/stream#bob!!mail", seq: 1, data: new Uint8Array([1]) } as const;
  await store.append([mail, own]);
  const record = streams.begin({ ...origin, key: "bob!mail" });
  await record.released("app/stream");
  expect(await store.read(own.id)).toBeUndefined();
  expect((await store.read(mail.id))?.tail).toHaveLength(1);
});

it("what ends after its stream was over is dropped", async () => {
  const { store, streams, left } = await made();
  const record = streams.begin(origin);
  record.over();
  await store.append(record.receipt(0)(ok("late")));
  expect(await left()).toEqual([]);
  expect([...store.ids()]).toEqual([]);
});
