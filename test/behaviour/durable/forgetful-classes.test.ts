import { Actor, HoldfastError, inline } from "holdfast";
import { describe, expect, it } from "vitest";
import { Tally } from "../../actors/tally.mjs";
import { failure, play } from "../stage.js";
import { Paper } from "./paper.js";

const durable = { durable: true } as const;

class Account extends Actor {
  #sum = 0;
  add(amount: number) {
    this.persist(amount);
    return this.#sum;
  }
  apply(amount: number) {
    this.#sum += amount;
  }
}

/** What is stored after one life of a class, in which one message came. */
async function stored(actorClass: typeof Account | typeof Tally): Promise<Paper> {
  const store = new Paper();
  const { app, refs } = await play({ one: inline(actorClass as typeof Account, undefined, durable) }, {}, { store });
  await refs.one.ask.add(5);
  await app.stop();
  return store;
}

async function refusal(store: Paper, actorClass: new () => Actor) {
  const before = store.pieces("app/one");
  const error = await failure(play({ one: inline(actorClass as typeof Account, undefined, durable) }, {}, { store }));
  expect(store.pieces("app/one")).toBe(before);
  return error;
}

it("what is asked of an app that has ended says so, and that to try again is no use", async () => {
  const { app } = await play({ one: inline(Tally, undefined, durable) }, {}, { store: new Paper() });
  await app.stop();
  const ended = {
    code: "Unavailable",
    retryable: false,
    message: expect.stringContaining("start another with system()"),
  };
  expect(await failure(app.restart("one"))).toMatchObject(ended);
  expect(await failure(app.forget("one"))).toMatchObject(ended);
});

describe("a stored state that its class would lose", () => {
  it("is refused where a snapshot is stored and the class has no restore()", async () => {
    const store = await stored(Tally);
    const error = await refusal(store, Account);
    expect(error).toMatchObject({ code: "StateRefused" });
    expect(error.message).toContain("app/one: a snapshot is stored, and Account has no restore()");
  });

  it("is refused where events are stored and the class has no apply()", async () => {
    const error = await refusal(await stored(Account), Tally);
    expect(error).toMatchObject({ code: "StateRefused" });
    expect(error.message).toContain("app/one has stored events, and its class has no apply(event)");
  });

  it("is named once where the class refuses it by its path", async () => {
    class Picky extends Tally {
      override restore(): void {
        throw new HoldfastError("StateRefused", `${this.self.path}: not this one`);
      }
    }
    expect((await refusal(await stored(Tally), Picky)).message).toMatch(
      /^(?!.*app\/one: app\/one).*app\/one: not this one/,
    );
  });

  it("is refused where migrate() forgets its return", async () => {
    class Later extends Tally {
      static override version = 2;
      static migrate() {}
    }
    const error = await refusal(await stored(Tally), Later);
    expect(error).toMatchObject({ code: "StateRefused" });
    expect(error.message).toContain("migrate() returned nothing: return the state (null, where there is none)");
  });

  it("is refused where migrateEvent() forgets its return", async () => {
    class Later extends Account {
      static override version = 2;
      static migrateEvent() {}
    }
    const error = await refusal(await stored(Account), Later);
    expect(error).toMatchObject({ code: "StateRefused" });
    expect(error.message).toContain("migrateEvent() returned nothing: return the event");
  });

  it("stays where snapshot() forgets its return: the message is undone", async () => {
    class Forgot extends Tally {
      override snapshot(): never {
        return undefined as never;
      }
    }
    const store = await stored(Tally);
    const before = store.pieces("app/one");
    const { refs } = await play({ one: inline(Forgot, undefined, durable) }, {}, { store });
    const error = await failure(refs.one.ask.add(1));
    expect(error.message).toContain("snapshot() returned undefined: return the state (null, where there is none)");
    expect(store.pieces("app/one")).toBe(before);
  });
});
