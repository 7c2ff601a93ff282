import { Actor, inline, type Ref, supervisor, system } from "holdfast";
import { expect, it } from "vitest";
import { failure } from "./stage.js";

class Who extends Actor<{ name: string }> {
  who(): string {
    return this.props.name;
  }
}
class Hand extends Actor {
  async pass(to: Ref<Who>): Promise<string> {
    return to.ask.who();
  }
}
class Holder extends Actor<{ to: Ref<Who> }> {
  async pass(): Promise<string> {
    return this.props.to.ask.who();
  }
}

it("a ref of one system is refused by another, whose actor has the same path", async () => {
  const here = await system(supervisor({}, { who: inline(Who, { name: "here" }), hand: inline(Hand) }));
  const there = await system(supervisor({}, { who: inline(Who, { name: "there" }) }));
  try {
    expect(await here.refs.hand.ask.pass(here.refs.who)).toBe("here");
    const refused = { code: "InvalidValue", message: expect.stringMatching(/app\/who of another system/) };
    expect(await failure(here.refs.hand.ask.pass(there.refs.who))).toMatchObject(refused);
    expect(() => here.watch(there.refs.who, () => {})).toThrow(expect.objectContaining(refused));
    const held = supervisor(
      {},
      { who: inline(Who, { name: "third" }), holder: inline(Holder, { to: there.refs.who }) },
    );
    expect(await failure(system(held))).toMatchObject({ message: expect.stringMatching(/app\/who of another system/) });
  } finally {
    await here.stop();
    await there.stop();
  }
});
