import { refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand, Ledger } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, failure, gateOf, levels, plan, play, walls } from "./stage.js";
import { until } from "./until.js";

const gateRef = { gate: refTo<Gate>("gate") };

describe.each(levels)("what a death does to messages, $level", ({ level }) => {
  it("runs a plain message at most once: its caller hears that it may have taken effect", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const asked = failure(refs.hand.ask.hold("door"));
    await gate.reached("door");
    app.kill("hand");
    expect(await asked).toMatchObject({ code: "ActorDied", retryable: false, details: { cause: "killed" } });
    gate.open("door");
    await refs.hand.ask.say("up");
    expect(gate.arrivals("door")).toBe(1);
  });

  it("runs a message that its method declares idempotent again, within its deadline", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const asked = refs.hand.ask.again("door");
    await gate.reached("door");
    app.kill("hand");
    await gate.reached("door", 2);
    gate.open("door");
    expect(await asked).toBe(2);
  });

  it("runs a message again that only its caller declares idempotent", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const asked = refs.hand.with({ idempotent: true }).ask.hold("door");
    await gate.reached("door");
    app.kill("hand");
    await gate.reached("door", 2);
    gate.open("door");
    expect(await asked).toBe("door");
  });

  it("does not run an idempotent message again whose caller gave up", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    const caller = new AbortController();
    const asked = failure(refs.hand.with({ signal: caller.signal }).ask.again("door"));
    await gate.reached("door");
    caller.abort();
    expect(await asked).toMatchObject({ code: "Cancelled" });
    app.kill("hand");
    await refs.hand.ask.say("up");
    expect(gate.arrivals("door")).toBe(1);
  });

  it("turns a tell that was executing into a dead letter with sender, reason and incarnation", async () => {
    const gate = plan();
    const { refs, app, letters } = await play({ gate: gateOf(gate), hand: at(level, Hand, gateRef) });
    refs.hand.with({ sender: "the test" }).tell.hold("door");
    await gate.reached("door");
    app.kill("hand");
    await until(() => letters.length > 0, "the dead letter");
    await refs.hand.ask.say("up");
    expect(letters).toMatchObject([
      { path: "app/hand", sender: "the test", method: "hold", reason: "ActorDied", incarnation: 1, shape: "[string]" },
    ]);
  });

  it("restores a replayable actor and runs the message that was executing on the restored state", async () => {
    const gate = plan();
    const { refs, app } = await play({ gate: gateOf(gate), ledger: at(level, Ledger, gateRef) });
    await refs.ledger.ask.add("a");
    const asked = refs.ledger.ask.addHeld("door");
    await gate.reached("door");
    app.kill("ledger");
    await gate.reached("door", 2);
    gate.open("door");
    expect(await asked).toBe(2);
    expect(await refs.ledger.ask.all()).toEqual(["a", "door"]);
    expect(gate.notes).toContain("restore of 1");
  });

  it("undoes what a throwing handler did to the state of a replayable actor", async () => {
    const { refs } = await play({ ledger: at(level, Ledger) });
    await refs.ledger.ask.add("a");
    expect(await failure(refs.ledger.ask.addThenThrow("bad"))).toMatchObject({ code: "HandlerFailed" });
    expect(await refs.ledger.ask.all()).toEqual(["a"]);
  });

  it("takes a snapshot with every nth message and replays the tail, silently, once each", async () => {
    const gate = plan();
    const ledger = at(level, Ledger, gateRef, { snapshotEvery: 4 });
    const { refs, app } = await play({ gate: gateOf(gate), ledger });
    for (const entry of ["a", "b", "c", "d", "e", "f"]) await refs.ledger.ask.add(entry);
    expect(gate.notes.filter((note) => note.startsWith("snapshot"))).toEqual(["snapshot of 4"]);
    app.kill("ledger");
    expect(await refs.ledger.ask.all()).toEqual(["a", "b", "c", "d", "e", "f"]);
    const since = gate.notes.slice(gate.notes.indexOf("restore of 4") + 1);
    expect(since.filter((note) => note.startsWith("add"))).toEqual(["add e", "add f"]);
  });

  it("keeps the tail through a second death in the middle of the replay", async () => {
    const gate = plan();
    const ledger = at(level, Ledger, gateRef, { snapshotEvery: 100 });
    const { refs, app } = await play({ gate: gateOf(gate), ledger });
    await refs.ledger.ask.add("a");
    const held = refs.ledger.ask.addHeld("door");
    await gate.reached("door");
    gate.open("door");
    await held;
    await refs.ledger.ask.add("b");
    gate.close("door");
    app.kill("ledger");
    // The replay is at the held message now; the one after it is with the host too, and was answered long ago.
    await gate.reached("door", 2);
    app.kill("ledger");
    await gate.reached("door", 3);
    gate.open("door");
    expect(await refs.ledger.ask.all()).toEqual(["a", "door", "b"]);
  });

  it("does not replay a message that never ran", async () => {
    const gate = plan();
    const ledger = at(level, Ledger, gateRef, { snapshotEvery: 100 });
    const { refs, app } = await play({ gate: gateOf(gate), ledger });
    await refs.ledger.ask.add("a");
    const holding = refs.ledger.ask.addHeld("door");
    await gate.reached("door");
    // Handed to the host already, and given up there before it began.
    const caller = new AbortController();
    const given = failure(refs.ledger.with({ signal: caller.signal }).ask.add("given up"));
    const behind = refs.ledger.ask.add("b");
    caller.abort();
    expect(await given).toMatchObject({ code: "Cancelled" });
    gate.open("door");
    await holding;
    await behind;
    app.kill("ledger");
    expect(await refs.ledger.ask.all()).toEqual(["a", "door", "b"]);
  });

  it("does not drop the tail for newer messages", async () => {
    const gate = plan();
    const mailbox = { messages: 4, overflow: "drop-oldest" } as const;
    const ledger = at(level, Ledger, gateRef, { snapshotEvery: 100, mailbox, window: 1 });
    const { refs, app } = await play({ gate: gateOf(gate), ledger });
    await refs.ledger.ask.add("a");
    await refs.ledger.ask.add("b");
    await refs.ledger.ask.add("c");
    app.kill("ledger");
    const newer = ["d", "e", "f", "g", "h"].map((entry) => refs.ledger.ask.add(entry));
    await Promise.allSettled(newer);
    const all = await refs.ledger.ask.all();
    expect(all.slice(0, 3)).toEqual(["a", "b", "c"]);
  });
});

describe.each(walls)("a message that kills its host, $level", ({ level }) => {
  it("is tried again once when idempotent, and is poisoned after the second death", async () => {
    const { refs, letters, app, reports } = await play({ hand: at(level, Hand) });
    const error = await failure(refs.hand.ask.poison("pill"));
    expect(error).toMatchObject({ code: "PoisonedMessage", retryable: false, details: { deaths: 2 } });
    expect(await refs.hand.ask.say("up")).toBe("up");
    expect(letters).toMatchObject([{ path: "app/hand", method: "poison", reason: "poison", shape: "[string]" }]);
    expect(app.reports()).toHaveLength(2);
    expect(
      app.reports().map(({ cause, executing }) => [cause.kind, executing[0]!.method, executing[0]!.deaths]),
    ).toEqual([
      ["exit", "poison", 1],
      ["exit", "poison", 2],
    ]);
    expect(app.reports()[0]!.executing[0]!.digest).toBe(app.reports()[1]!.executing[0]!.digest);
    await until(() => reports.length === 2, "both reports complete");
    expect(reports.map(({ poisoned }) => poisoned)).toEqual([0, 1]);
  });

  it("becomes one dead letter when it was a tell", async () => {
    const { refs, letters } = await play({ hand: at(level, Hand) });
    refs.hand.tell.poison("pill");
    await until(() => letters.length > 0, "a dead letter");
    expect(await refs.hand.ask.say("up")).toBe("up");
    expect(letters).toMatchObject([{ method: "poison", reason: "poison" }]);
  });

  it("does not charge the messages behind it", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const guilty = failure(refs.hand.ask.poison());
    const behind = Array.from({ length: 10 }, (_, i) => refs.hand.ask.say(i));
    expect(await guilty).toMatchObject({ code: "PoisonedMessage" });
    expect(await Promise.all(behind)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    for (const report of app.reports()) expect(report.executing.map(({ method }) => method)).toEqual(["poison"]);
  });

  it("is killed at its method's limit, and another within its own limit is not", async () => {
    const gate = plan();
    const { refs, app } = await play({
      gate: gateOf(gate),
      hand: at(level, Hand),
      other: at(level, Hand, gateRef),
    });
    const patient = refs.other.ask.patient("door");
    await gate.reached("door");
    const error = await failure(refs.hand.ask.hang());
    expect(error).toMatchObject({ code: "ActorDied", details: { cause: "hung" } });
    expect(app.reports()).toHaveLength(1);
    const { cause } = app.reports()[0]!;
    expect(cause).toMatchObject({ kind: "hung", method: "hang", limitMs: 150 });
    expect((cause as { ageMs: number }).ageMs).toBeGreaterThanOrEqual(150);
    gate.open("door");
    expect(await patient).toBe("door");
    expect(await refs.hand.ask.say("up")).toBe("up");
  });
});
