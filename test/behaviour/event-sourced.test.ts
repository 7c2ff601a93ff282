import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Account, Forgetful, Replier, SavedAccount } from "../actors/accounts.mjs";
import { castingFrom } from "./casting.js";
import type { Gate } from "./gate.js";
import { deaths, failure, gateOf, levels, plan, play, walls } from "./stage.js";

const at = castingFrom(new URL("../actors/accounts.mjs", import.meta.url));
const gateRef = { gate: refTo<Gate>("gate") };

describe.each(levels)("an event-sourced actor, $level", ({ level }) => {
  it("applies an event at once, and is rebuilt from all of them after a death", async () => {
    const { refs, app } = await play({ account: at(level, Account) });
    expect(await refs.account.ask.deposit(5)).toBe(5);
    expect(await refs.account.ask.parts(1, 2, 3)).toEqual([6, 8, 11]);
    app.kill("account");
    expect(await refs.account.ask.balance()).toBe(11);
    expect(await refs.account.ask.seen()).toEqual([5, 1, 2, 3]);
    expect(await refs.account.ask.deposit(1)).toBe(12);
    app.kill("account");
    expect(await refs.account.ask.balance()).toBe(12);
  });

  it("is as before a message whose handler throws after it has persisted", async () => {
    const { refs, app } = await play({ account: at(level, Account) });
    await refs.account.ask.deposit(5);
    expect(await failure(refs.account.ask.depositThenThrow(100))).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.account.ask.deposit(1)).toBe(6);
    app.kill("account");
    expect(await refs.account.ask.seen()).toEqual([5, 1]);
  });

  it("keeps what has happened before a refusal: that is an answer", async () => {
    const { refs, app } = await play({ account: at(level, Account) });
    expect(await failure(refs.account.ask.depositThenRefuse(5))).toMatchObject({ code: "Refused" });
    expect(await refs.account.ask.balance()).toBe(5);
    app.kill("account");
    expect(await refs.account.ask.balance()).toBe(5);
    expect(deaths(app)).toHaveLength(1);
  });

  it("is rebuilt also where a throw is an answer, once something has happened", async () => {
    const { refs, app } = await play({ account: at(level, Replier) });
    await refs.account.ask.deposit(5);
    expect(await failure(refs.account.ask.throwPlainly())).toMatchObject({ message: "plainly" });
    expect(deaths(app)).toHaveLength(0);
    await failure(refs.account.ask.depositThenThrow(100));
    expect(await refs.account.ask.balance()).toBe(5);
    expect(deaths(app)).toHaveLength(1);
  });

  it("does not answer for a handler that catches what apply() threw: the state may be half an event's", async () => {
    const { refs } = await play({ account: at(level, Account) });
    await refs.account.ask.deposit(5);
    expect(await failure(refs.account.ask.swallow(100))).toMatchObject({
      code: "HandlerFailed",
      message: expect.stringContaining("cannot be applied"),
    });
    expect(await refs.account.ask.seen()).toEqual([5]);
  });

  it("runs a message again that was executing at a death, and its events count once", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), account: at(level, Account, gateRef) });
    await refs.account.ask.deposit(5);
    const asked = refs.account.ask.depositHeld(10, "door");
    await gate.reached("door");
    app.kill("account");
    await gate.reached("door", 2);
    gate.open("door");
    expect(await asked).toBe(25);
    app.kill("account");
    expect(await refs.account.ask.seen()).toEqual([5, 10, 10]);
  });

  it.each([
    ["counts, where its handler ends well", "depositHeld", 20],
    ["does not count, where its handler throws for it", "depositUnlessAborted", 0],
  ] as const)("what happened for a caller that gave up %s", async (_, method, balance) => {
    const gate = plan();
    const { refs } = await play({ gate: gateOf(gate), account: at(level, Account, gateRef) });
    const caller = new AbortController();
    const asked = failure(refs.account.with({ signal: caller.signal }).ask[method](10, "door"));
    await gate.reached("door");
    caller.abort();
    expect(await asked).toMatchObject({ code: "Cancelled" });
    gate.open("door");
    expect(await refs.account.ask.balance()).toBe(balance);
  });

  it("keeps a copy: what its handler does with an event afterwards changes nothing", async () => {
    const { refs, app } = await play({ account: at(level, Account) });
    expect(await refs.account.ask.keepAndChange("a")).toBe(1);
    app.kill("account");
    expect(await refs.account.ask.balance()).toBe(1);
    expect(await refs.account.ask.seen()).toEqual(["a"]);
  });

  it("keeps the events of a stream with its end", async () => {
    const { refs, app } = await play({ account: at(level, Account) });
    const heard: number[] = [];
    for await (const balance of refs.account.ask.stream(1, 2, 3)) heard.push(balance);
    expect(heard).toEqual([1, 3, 6]);
    app.kill("account");
    expect(await refs.account.ask.balance()).toBe(6);
  });

  it("keeps events with large arrays, and starts with many more than one frame holds", async () => {
    const { refs, app } = await play({ account: at(level, Account) });
    await refs.account.ask.large(100_000);
    await refs.account.ask.many(3000);
    await refs.account.ask.large(50_000);
    app.kill("account");
    expect(await refs.account.ask.balance()).toBe(153_000);
    const seen = await refs.account.ask.seen();
    expect(seen).toHaveLength(3002);
    expect([seen[0], seen[3001]]).toEqual([100_000, 50_000]);
  });

  it("takes a snapshot when so many events have happened, and starts from it", async () => {
    const { refs, app } = await play({ account: at(level, SavedAccount, undefined, { snapshotEvery: 10 }) });
    // The message after the tenth event brings it, with its own event in it.
    for (let i = 1; i <= 14; i++) expect(await refs.account.ask.deposit(1)).toBe(i);
    app.kill("account");
    expect(await refs.account.ask.balance()).toBe(14);
    expect(await refs.account.ask.history()).toEqual({ applied: 3, restored: [11] });
  });

  it("takes a snapshot at the bound of kept events, and goes on", async () => {
    const { refs, app } = await play({ account: at(level, SavedAccount, undefined, { snapshotEvery: 1_000_000 }) });
    for (let i = 1; i <= 3; i++) expect(await refs.account.ask.many(4000)).toBe(4000 * i);
    await refs.account.ask.deposit(1);
    app.kill("account");
    expect(await refs.account.ask.balance()).toBe(12_001);
    expect(await refs.account.ask.history()).toEqual({ applied: 1, restored: [12_000] });
  });

  it("refuses an event over the bound where nothing can stand for those before, and stays as it is", async () => {
    const { refs, app } = await play({ account: at(level, Account) });
    for (let i = 0; i < 2; i++) await refs.account.ask.many(5000);
    const over = await failure(refs.account.ask.deposit(1));
    expect(over).toMatchObject({ code: "Refused", details: { reason: "too-many-events" } });
    expect(over.message).toContain("snapshot()");
    expect(await refs.account.ask.balance()).toBe(10_000);
    expect(deaths(app)).toHaveLength(0);
    app.kill("account");
    expect(await failure(refs.account.ask.deposit(1))).toMatchObject({ code: "Refused" });
    expect(await refs.account.ask.balance()).toBe(10_000);
  });

  it("refuses more events in one message than can be kept, and none of them counts", async () => {
    const { refs } = await play({ account: at(level, SavedAccount) });
    const over = await failure(refs.account.ask.many(10_001));
    expect(over).toMatchObject({ code: "HandlerFailed", message: expect.stringContaining("one message may persist") });
    expect(await refs.account.ask.balance()).toBe(0);
  });

  it.each([
    ["a value that cannot be sent", "unsendable", "the event.callback"],
    ["where apply() takes its time", "later", "has to be synchronous"],
    ["from within apply()", "nested", "is no event itself"],
  ] as const)("says what is wrong: %s", async (_, method, words) => {
    const { refs } = await play({ account: at(level, Account) });
    await refs.account.ask.deposit(5);
    const error = await failure(refs.account.ask[method]() as Promise<unknown>);
    expect(error).toMatchObject({ code: "HandlerFailed", message: expect.stringContaining(words) });
    expect(await refs.account.ask.seen()).toEqual([5]);
  });

  it("says that no message executes where a timer persists", async () => {
    const { refs, app, reports } = await play({ account: at(level, Account) });
    await refs.account.ask.deposit(5);
    await refs.account.ask.fromTimer();
    await expect.poll(() => deaths(app).length).toBe(1);
    expect(await refs.account.ask.seen()).toEqual([5]);
    await expect.poll(() => reports.length).toBe(1);
    expect(JSON.stringify(reports[0]!.cause)).toContain("no message executes");
  });
});

describe.each(walls)("an event-sourced actor behind a wall, $level", ({ level }) => {
  it("is as before a message whose answer cannot be sent together with its large events", async () => {
    const { refs } = await play({ account: at(level, Account) });
    await refs.account.ask.deposit(5);
    expect(await failure(refs.account.ask.unsendableAnswer(100_000))).toBeInstanceOf(Error);
    const balance = await refs.account.ask.balance();
    // A ring, a port and a pipe find it out at different places; parent and actor agree all the same.
    expect([5, 100_005]).toContain(balance);
    await refs.account.ask.deposit(1);
    expect(await refs.account.ask.balance()).toBe(balance + 1);
  });
});

describe.each(levels)("an event-sourced actor that cannot be rebuilt, $level", ({ level }) => {
  it("is parked, not started for ever", async () => {
    const options = { overBudget: "quarantine", backoff: { initial: 1, max: 1 } } as const;
    const { refs, app } = await play({ account: at(level, Forgetful, undefined, options) });
    await refs.account.ask.deposit(5);
    app.kill("account");
    expect(await failure(refs.account.ask.balance())).toMatchObject({ code: "Unavailable" });
  });
});
