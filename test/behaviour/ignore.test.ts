import { existsSync } from "node:fs";
import { Actor, inline, keyed, pool, refTo, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { Idler } from "../actors/reach.mjs";
import type { Gate } from "./gate.js";
import { reach } from "./reach.js";
import { scratch } from "./scratch.js";
import { deaths, failure, gateOf, levels, plan, play } from "./stage.js";
import { until } from "./until.js";

const gate = refTo<Gate>("gate");

describe.each(levels)("start() answers ignore, $level", ({ level }) => {
  it("is no failure: the others run, its mail is refused with what to do, and nothing is reported", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      idler: reach(level, Idler, { gate, works: "idler works" }),
      next: reach(level, Idler, { gate }),
    });
    const error = await failure(refs.idler.ask.say(1));
    expect(error).toMatchObject({ code: "ActorStopped", retryable: true });
    expect(error.message).toBe(
      "app/idler did not start: its start() answered ignore; restart it by hand when there is something to do",
    );
    expect(refs.idler.tell.say(2)).toBe(false);
    expect(await refs.next.ask.say(3)).toBe(3);
    expect(deaths(app)).toEqual([]);
    const [, node] = app.tree().children!;
    expect(node).toMatchObject({ name: "idler", state: "stopped", restarts: 0 });
    expect(node).not.toHaveProperty("host");
  });

  it("lets its host go, with what load() made", async () => {
    const made = plan();
    const unloads = scratch("unloaded");
    await play({ gate: gateOf(made), idler: reach(level, Idler, { gate, works: "idler works", unloads }) });
    await until(() => existsSync(unloads), "unload() to be done");
  });

  it("is started by hand when there is something to do", async () => {
    const made = plan();
    const { refs, app } = await play({
      gate: gateOf(made),
      idler: reach(level, Idler, { gate, works: "idler works" }),
    });
    made.put("idler works", 1);
    void app.restart("idler");
    await until(() => app.tree().children![1]!.state === "running", "the idler to run");
    expect(await refs.idler.ask.say("at work")).toBe("at work");
  });

  it("after a death too: what waited for it is refused then", async () => {
    const made = plan();
    made.put("idler works", 1);
    const { refs, app } = await play({
      gate: gateOf(made),
      idler: reach(level, Idler, { gate, works: "idler works" }),
    });
    const thrown = failure(refs.idler.ask.fail());
    const waiting = failure(refs.idler.ask.say("who waits"));
    expect(await thrown).toMatchObject({ code: "HandlerFailed" });
    expect(await waiting).toMatchObject({ code: "ActorStopped" });
    await until(() => app.tree().children![1]!.state === "stopped", "the idler to be down");
    expect(deaths(app)).toMatchObject([{ decision: "restart" }]);
  });

  it("is a failed start for a member of a pool, which has to serve", async () => {
    const made = plan();
    const error = await failure(
      play({ gate: gateOf(made), idlers: pool(reach(level, Idler, { gate, works: "idler works" }), { size: 1 }) }),
    );
    expect(error.code).toBe("StartFailed");
    expect(error.message).toContain("app/idlers/1: its start() answered ignore, and a pool's member has to serve");
  });

  it("is a failed start for the actor of a key", async () => {
    const made = plan();
    const idler = reach(level, Idler, { gate, works: "idler works" }, { intensity: { restarts: 0, within: "1s" } });
    const { refs, app } = await play({ gate: gateOf(made), idlers: keyed(idler) });
    const error = await failure(refs.idlers.key("a").ask.say(1));
    expect(error).toMatchObject({ code: "Unavailable" });
    expect(error.message).toContain("its start() answered ignore, and the actor of a key has to serve");
    expect(app.tree().state).toBe("running");
  });
});

it("a temporary actor that has nothing to do leaves nothing behind", async () => {
  const made = plan();
  const idler = reach("inline", Idler, { gate, works: "idler works" }, { restart: "temporary" });
  const { app } = await play({ gate: gateOf(made), below: supervisor({}, { idler }) });
  await until(() => app.tree().children![1]!.children!.length === 0, "the idler to be forgotten");
});

it("mail that was sent while it started is refused, not kept", async () => {
  let decide = (_: symbol) => {};
  const decided = new Promise<symbol>((resolve) => {
    decide = resolve;
  });
  class Undecided extends Actor {
    start(): Promise<symbol> {
      return decided;
    }
    say(value: string): string {
      return value;
    }
  }
  const { refs } = await play({ undecided: inline(Undecided) }, {}, { start: "background" });
  const early = failure(refs.undecided.ask.say("early"));
  // Another copy of the package has made the same symbol.
  decide(Symbol.for("holdfast.ignore"));
  expect(await early).toMatchObject({ code: "ActorStopped" });
});
