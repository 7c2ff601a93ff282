import { describe, expect, it } from "vitest";
import { seededChance } from "../../../src/clock.js";
import { Postbox } from "../../actors/postbox.mjs";
import { Journal } from "../../actors/versions.mjs";
import { castingFrom } from "../casting.js";
import { levels, play } from "../stage.js";
import { until } from "../until.js";
import { Paper } from "./paper.js";

const postbox = castingFrom(new URL("../../actors/postbox.mjs", import.meta.url));
const journal = castingFrom(new URL("../../actors/versions.mjs", import.meta.url));
const MAIL = "app/box!mail";

/*
 * A program that dies at any moment, several times: what it told its actor is there exactly once and in order, as far as it
 * had become durable; nothing else is.
 *
 *   life 1   told 1 2 3 4 5    durable: 1 2 3, and what 1 changed      the store as it is then
 *   life 2                     2 and 3 are delivered again; told 6 7 … and so on
 */
describe.each(levels)("mail of a program that dies at any moment, $level", ({ level }) => {
  it.each([1, 2, 3, 4])("is handled exactly once, in order (seed %i)", async (seed) => {
    const chance = seededChance(seed);
    const some = (most: number) => Math.floor(chance() * (most + 1));
    const options = { durable: { mail: true }, snapshotEvery: 1 + some(3) };
    const tree = () => ({ box: postbox(level, Postbox, undefined, options) });
    const expected: string[] = [];
    let store = new Paper();
    for (let life = 1; life <= 4; life++) {
      const { refs, app } = await play(tree(), {}, { store });
      // What the life before left is over before this one is held up, or not.
      if (some(1) === 0) await until(() => store.tails(MAIL) === 0, "the mail of before");
      store.held = true;
      const from = store.batches.length;
      const told = 1 + some(6);
      for (let i = 0; i < told; i++) refs.box.tell.put(`${life}.${i}`);
      const steps = some(3);
      for (let step = 0; step < steps; step++) {
        await new Promise(setImmediate);
        store.write(some(store.waiting));
      }
      // Of this life: the mail that became durable, in the order in which it was told.
      const kept = store.batches
        .slice(from)
        .flat()
        .filter(({ kind, id }) => kind === "tail" && id === MAIL).length;
      for (let i = 0; i < kept; i++) expected.push(`${life}.${i}`);
      const dead = store;
      store = dead.copy();
      // The program is gone, and nothing that it still does counts.
      dead.held = false;
      await app.stop({ drain: 0 });
    }
    const last = await play(tree(), {}, { store });
    await until(() => store.tails(MAIL) === 0, "all mail");
    expect(await last.refs.box.ask.letters()).toEqual(expected);
  });
});

describe.each(levels)("events of a program that dies at any moment, $level", ({ level }) => {
  it.each([1, 2, 3])("are all that was answered, and whole messages of what was not (seed %i)", async (seed) => {
    const chance = seededChance(seed * 77);
    const some = (most: number) => Math.floor(chance() * (most + 1));
    const tree = () => ({ journal: journal(level, Journal, undefined, { durable: true }) });
    let store = new Paper();
    let before = 0;
    for (let life = 1; life <= 4; life++) {
      const { refs, app } = await play(tree(), {}, { store });
      expect((await refs.journal.ask.read())[0]).toBe(before);
      store.held = true;
      const from = store.batches.length;
      const each = 1 + some(4);
      const asks = 1 + some(8);
      let answered = before;
      for (let i = 0; i < asks; i++) {
        refs.journal.ask.write(...Array.from({ length: each }, (_, at) => `${life}.${i}.${at}`)).then(
          (length) => {
            answered = Math.max(answered, length);
          },
          () => {},
        );
      }
      await until(() => store.waiting === asks, "every append");
      store.write(some(asks));
      const durable = store.batches.length - from;
      const dead = store;
      store = dead.copy();
      // What was answered until then; what is answered afterwards is another program's.
      await new Promise(setImmediate);
      expect(answered).toBe(before + durable * each);
      before += durable * each;
      dead.held = false;
      await app.stop({ drain: 0 });
    }
    const { refs } = await play(tree(), {}, { store });
    expect((await refs.journal.ask.read())[0]).toBe(before);
  });
});
