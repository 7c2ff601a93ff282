import { Actor, inline, refTo } from "holdfast";
import { machine } from "holdfast/xstate";
import { describe, expect, it } from "vitest";
import type { door } from "../actors/door.mjs";
import { failure, levels, play, walls } from "./stage.js";
import { until } from "./until.js";

const url = new URL("../actors/door.mjs", import.meta.url);

class Log extends Actor {
  #heard: string[] = [];
  emitted({ type }: { type: string }): void {
    this.#heard.push(type);
  }
  heard(): string[] {
    return this.#heard;
  }
}

describe.each(levels)("a machine in its $level", ({ level }) => {
  const doorAt = () => machine<typeof door>(url, { isolation: level, input: { name: "front" } });

  it("answers an event with the state after it", async () => {
    const { refs } = await play({ door: doorAt() });
    expect(await refs.door.ask.getSnapshot()).toMatchObject({ status: "active", value: "shut" });
    expect(await refs.door.ask.send({ type: "open" })).toMatchObject({
      value: "open",
      context: { opened: 1, name: "front" },
    });
    expect(await refs.door.ask.can({ type: "open" })).toBe(false);
    expect(await refs.door.ask.can({ type: "shut" })).toBe(true);
    expect(refs.door.tell.send({ type: "shut" })).toBe(true);
    expect(await refs.door.ask.getSnapshot()).toMatchObject({ value: "shut" });
  });

  it("stays when it is done, and tells its output", async () => {
    const { refs } = await play({ door: doorAt() });
    expect(await refs.door.ask.send({ type: "burn" })).toMatchObject({ status: "done", output: { opened: 0 } });
    expect(await refs.door.ask.send({ type: "open" })).toMatchObject({ status: "done", value: "burnt" });
  });

  it("hears of an invoked promise's end, and of its failure, by a message of its own", async () => {
    const { refs, app } = await play({ door: doorAt() });
    await refs.door.ask.send({ type: "card", id: "7" });
    const value = async () => (await refs.door.ask.getSnapshot()).value;
    await expect.poll(value, { timeout: 25_000 }).toBe("open");
    expect(await refs.door.ask.send({ type: "shut" })).toMatchObject({ context: { owner: "owner of 7" } });
    await refs.door.ask.send({ type: "card", id: "forged" });
    await expect.poll(value, { timeout: 25_000 }).toBe("shut");
    expect(await refs.door.ask.getSnapshot()).toMatchObject({ context: { owner: "no such card" } });
    expect(app.reports()).toEqual([]);
  });

  it("is rebuilt as it was where an event breaks it, and its caller hears why", async () => {
    const { refs } = await play({ door: doorAt() });
    await refs.door.ask.send({ type: "open" });
    expect(await failure(refs.door.ask.send({ type: "kick" }))).toMatchObject({
      code: "HandlerFailed",
      cause: { message: "kicked in" },
    });
    expect(await refs.door.ask.getSnapshot()).toMatchObject({ value: "open", context: { opened: 1 } });
    expect(await refs.door.ask.send({ type: "shut" })).toMatchObject({ value: "shut" });
  });

  it("tells what it emits to an actor", async () => {
    const { refs } = await play({
      log: inline(Log),
      door: machine<typeof door>(url, { isolation: level, emits: refTo<Log>("log") }),
    });
    await refs.door.ask.send({ type: "open" });
    await expect.poll(() => refs.log.ask.heard(), { timeout: 25_000 }).toEqual(["opened"]);
  });

  it.each([{ type: "xstate.stop" }, { type: "*" }, "open", undefined, { kind: "open" }])(
    "refuses %j, which is no event of its own",
    async (event) => {
      const { refs, app } = await play({ door: doorAt() });
      expect(await failure(refs.door.ask.send(event as never))).toMatchObject({ code: "Refused" });
      expect(await refs.door.ask.getSnapshot()).toMatchObject({ status: "active" });
      expect(app.reports()).toEqual([]);
    },
  );
});

describe.each(walls)("a machine in a $level that dies", ({ level }) => {
  it("goes on where it was, with what waited", async () => {
    const { refs, app } = await play({ door: machine<typeof door>(url, { isolation: level }) });
    await refs.door.ask.send({ type: "open" });
    const sawn = failure(refs.door.ask.send({ type: "saw" }));
    const shut = refs.door.ask.send({ type: "shut" });
    expect(await sawn).toMatchObject({ code: "PoisonedMessage" });
    expect(await shut).toMatchObject({ value: "shut", context: { opened: 1 } });
    expect(app.reports()).toHaveLength(2);
    app.kill("door");
    await until(() => app.tree().children![0]!.state === "running", "the door is back");
    expect(await refs.door.ask.send({ type: "open" })).toMatchObject({ context: { opened: 2 } });
  });
});

describe.each(walls)("a machine in a $level with a hot standby", ({ level }) => {
  it("goes on in it, and the standby does nothing before", async () => {
    const { refs, app } = await play({
      door: machine<typeof door>(url, { isolation: level, standby: "hot", backoff: { initial: 0 } }),
    });
    await refs.door.ask.send({ type: "open" });
    for (const round of [1, 2]) {
      await until(() => app.tree().children![0]!.standby === "ready", "a standby");
      await refs.door.ask.send({ type: "shut" });
      expect(await refs.door.ask.send({ type: "open" })).toMatchObject({ context: { opened: round + 1 } });
      app.kill("door");
      expect(await refs.door.ask.getSnapshot()).toMatchObject({ value: "open", context: { opened: round + 1 } });
      expect(app.reports().at(-1)).toMatchObject({ level: "standby" });
    }
    await refs.door.ask.send({ type: "shut" });
    expect(await refs.door.ask.send({ type: "card", id: "7" })).toMatchObject({ value: "asking" });
    await expect.poll(async () => (await refs.door.ask.getSnapshot()).value, { timeout: 25_000 }).toBe("open");
  });
});
