import { HoldfastError, keyed, refTo } from "holdfast";
import { describe, expect, it } from "vitest";
import { Postbox } from "../../actors/postbox.mjs";
import { castingFrom } from "../casting.js";
import type { Gate } from "../gate.js";
import { failure, gateOf, levels, plan, play, walls } from "../stage.js";
import { until } from "../until.js";
import { Paper } from "./paper.js";

const at = castingFrom(new URL("../../actors/postbox.mjs", import.meta.url));
const props = { gate: refTo<Gate>("gate") };
const mail = { durable: { mail: true } };
const MAIL = "app/box!mail";

describe.each(levels)("mail that outlives the process, $level", ({ level }) => {
  it("is delivered again, in order, before anything new; and its numbers are the same", async () => {
    const store = new Paper();
    const gate = plan();
    const tree = () => ({ gate: gateOf(gate), box: at(level, Postbox, props, { ...mail, shutdown: "brutal" }) });
    const first = await play(tree(), {}, { store });
    expect(first.refs.box.tell.putAt("door", "a")).toBe(true);
    first.refs.box.tell.put("b");
    first.refs.box.with({ priority: "low" }).tell.put("d");
    first.refs.box.tell.put({ c: new Map([[1, 2n]]) });
    await gate.reached("door");
    await until(() => store.tails(MAIL) === 4, "four tells that are stored");
    await first.app.stop({ drain: 0 });
    expect(store.tails(MAIL)).toBe(4);
    expect(first.letters).toEqual([]);
    gate.open("door");
    const second = await play(tree(), {}, { store });
    expect(await second.refs.box.with({ priority: 9 }).ask.letters()).toEqual([
      "a",
      "b",
      { c: new Map([[1, 2n]]) },
      "d",
    ]);
    expect(store.tails(MAIL)).toBe(0);
    expect(new Set(gate.notes).size).toBe(1);
  });

  it("is over with what it has changed, in one batch", async () => {
    const store = new Paper();
    const { refs } = await play({ box: at(level, Postbox, undefined, mail) }, {}, { store });
    refs.box.tell.put("a");
    await refs.box.ask.letters();
    expect(store.batches.at(-1)!.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      "tail app/box",
      "base app/box",
      `drop ${MAIL}`,
    ]);
    expect(store.pieces(MAIL)).toBe("");
  });

  it("is over too where it changes nothing, throws, or is refused", async () => {
    const store = new Paper();
    const { refs, letters } = await play({ box: at(level, Postbox, undefined, mail) }, {}, { store });
    refs.box.tell.look();
    refs.box.tell.refuses();
    refs.box.tell.fails();
    refs.box.tell.put("after");
    expect(await refs.box.ask.letters()).toEqual(["after"]);
    await until(() => store.tails(MAIL) === 0, "no tell that is stored");
    // What throws is told at once, a refusal when what it has changed is stored.
    expect(letters.map(({ reason }) => reason).sort()).toEqual(["HandlerFailed", "Refused"]);
  });

  it("is not stored where it is refused: the bounds of its mailbox hold", async () => {
    const store = new Paper();
    const gate = plan();
    const options = { ...mail, mailbox: { messages: 3 }, window: 1, shutdown: "brutal" } as const;
    const tree = () => ({ gate: gateOf(gate), box: at(level, Postbox, props, options) });
    const { refs, app, letters } = await play(tree(), {}, { store });
    refs.box.tell.putAt("door", "held");
    await gate.reached("door");
    const taken = [1, 2, 3, 4, 5].map((letter) => refs.box.tell.put(letter));
    expect(taken).toEqual([true, true, true, false, false]);
    expect(letters.map(({ reason }) => reason)).toEqual(["MailboxFull", "MailboxFull"]);
    await until(() => store.tails(MAIL) === 4, "four tells that are stored");
    await app.stop({ drain: 0 });
    gate.open("door");
    const second = await play(tree(), {}, { store });
    await until(() => store.tails(MAIL) === 0, "no tell that is stored");
    expect(await second.refs.box.ask.letters()).toEqual(["held", 1, 2, 3]);
  });

  it("lets go of what a newer one took the place of", async () => {
    const store = new Paper();
    const gate = plan();
    const options = { ...mail, mailbox: { messages: 2, overflow: "drop-oldest" }, window: 1 } as const;
    const { refs } = await play({ gate: gateOf(gate), box: at(level, Postbox, props, options) }, {}, { store });
    refs.box.tell.putAt("door", "held");
    await gate.reached("door");
    for (const letter of [1, 2, 3, 4]) expect(refs.box.tell.put(letter)).toBe(true);
    await until(() => store.tails(MAIL) === 3, "three tells that are stored");
    gate.open("door");
    await until(() => store.tails(MAIL) === 0, "no tell that is stored");
    expect(await refs.box.ask.letters()).toEqual(["held", 3, 4]);
  });

  it("runs again where what it changed could not be stored, before what came later, and counts once", async () => {
    const store = new Paper();
    const { refs, letters } = await play({ box: at(level, Postbox, undefined, mail) }, {}, { store });
    await refs.box.ask.put("first");
    store.held = true;
    refs.box.tell.put("a");
    refs.box.tell.put("b");
    await until(() => store.waiting === 4, "two tells and what they changed");
    // The tells are stored; what they changed is not.
    store.write(2);
    store.lose();
    store.held = false;
    await until(() => store.tails(MAIL) === 0, "no tell that is stored");
    refs.box.tell.put("c");
    expect(await refs.box.ask.letters()).toEqual(["first", "a", "b", "c"]);
    expect(letters).toEqual([]);
  });

  it("waits while nothing can be stored, and runs when it can be again", async () => {
    const store = new Paper();
    const gate = plan();
    const tree = { gate: gateOf(gate), box: at(level, Postbox, props, mail) };
    const { refs, letters, events } = await play(tree, {}, { store });
    refs.box.tell.putAt("door", "first");
    await gate.reached("door");
    for (const letter of ["a", "b", "c"]) refs.box.tell.put(letter);
    await until(() => store.tails(MAIL) === 4, "four tells that are stored");
    store.fails();
    expect(await failure(refs.box.ask.letters())).toMatchObject({ code: "StoreFailed", retryable: true });
    gate.open("door");
    await until(() => events.some(({ type }) => type === "death"), "what the first changed to be undone");
    store.recovers();
    await until(() => store.tails(MAIL) === 0, "no tell that is stored");
    expect(await refs.box.ask.letters()).toEqual(["first", "a", "b", "c"]);
    expect(letters).toEqual([]);
  });

  it("runs again where it changed nothing for what is undone", async () => {
    const store = new Paper();
    const { refs, letters } = await play({ box: at(level, Postbox, undefined, mail) }, {}, { store });
    await refs.box.ask.letters();
    store.held = true;
    const lock = failure(refs.box.ask.lock());
    refs.box.tell.putUnlocked("a");
    await until(() => store.waiting === 3, "the lock, the tell and its end");
    store.lose();
    store.held = false;
    expect(await lock).toMatchObject({ code: "StoreFailed" });
    await until(() => store.tails(MAIL) === 0, "no tell that is stored");
    expect(await refs.box.ask.letters()).toEqual(["a"]);
    expect(letters).toEqual([]);
  });

  it("is refused while nothing can be stored", async () => {
    const store = new Paper();
    const { refs, letters } = await play({ box: at(level, Postbox, undefined, mail) }, {}, { store });
    store.failure = new HoldfastError("StoreFailed", "the disk is full");
    expect(refs.box.tell.put("a")).toBe(false);
    expect(letters.map(({ reason }) => reason)).toEqual(["StoreFailed"]);
    store.failure = undefined;
    expect(refs.box.tell.put("b")).toBe(true);
    expect(await refs.box.ask.letters()).toEqual(["b"]);
  });

  it("waits for its actor where that is stopped by hand, and comes with its next start", async () => {
    const store = new Paper();
    const gate = plan();
    const options = { ...mail, shutdown: "brutal", window: 1 } as const;
    const tree = { gate: gateOf(gate), box: at(level, Postbox, props, options) };
    const { refs, app, letters } = await play(tree, {}, { store });
    refs.box.tell.putAt("door", "held");
    await gate.reached("door");
    refs.box.tell.put("waits");
    await until(() => store.tails(MAIL) === 2, "two tells that are stored");
    const before = gate.arrivals("door");
    gate.open("door");
    await app.restart("box");
    expect(await refs.box.ask.letters()).toEqual(["held", "waits"]);
    expect(gate.arrivals("door")).toBeGreaterThanOrEqual(before);
    expect(letters).toEqual([]);
    await until(() => store.tails(MAIL) === 0, "no tell that is stored");
  });

  it("stays where its actor has ended for now, and is no dead letter", async () => {
    const store = new Paper();
    const options = { ...mail, restart: "transient" } as const;
    const { refs, app, letters } = await play({ box: at(level, Postbox, undefined, options) }, {}, { store });
    refs.box.tell.leave();
    refs.box.tell.put("waits");
    const state = () => app.tree().children!.find(({ name }) => name === "box")!.state;
    await until(() => state() === "stopped", "its end");
    expect(store.tails(MAIL)).toBe(1);
    await app.restart("box");
    expect(await refs.box.ask.letters()).toEqual(["waits"]);
    await until(() => store.tails(MAIL) === 0, "no tell that is stored");
    expect(letters).toEqual([]);
  });

  it("wakes the keys that have some, whatever they are called", async () => {
    const store = new Paper();
    const gate = plan();
    const tree = () => ({
      gate: gateOf(gate),
      box: keyed(at(level, Postbox, props, { ...mail, shutdown: "brutal" })),
    });
    const keys = ["plain", "a#b", "!", "odd!mail", "a!!"];
    const first = await play(tree(), {}, { store });
    for (const key of keys) first.refs.box.key(key).tell.putAt("door", key);
    first.refs.box.key("done").tell.put("done");
    await gate.reached("door", keys.length);
    await first.refs.box.key("done").ask.letters();
    await first.app.stop({ drain: 0 });
    gate.open("door");
    const second = await play(tree(), {}, { store });
    await until(() => store.mails().length === 0, "no tell that is stored");
    for (const key of [...keys, "done"]) expect(await second.refs.box.key(key).ask.letters()).toEqual([key]);
    await second.app.stop();
    expect([...store.ids()].filter((id) => !id.startsWith("!")).sort()).toEqual(
      ["app/box#plain", "app/box#a#b", "app/box#!!", "app/box#odd!!mail", "app/box#a!!!!", "app/box#done"].sort(),
    );
  });

  it("does not store asks: their callers hear", async () => {
    const store = new Paper();
    const gate = plan();
    const tree = { gate: gateOf(gate), box: at(level, Postbox, props, { ...mail, shutdown: "brutal" }) };
    const { refs, app } = await play(tree, {}, { store });
    const asked = failure(refs.box.ask.putAt("door", "asked"));
    await gate.reached("door");
    expect(store.mails()).toEqual([]);
    await app.stop({ drain: 0 });
    expect(await asked).toBeInstanceOf(Error);
  });
});

describe.each(walls)("mail that kills its actor, $level", ({ level }) => {
  it("is blamed over starts of the process, and no more tried after the second death", async () => {
    const store = new Paper();
    const options = { ...mail, backoff: { initial: 0 } };
    const first = await play({ box: at(level, Postbox, undefined, options) }, {}, { store });
    // From the first death on nothing starts again in this life.
    first.refs.box.tell.kills();
    await until(() => first.app.reports().length >= 1, "a death");
    await until(() => store.batches.some((batch) => batch.some(isCharge)), "a charge that is stored");
    const snapshot = store.copy();
    await first.app.stop({ drain: 0 });
    // As if the process had ended right after that.
    const second = await play({ box: at(level, Postbox, undefined, options) }, {}, { store: snapshot });
    await until(() => second.letters.length === 1, "a dead letter");
    expect(second.letters[0]).toMatchObject({ method: "kills", reason: "poison" });
    expect(second.app.reports().length).toBe(1);
    await until(() => snapshot.tails(MAIL) === 0, "no tell that is stored");
    second.refs.box.tell.put("goes on");
    expect(await second.refs.box.ask.letters()).toEqual(["goes on"]);
  });
});

const numbers = new Set<number>();

/** The second piece of one number: it tells of a death. */
function isCharge(change: { kind: string; id: string; seq?: number }): boolean {
  if (change.kind !== "tail" || change.id !== MAIL) return false;
  const again = numbers.has(change.seq!);
  numbers.add(change.seq!);
  return again;
}
