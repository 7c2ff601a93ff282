import { causeText, dynamic, keyed } from "holdfast";
import { faulty } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import { at, failure, levels, play } from "./stage.js";
import { until } from "./until.js";

describe.each(levels)("an actor that stops itself, $level", ({ level }) => {
  it("answers what executes first; a permanent one is started again, its mail waiting for it", async () => {
    const { refs, app } = await play({ hand: at(level, Hand) });
    const [bye, next] = await Promise.all([refs.hand.ask.leave(), refs.hand.ask.who()]);
    expect(bye).toBe("bye");
    expect(next).toMatchObject({ incarnation: 2 });
    expect(app.reports()).toMatchObject([
      { cause: { kind: "stopped-itself" }, decision: "restart", level: "in-place" },
    ]);
    expect(causeText(app.reports()[0]!.cause)).toContain("stopSelf()");
  });

  it("a transient one is down until it is restarted by hand, its mail refused", async () => {
    const { refs, app } = await play({ hand: at(level, Hand, undefined, { restart: "transient" }) });
    const notice = new Promise((resolve) => app.watch(refs.hand, resolve));
    const late = failure(refs.hand.ask.leave().then(() => refs.hand.ask.say("too late")));
    expect(await late).toMatchObject({ code: "ActorStopped" });
    expect(app.child("hand")).toMatchObject({ state: "stopped", reason: expect.stringContaining("stopSelf()") });
    expect(app.reports()).toMatchObject([{ decision: "stop" }]);
    expect(await notice).toMatchObject({ reason: "stopped", cause: expect.stringContaining("stopSelf()") });
    await until(() => app.tree().children![0]!.host === undefined, "its host to be let go");
    await app.restart("hand");
    expect(await refs.hand.ask.say("again")).toBe("again");
  });

  it("has its shutdown time to finish, no longer: past it, it is killed, and restarted as after any such end", async () => {
    const slow = faulty(at(level, Hand, undefined, { restart: "transient", shutdown: "200ms" }), {
      slowToStop: Number.POSITIVE_INFINITY,
    });
    const { refs, app } = await play({ hand: slow });
    await refs.hand.ask.leave();
    expect(await refs.hand.ask.who()).toMatchObject({ incarnation: 2 });
    expect(app.reports()).toMatchObject([{ cause: { kind: "killed", by: expect.stringContaining("shutdown time") } }]);
  });

  it("a transient one that crashes is restarted all the same", async () => {
    const { refs } = await play({ hand: at(level, Hand, undefined, { restart: "transient" }) });
    await failure(refs.hand.ask.fail("x"));
    expect(await refs.hand.ask.say("back")).toBe("back");
  });

  it("a temporary one, and a dynamic supervisor's, is forgotten", async () => {
    const { refs, app } = await play({
      hand: at(level, Hand, undefined, { restart: "temporary" }),
      jobs: dynamic(at(level, Hand, undefined, { restart: "transient" })),
    });
    const job = await refs.jobs.spawn("one");
    await Promise.all([refs.hand.ask.leave(), job.ask.leave()]);
    await until(() => app.child("hand") === undefined && refs.jobs.size === 0, "both to be forgotten");
  });

  it("a significant one takes its supervisor along, cleanly", async () => {
    const { refs, app } = await play(
      { job: at(level, Hand, undefined, { restart: "transient", significant: true }), other: at(level, Hand) },
      { autoShutdown: "all-significant" },
    );
    await refs.job.ask.leave();
    expect(await app.ended).toBeUndefined();
  });

  it("a key makes room: its next message makes it anew", async () => {
    const { refs, app } = await play({ hands: keyed(at(level, Hand, undefined, { restart: "transient" })) });
    const hand = refs.hands.key("a");
    await hand.ask.keep("old");
    await hand.ask.leave();
    await until(
      () => app.tree().children![0]!.children![0]!.children === undefined || app.reports().length > 0,
      "its end",
    );
    let kept: unknown = "old";
    while (kept === "old") kept = await hand.ask.kept().catch(() => "old");
    expect(kept).toBeUndefined();
  });

  it("a key too has its shutdown time only: past it, it is ended, and made anew", async () => {
    const slow = faulty(at(level, Hand, undefined, { shutdown: "200ms" }), { slowToStop: Number.POSITIVE_INFINITY });
    const { refs, app } = await play({ hands: keyed(slow) });
    await refs.hands.key("a").ask.leave();
    expect(await refs.hands.key("a").ask.who()).toMatchObject({ incarnation: 2 });
    expect(app.reports()).toMatchObject([{ key: "a", cause: { by: expect.stringContaining("shutdown time") } }]);
  });

  it("is told in start() to answer ignore instead", async () => {
    class Hasty extends Hand {
      start() {
        this.stopSelf();
      }
    }
    if (level !== "inline") return;
    expect((await failure(play({ hasty: at(level, Hasty) }))).message).toContain("return ignore instead");
  });
});
