import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type EventOnChannel, type MessageOnChannel, pool, refTo } from "holdfast";
import { afterEach, describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const open: (() => void)[] = [];

afterEach(() => {
  for (const close of open.splice(0)) close();
});

/** What is published on a channel about the systems of this name. */
function heard<Message extends { system: string }>(
  channel: string,
  system: string,
  which: (message: Message) => boolean = () => true,
): Message[] {
  const got: Message[] = [];
  const listener = (message: unknown) => {
    if ((message as Message).system === system && which(message as Message)) got.push(message as Message);
  };
  subscribe(channel, listener);
  open.push(() => unsubscribe(channel, listener));
  return got;
}

/** All but the gate's own. */
const messages = (system: string) => {
  const ours = (name: string) => heard<MessageOnChannel>(name, system, ({ path }) => path !== `${system}/gate`);
  return {
    starts: ours("holdfast:message:start"),
    ends: ours("holdfast:message:end"),
    errors: ours("holdfast:message:error"),
  };
};

describe.each(levels)("messages on channels, $level", ({ level }) => {
  it("are told of at their start and their end, with the same object and nothing of what they hold", async () => {
    const name = `told-${level}`;
    const { starts, ends, errors } = messages(name);
    const { refs } = await play({ hand: at(level, Hand) }, {}, { name });
    expect(await refs.hand.ask.say("secret")).toBe("secret");
    expect(starts).toHaveLength(1);
    expect(ends).toEqual([
      {
        system: name,
        id: expect.any(Number),
        kind: "ask",
        path: `${name}/hand`,
        method: "say",
        sender: "app",
        at: expect.any(Number),
        traceparent: undefined,
        deliveries: 1,
        actor: `${name}/hand`,
        incarnation: 1,
        host: level === "inline" ? "inline" : expect.stringMatching(/^(thread|pid) \d+$/),
        waitedMs: expect.any(Number),
        tookMs: expect.any(Number),
        code: undefined,
      },
    ]);
    expect(ends[0]).toBe(starts[0]);
    expect(errors).toEqual([]);
  });

  it("end once each, by their code: thrown, refused, cancelled, in vain, and tells too", async () => {
    const name = `ends-${level}`;
    const { starts, ends, errors } = messages(name);
    const made = plan();
    const props = { gate: refTo<Gate>("gate") };
    const { refs } = await play({ gate: gateOf(made), hand: at(level, Hand, props) }, {}, { name });
    await failure(refs.hand.ask.fail("secret"));
    await failure(refs.hand.ask.refuse("no"));
    const caller = new AbortController();
    const given = failure(refs.hand.with({ signal: caller.signal }).ask.hold("given"));
    await made.reached("given");
    caller.abort();
    made.open("given");
    await given;
    refs.hand.tell.say("secret");
    await refs.hand.ask.say("last");
    expect(errors.map(({ code }) => code)).toEqual(["HandlerFailed", "Refused", "Cancelled"]);
    await until(() => ends.length === 2, "the ends of a tell and an ask");
    expect(ends.map(({ kind }) => kind)).toEqual(["tell", "ask"]);
    expect(new Set([...ends, ...errors])).toEqual(new Set(starts));
    expect(JSON.stringify(starts)).not.toContain("secret");
  });
});

describe.each(walls)("deaths on channels, $level", ({ level }) => {
  it("are told of, and the message that was handed over twice says so", async () => {
    const name = `deaths-${level}`;
    const made = plan();
    const died = heard<Extract<EventOnChannel, { type: "death" }>>("holdfast:death", name);
    const reported = heard<Extract<EventOnChannel, { type: "report" }>>("holdfast:report", name);
    const lives = heard<Extract<EventOnChannel, { type: "life" }>>("holdfast:life", name);
    const { refs, app } = await play(
      { gate: gateOf(made), hand: at(level, Hand, { gate: refTo<Gate>("gate") }) },
      {},
      { name },
    );
    const { ends } = messages(name);
    const again = refs.hand.ask.again("once");
    await made.reached("once");
    app.kill(`${name}/hand`);
    made.open("once");
    await again;
    const [end] = ends.filter(({ method }) => method === "again");
    expect(end).toMatchObject({ deliveries: 2, incarnation: 2, actor: `${name}/hand`, code: undefined });
    await until(() => reported.length === 1, "the report");
    expect(died[0]).toMatchObject({ type: "death", report: { path: `${name}/hand`, incarnation: 1 } });
    expect(reported[0]!.report).toBe(died[0]!.report);
    expect(lives.map(({ state }) => state)).toContain("running");
  });
});

it("a pool's message names the pool and the member; scaling and dead letters have channels", async () => {
  const name = "pooled";
  const { ends, errors } = messages(name);
  const scaled = heard<Extract<EventOnChannel, { type: "scaled" }>>("holdfast:scaled", name);
  const letters = heard<Extract<EventOnChannel, { type: "dead-letter" }>>("holdfast:dead-letter", name);
  const { refs, app } = await play({ hands: pool(at("inline", Hand), { min: 1, max: 3 }) }, {}, { name });
  await refs.hands.ask.say(1);
  expect(ends[0]).toMatchObject({ path: "pooled/hands", actor: expect.stringMatching(/^pooled\/hands\/\d+$/) });
  await refs.hands.resize(2);
  expect(scaled).toMatchObject([{ type: "scaled", path: "pooled/hands", from: 1, to: 2, by: "hand" }]);
  await app.stop();
  expect(refs.hands.tell.say("late")).toBe(false);
  expect(letters).toMatchObject([{ letter: { method: "say", reason: "ActorStopped" } }]);
  expect(errors).toMatchObject([{ kind: "tell", code: "ActorStopped", deliveries: 0, actor: undefined }]);
});

it("who subscribes to ends alone hears of them, and of none after unsubscribing", async () => {
  const name = "alone";
  const { refs } = await play({ hand: at("inline", Hand) }, {}, { name });
  const ends = heard<MessageOnChannel>("holdfast:message:end", name);
  await refs.hand.ask.say(1);
  refs.hand.tell.say(2);
  await until(() => ends.length === 2, "the end of a tell");
  for (const close of open.splice(0)) close();
  refs.hand.tell.say(3);
  await refs.hand.ask.say(4);
  expect(ends.map(({ kind }) => kind)).toEqual(["ask", "tell"]);
});
