import { describe, expect, it } from "vitest";
import { Tally } from "../../actors/tally.mjs";
import { castingFrom } from "../casting.js";
import { gateOf, plan, play, walls } from "../stage.js";
import { Paper } from "./paper.js";

const at = castingFrom(new URL("../../actors/tally.mjs", import.meta.url));

describe.each(walls)("this.call.sequence, $level", ({ level }) => {
  it("is the same when its message runs again, and no other message's ever", async () => {
    const store = new Paper();
    const made = plan();
    const tree = () => ({
      gate: gateOf(made),
      tally: at(level, Tally, undefined, { durable: true, snapshotEvery: 10 }),
    });
    const first = await play(tree(), {}, { store });
    made.open("a");
    const a = await first.refs.tally.ask.sequence(first.refs.gate as never, "a");
    const asked = first.refs.tally.ask.sequence(first.refs.gate as never, "b");
    await made.reached("b");
    first.app.kill("tally");
    await made.reached("b", 2);
    made.open("b");
    const b = await asked;
    expect(b).toBeGreaterThan(a);
    // After its death the state was built by running the first message again.
    const ran = (name: string) =>
      made.notes.filter((note) => note.startsWith(`${name} `)).map((note) => note.split(" ")[1]);
    expect(ran("a")).toEqual([`${a}`, `${a}`]);
    expect(ran("b")).toEqual([`${b}`, `${b}`]);
    await first.app.stop();
    const second = await play(tree(), {}, { store });
    made.open("c");
    const c = await second.refs.tally.ask.sequence(second.refs.gate as never, "c");
    expect(c).toBeGreaterThan(b);
    expect(ran("a")).toEqual([`${a}`, `${a}`, `${a}`]);
    expect(await second.refs.tally.ask.total()).toBe(3);
  });
});
