import { describe, expect, test } from "vitest";
import { HoldfastError, isHoldfastError } from "../../../src/errors.js";
import { world } from "./world.js";

describe("a ref over the wire", () => {
  test("asks like the one in process", async () => {
    const { client } = await world();
    const math = client.ref("math");
    expect(await math.ask.add(2, 3)).toBe(5);
    const samples = new Float32Array([1, 2]);
    expect(await math.ask.echo({ samples, bytes: new Uint8Array([3]), big: 2n ** 60n })).toEqual({
      samples,
      bytes: new Uint8Array([3]),
      big: 2n ** 60n,
    });
    expect(math.path).toBe("math");
  });

  test("is a typed error where the server says so, never a hang", async () => {
    const { client } = await world();
    const refused = await client
      .ref("math")
      .ask.refuseIt()
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(HoldfastError);
    expect(refused).toMatchObject({ code: "Refused", message: "too long", details: { reason: "too-long", limit: 3 } });
    const unknown = client.ref<{ nothing(): void }>("absent").ask.nothing();
    await expect(unknown).rejects.toMatchObject({ code: "NotExposed" });
  });

  test("carries deadline, key and signal", async () => {
    const { app, client } = await world();
    const math = client.ref("math");
    const control = new AbortController();
    const given = math.with({ signal: control.signal }).key("k").ask.hang();
    await expect.poll(() => app.calls.length).toBe(1);
    control.abort(new Error("the user left"));
    await expect(given).rejects.toMatchObject({ code: "Cancelled", cause: { message: "the user left" } });
    await expect.poll(() => app.calls[0]!.options.signal!.aborted).toBe(true);
    expect(app.calls[0]!.options.key).toBe("k");
    await expect(math.with({ timeout: 20 }).ask.hang()).rejects.toMatchObject({ code: "Timeout", retryable: false });
    await expect(math.with({ signal: AbortSignal.abort() }).ask.add(1, 1)).rejects.toMatchObject({ code: "Cancelled" });
  });

  test("refuses what cannot be sent before it sends it", async () => {
    const { app, client } = await world();
    await expect(client.ref("math").ask.echo({ callback: () => 1 })).rejects.toMatchObject({
      code: "InvalidValue",
      details: { path: "args[0].callback" },
    });
    await expect(client.ref("math").ask.echo(new Uint8Array(17 * 1024 * 1024))).rejects.toMatchObject({
      code: "PayloadTooLarge",
    });
    expect(() => client.ref("math").tell.echo(() => 1)).toThrow("args[0] is a function");
    expect(app.calls).toEqual([]);
  });

  test("tells in order, and says whether it may", async () => {
    const { app, client } = await world();
    const math = client.ref("math");
    for (let n = 0; n < 5; n++) expect(math.tell.add(n, n)).toBe(true);
    expect(await math.ask.add(0, 0)).toBe(0);
    expect(app.calls.map(({ args }) => args[0])).toEqual([0, 1, 2, 3, 4, 0]);
    client.close();
    expect(math.tell.add(1, 1)).toBe(false);
  });

  test("more asks than the server's window wait their turn", async () => {
    const { client } = await world({ gateway: { maxInFlight: 4 } });
    const sums = Array.from({ length: 200 }, (_, n) => client.ref("math").ask.add(n, n));
    expect(await Promise.all(sums)).toEqual(Array.from({ length: 200 }, (_, n) => 2 * n));
  });
});

describe("a generator over the wire", () => {
  test("is iterated like the one in process", async () => {
    const { client } = await world({ gateway: { streamWindow: 2 } });
    const seen: number[] = [];
    for await (const n of client.ref("math").ask.count(50)) seen.push(n);
    expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n));
  });

  test("that is awaited gives the iterable", async () => {
    const { client } = await world();
    const seen: number[] = [];
    for await (const n of await (client.ref("math").ask.count(3) as unknown as Promise<AsyncIterable<number>>))
      seen.push(n);
    expect(seen).toEqual([0, 1, 2]);
  });

  test("that is left early is cancelled at the server", async () => {
    const { app, client } = await world();
    for await (const n of client.ref("math").ask.count(1e9)) if (n === 3) break;
    await expect.poll(() => app.calls[0]!.options.signal!.aborted).toBe(true);
  });

  test("that the connection breaks off ends with StreamBroken and the count", async () => {
    const { client, relay } = await world({ gateway: { streamWindow: 4 } });
    let seen = 0;
    const reading = (async () => {
      for await (const _ of client.ref("math").ask.count(1e9)) {
        seen += 1;
        if (seen === 3) relay.cut();
      }
    })();
    const error = await reading.catch((thrown: unknown) => thrown);
    expect(isHoldfastError(error, "StreamBroken")).toBe(true);
    expect((error as HoldfastError).details.delivered).toBe(seen);
  });

  test("iterating a method that answers once says what to do", async () => {
    const { client } = await world();
    const once = client.ref("math").ask.add(1, 1) as unknown as AsyncIterable<number>;
    await expect(once[Symbol.asyncIterator]().next()).rejects.toThrow("answered with one value");
  });
});
