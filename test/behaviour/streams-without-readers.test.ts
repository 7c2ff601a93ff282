import { Actor, inline, keyed, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, deaths, failure, gateOf, levels, plan, play } from "./stage.js";

const gate = refTo<Gate>("gate");

class Streams extends Actor {
  static override methods = { declared: { stream: true } };
  declared(to: number): AsyncIterable<number> {
    return this.#values(to);
  }
  undeclared(to: number): AsyncIterable<number> {
    return this.#values(to);
  }
  async *unsendable(): AsyncGenerator<unknown> {
    yield 1;
    yield () => 2;
  }
  incarnation(): number {
    return this.self.incarnation;
  }
  async *#values(to: number): AsyncGenerator<number> {
    for (let i = 1; i <= to; i++) yield i;
  }
}

async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const values: unknown[] = [];
  for await (const value of stream) values.push(value);
  return values;
}

describe.each(levels)("a stream, $level", ({ level }) => {
  it("that nobody reads runs to its end", async () => {
    const made = plan();
    const { refs, app } = await play({ gate: gateOf(made), hand: at(level, Hand, { gate }) });
    refs.hand.tell.report(40, "unread");
    await made.noted("unread ended at 41");
    expect(deaths(app)).toEqual([]);
  });

  it("is one also while its cell is away", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand)) });
    await refs.hands.key("a").ask.say(1);
    app.kill("hands/cell-1");
    expect(await all(refs.hands.key("a").ask.count(3))).toEqual([1, 2, 3]);
  });

  it("can be read before the first start of its actor, iterated or awaited", async () => {
    const { refs } = await play({ hand: at(level, Hand) }, {}, { start: "background" });
    const iterated = refs.hand.ask.count(20);
    const awaited = refs.hand.ask.count(2);
    const plain = refs.hand.ask.say("plain");
    expect(await all(iterated)).toHaveLength(20);
    expect(await all(await (awaited as unknown as Promise<AsyncIterable<unknown>>))).toEqual([1, 2]);
    expect(await plain).toBe("plain");
  });

  it("is refused to another actor, with the reason", async () => {
    const { refs } = await play({ source: at(level, Hand), asker: at(level, Hand, { peer: refTo<Hand>("source") }) });
    const error = await failure(refs.asker.ask.askPeer("count", 3));
    expect(error).toMatchObject({ code: "HandlerFailed", cause: { code: "InvalidValue" } });
    expect(error.message).toContain("a stream, which an actor cannot read from another");
  });
});

describe("a method that returns an async iterable", () => {
  it("is a stream when it says so", async () => {
    const { refs } = await play({ streams: inline(Streams) });
    expect(await all(refs.streams.ask.declared(40))).toHaveLength(40);
  });

  it("is refused when it does not, and the actor lives", async () => {
    const { refs } = await play({ streams: inline(Streams) });
    const error = await failure(refs.streams.ask.undeclared(40) as unknown as Promise<unknown>);
    expect(error).toMatchObject({ code: "InvalidValue" });
    expect(error.message).toContain("undeclared: { stream: true }");
    expect(await refs.streams.ask.incarnation()).toBe(1);
  });
});

it("a streamed value that cannot be sent ends the stream with the reason, and the actor lives", async () => {
  const { refs } = await play({ streams: inline(Streams) });
  expect(await failure(all(refs.streams.ask.unsendable()))).toMatchObject({ code: "InvalidValue" });
  expect(await refs.streams.ask.incarnation()).toBe(1);
});
