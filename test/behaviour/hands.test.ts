import { Actor, dynamic, inline, supervisor, system } from "holdfast";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { at, failure, levels, play } from "./stage.js";

describe.each(levels)("several hands on one child, $level", ({ level }) => {
  it("who terminates it hears that it was down, also when somebody else has it started again", async () => {
    const { app, refs } = await play({ hand: at(level, Hand) });
    await Promise.all([app.terminate("hand"), app.restart("hand")]);
    expect(await refs.hand.ask.say("up")).toBe("up");
  });

  it("who restarts it hears that somebody else took it away", async () => {
    const { app } = await play({ hand: at(level, Hand) });
    const restarted = failure(app.restart("hand"));
    await Promise.all([app.remove("hand"), app.terminate("hand")]);
    expect(await restarted).toMatchObject({ code: "ActorStopped" });
    expect(app.children()).toEqual([]);
  });
});

describe("a listener that acts at once, while a supervisor decides", () => {
  it("has a child that it adds and removes in one breath removed, and nothing else harmed", async () => {
    const { app, refs } = await play({ hand: inline(Hand), more: dynamic(inline(Hand)) });
    const outcomes: Promise<unknown>[] = [];
    const end = app.subscribe((event) => {
      if (event.type !== "life" || event.path !== "app/more/first") return;
      end();
      outcomes.push(failure(refs.more.spawn("second")), refs.more.remove("second"));
    });
    await refs.more.spawn("first");
    expect(await Promise.all(outcomes)).toMatchObject([{ code: "ActorStopped" }, undefined]);
    expect(await app.refs.hand.ask.say("unharmed")).toBe("unharmed");
    expect(await (await refs.more.spawn("second")).ask.say("a new one")).toBe("a new one");
  });

  it("hears that what it adds is not started where it has just ended the supervisor", async () => {
    const { app, refs } = await play({ more: dynamic(inline(Hand)) });
    await refs.more.spawn("only");
    const outcomes: Promise<unknown>[] = [];
    app.watch("more/only", () => {
      outcomes.push(app.terminate("more"), failure(refs.more.spawn("late")));
    });
    await refs.more.remove("only");
    expect(await Promise.all(outcomes)).toMatchObject([undefined, { code: "ActorStopped" }]);
    await app.restart("more");
    expect(app.children("more")).toEqual([]);
  });
});

describe("a system that stops", () => {
  it("takes no child more, since it would take new mail", async () => {
    let done = () => {};
    const finished = new Promise<void>((resolve) => {
      done = resolve;
    });
    class Busy extends Actor {
      work() {
        return finished;
      }
    }
    const { app, refs } = await play({ busy: inline(Busy), models: supervisor({}, {}), more: dynamic(inline(Hand)) });
    const work = refs.busy.ask.work();
    const stopped = app.stop();
    expect(await failure(app.add("models", "late", inline(Hand)))).toMatchObject({ code: "Draining" });
    expect(await failure(refs.more.spawn("late"))).toMatchObject({ code: "Draining" });
    done();
    await Promise.all([work, stopped]);
  });
});

describe("a start that fails", () => {
  class Slow extends Actor {
    answer(): Promise<never> {
      return new Promise(() => {});
    }
  }

  it("is StartFailed whatever start() threw, with that as its cause", async () => {
    class Needs extends Actor {
      async start() {
        await slow.with({ timeout: 1 }).ask.answer();
      }
    }
    const { app, refs } = await play({ slow: inline(Slow) });
    const { slow } = refs;
    const error = await failure(app.add("", "needs", inline(Needs)));
    expect(error).toMatchObject({ code: "StartFailed", cause: { code: "Timeout" } });
    const whole = await failure(system(supervisor({}, { needs: inline(Needs) })));
    expect(whole).toMatchObject({ code: "StartFailed", cause: { code: "Timeout" } });
  });
});

describe("names and paths", () => {
  it("of dots alone, or too long, are refused: a URL would lose them", async () => {
    const { app, refs } = await play({ more: dynamic(inline(Hand)) });
    for (const name of [".", "..", "x".repeat(201)]) {
      expect(await failure(refs.more.spawn(name))).toMatchObject({ code: "InvalidSpec" });
      expect(await failure(app.add("", name, inline(Hand)))).toMatchObject({ code: "InvalidSpec" });
    }
    for (const name of ["__proto__", "constructor", "a..b", "x".repeat(200)]) {
      expect(await (await refs.more.spawn(name)).ask.say(name)).toBe(name);
      expect(app.child(`more/${name}`)).toMatchObject({ name, state: "running" });
    }
  });

  it("that are no text are refused with what was given", async () => {
    const { app } = await play({});
    for (const path of [undefined, null, 7, {}, Symbol("x")] as unknown[] as string[]) {
      expect(await failure(app.terminate(path))).toMatchObject({ code: "InvalidSpec" });
      expect(await failure(app.add(path, "x", inline(Hand)))).toMatchObject({ code: "InvalidSpec" });
      expect(() => app.ref(path)).toThrow("the path is ");
    }
  });
});
