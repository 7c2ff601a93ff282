import { describe, expect, it } from "vitest";
import { Actor, type ActorClass } from "../../../src/actor/actor.js";
import type { MethodOptions } from "../../../src/actor/methods.js";
import { factsOf } from "../../../src/host/actor-facts.js";

class Base extends Actor {
  inherited() {}
  overridden() {
    return "base";
  }
}

class Digits extends Base {
  static override methods: Record<string, MethodOptions> = {
    classify: { idempotent: true, limit: "2s", reveal: true },
  };
  field = () => 1;
  get getter() {
    return 1;
  }
  start() {}
  stop() {}
  classify() {}
  override overridden() {
    return "digits";
  }
  async *stream() {
    yield 1;
  }
  _hidden() {}
  #secret() {}
  useSecret() {
    this.#secret();
  }
}

const facts = (actorClass: unknown) => factsOf(actorClass as ActorClass, "app/digits");

describe("what a class tells about itself", () => {
  it("lists its public methods and nothing else", () => {
    expect(Object.keys(facts(Digits).methods).sort()).toEqual(
      ["classify", "inherited", "overridden", "stream", "useSecret"].sort(),
    );
  });

  it("carries what a method declares, and the defaults where it does not", () => {
    const { methods } = facts(Digits);
    expect(methods.classify).toEqual({ idempotent: true, limitMs: 2000, learns: false, reveal: true, stream: false });
    expect(methods.inherited).toEqual({
      idempotent: false,
      limitMs: 60_000,
      learns: true,
      reveal: false,
      stream: false,
    });
    expect(methods.stream!.stream).toBe(true);
  });

  it("has an allow-list that inherits nothing: no toString, no __proto__", () => {
    const { methods } = facts(Digits);
    expect("toString" in methods).toBe(false);
    expect("constructor" in methods).toBe(false);
  });

  it("is replayable with snapshot and restore, both of them", () => {
    class Saves extends Actor {
      snapshot() {}
    }
    class Restores extends Actor {
      restore() {}
    }
    class Whole extends Saves {
      restore() {}
    }
    expect([facts(Digits), facts(Whole)].map(({ replayable }) => replayable)).toEqual([false, true]);
    expect(() => facts(Saves)).toThrow("Saves has snapshot() and no restore(): its state would be lost at each death");
    expect(() => facts(Restores)).toThrow("Restores has restore() and no snapshot()");
  });

  it.each([
    [{ methods: { clasify: {} } }, 'Digits.methods names "clasify", which is no public method (there are: '],
    [{ methods: { start: {} } }, 'names "start"'],
    [{ methods: { classify: { limit: "2 weeks" } } }, 'app/digits: Digits.methods.classify.limit is "2 weeks"'],
    [{ methods: { classify: { limit: 0 } } }, "Digits.methods.classify.limit is 0: every run would count as hung"],
    [{ methods: { classify: { idempotent: "yes" } } }, 'methods.classify.idempotent is "yes": give true or false'],
    [{ methods: 5 }, "app/digits: Digits.methods is 5: give an object"],
    [{ methods: [] }, "Digits.methods is an array"],
    [{ concurrency: 0 }, "app/digits: Digits.concurrency is 0: give an integer from 1 to 1024"],
    [{ concurrency: 1025 }, "Digits.concurrency is 1025: give an integer from 1 to 1024"],
    [{ concurrency: "2" }, 'Digits.concurrency is "2"'],
    [{ onThrow: "replay" }, 'Digits.onThrow is "replay": give "crash" or "reply"'],
    [{ concurrency: 1.5 }, "concurrency is 1.5"],
  ])("refuses %j", (statics, text) => {
    const made = Object.assign(class extends Digits {}, statics);
    Object.defineProperty(made, "name", { value: "Digits" });
    expect(() => facts(made)).toThrow(text);
  });

  it("is event-sourced with apply, with or without snapshots", () => {
    class Events extends Actor {
      apply() {}
      add() {}
    }
    class Both extends Events {
      snapshot() {}
      restore() {}
    }
    expect(facts(Events)).toMatchObject({ replayable: true, eventSourced: true });
    expect(facts(Events)).not.toHaveProperty("saves");
    expect(Object.keys(facts(Events).methods)).toEqual(["add"]);
    expect(facts(Both)).toMatchObject({ replayable: true, eventSourced: true, saves: true });
    expect(facts(Digits)).not.toHaveProperty("eventSourced");
  });

  it("refuses events together with concurrency: nobody could say whose they are", () => {
    class Events extends Actor {
      static override concurrency = 2;
      apply() {}
    }
    expect(() => facts(Events)).toThrow(/Events has apply\(\) and concurrency 2/);
  });

  it.each([0, 1.5, -1, "2", Number.NaN])("refuses the version %j", (version) => {
    class Versioned extends Actor {
      static override version = version as number;
    }
    expect(() => facts(Versioned)).toThrow(/Versioned.version is .*: give a whole number from 1/);
  });

  it("refuses snapshots together with concurrency: there is no moment at which nothing runs", () => {
    class Both extends Actor {
      static override concurrency = 2;
      snapshot() {}
      restore() {}
    }
    expect(() => facts(Both)).toThrow(/Both has snapshot\(\) and concurrency 2/);
  });
});
