import { Actor, inline, keyed, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { failure, play } from "./stage.js";

/** What plain JavaScript lets through: everything here is wrong on purpose, so nothing of it is typed. */
type Loose = (...args: unknown[]) => unknown;
const loose = (value: unknown) => value as Loose;
type LooseApp = Record<string, Loose>;

class Hello extends Actor {
  hi() {
    return "hi";
  }
}

class Parent extends Actor {
  async make(what: "class" | "text" | "pool"): Promise<unknown> {
    const wrong = { class: Hello, text: "hello", pool: supervisor({}, {}) }[what];
    return (loose(this.spawn) as Loose).call(this, "k", wrong);
  }
}

class NoActor {}
/** As one of another copy of the package, which `instanceof` does not know. */
const OtherCopy = { Actor: class Actor {} };
class Foreign extends OtherCopy.Actor {}

describe("a path that is none is refused by what was given", () => {
  const calls = ["terminate", "restart", "remove", "kill", "add", "release", "child", "ref"];
  it.each(calls)("app.%s()", async (call) => {
    const { app, refs } = await play({ hi: inline(Hello), many: keyed(inline(Hello)) });
    const says = async (given: unknown) => {
      const error = await failure((async () => (app as unknown as LooseApp)[call]!(given))());
      expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "path" } });
      return error.message;
    };
    const fix = 'give names with "/" between them, such as "models/digits"';
    expect(await says(undefined)).toBe(`the path is undefined: ${fix}`);
    expect(await says(5)).toBe(`the path is 5: ${fix}`);
    expect(await says({})).toBe(`the path is an object: ${fix}`);
    expect(await says(refs.hi)).toBe('the path is a ref: give its path, "app/hi"');
    expect(await refs.hi.ask.hi()).toBe("hi");
  });

  it.each(["children", "count"])("app.%s(), which without one means the root", async (call) => {
    const { app, refs } = await play({ hi: inline(Hello) });
    expect(() => (app as unknown as LooseApp)[call]!(refs.hi)).toThrow('the path is a ref: give its path, "app/hi"');
    expect(() => (app as unknown as LooseApp)[call]!(null)).toThrow("the path is null: give names");
  });
});

describe("a class or a spec in the wrong place", () => {
  it.each([
    ["class", "spawn() got class Hello: write inline(Hello), thread(url) or fork(url)"],
    ["text", 'spawn() got "hello": give the spec of one actor, such as inline(YourActor), thread(url) or fork(url)'],
    ["pool", "spawn() got a supervisor spec: give the spec of one actor, such as thread(url): pools, groups and"],
  ] as const)("spawn() of a %s", async (what, says) => {
    const { refs } = await play({ parent: inline(Parent) });
    const error = await failure(refs.parent.ask.make(what));
    expect(error.message).toContain(says);
    expect(error.message).not.toContain("return");
  });

  it.each([
    [NoActor, 'inline() got class NoActor, which does not extend Actor: write "class NoActor extends Actor"'],
    [class {}, 'inline() got a class without a name, which does not extend Actor: write "class Name extends Actor"'],
    [() => new Hello(), "inline() got a function, which does not extend Actor"],
  ])("inline() of what is no actor %#", (given, says) => {
    expect(() => loose(inline)(given)).toThrow(expect.objectContaining({ code: "InvalidSpec" }));
    expect(() => loose(inline)(given)).toThrow(says);
  });

  it("inline() takes a class of another copy of the package", () => {
    expect(loose(inline)(Foreign)).toMatchObject({ kind: "actor", runs: Foreign });
  });
});

describe("an app that has stopped says so", () => {
  const gone = "app has stopped: start another with system()";

  it("to whoever wants something of it up or down", async () => {
    const { app } = await play({ hi: inline(Hello), below: supervisor({}, { hi: inline(Hello) }) });
    await app.stop();
    for (const path of ["hi", "below/hi", "below"]) {
      const error = await failure(app.restart(path));
      expect(error).toMatchObject({ code: "Unavailable", message: gone });
    }
    expect((await failure(app.add("", "more", inline(Hello)))).message).toBe(gone);
    expect((await failure(app.terminate("hi"))).message).toBe(gone);
  });

  it("to messages that come afterwards, and not to those it was to finish", async () => {
    class Stuck extends Actor {
      wait(): Promise<never> {
        return new Promise(() => {});
      }
    }
    const { app, refs } = await play({
      stuck: inline(Stuck, undefined, { shutdown: "brutal" }),
      many: keyed(inline(Hello)),
    });
    await refs.many.key("a").ask.hi();
    const before = [failure(refs.stuck.ask.wait()), failure(refs.stuck.ask.wait())];
    await app.stop({ drain: 0 });
    for (const error of await Promise.all(before)) expect(error.message).not.toBe(gone);
    for (const late of [refs.stuck.ask.wait(), refs.many.key("a").ask.hi(), refs.many.key("b").ask.hi()]) {
      expect(await failure(late as Promise<unknown>)).toMatchObject({ code: "ActorStopped", message: gone });
    }
  });
});

describe("a strategy in other words", () => {
  it.each([
    ["one-for-all", "all-for-one"],
    ["one_for_all", "all-for-one"],
    ["one_for_one", "one-for-one"],
    ["rest_for_one", "rest-for-one"],
    ["all-for-on", "all-for-one"],
  ])("%s is answered with %s", async (strategy, meant) => {
    const error = await failure(play({ hi: inline(Hello) }, { strategy: strategy as "one-for-one" }));
    expect(error.code).toBe("InvalidSpec");
    expect(error.message).toBe(
      `app.strategy is "${strategy}": did you mean "${meant}"? (there are: "one-for-one", "all-for-one", "rest-for-one")`,
    );
  });

  it("nothing is guessed for what is like none", async () => {
    const error = await failure(play({ hi: inline(Hello) }, { strategy: "whatever" as "one-for-one" }));
    expect(error.message).toBe('app.strategy is "whatever": give one of "one-for-one", "all-for-one", "rest-for-one"');
  });
});

describe("a key that is no text is refused by what was given", () => {
  it.each([
    [5, 'the key is 5: give text, "5"'],
    [null, "the key is null: give text"],
    [[], "the key is an array: give text"],
    [{ id: 1 }, "the key is an object: give text"],
  ])("%j", async (key, says) => {
    const { app, refs } = await play({ many: keyed(inline(Hello)) });
    const refused = { code: "InvalidValue", message: expect.stringContaining(says) };
    const { many } = refs as unknown as { many: LooseApp };
    expect(await failure((async () => many.key!(key))())).toMatchObject(refused);
    if (key !== null) expect(await failure((async () => many.with!({ key }))())).toMatchObject(refused);
    expect(await failure(app.release("many", key as never))).toMatchObject({ code: "InvalidValue" });
  });
});
