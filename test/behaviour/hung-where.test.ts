import { fork, thread } from "holdfast";
import { describe, expect, it } from "vitest";
import type { Stuck } from "../actors/stuck.mjs";
import { deaths, failure, play } from "./stage.js";
import { until } from "./until.js";

const url = new URL("../actors/stuck.mjs", import.meta.url);

describe.each([
  { level: "thread", spec: thread },
  { level: "fork", spec: fork },
] as const)("what hangs in a $level", ({ level, spec }) => {
  it("and awaits for ever is ended at its limit, though its event loop is free and answers others", async () => {
    const { app, refs } = await play({ stuck: spec<Stuck>(url) });
    const hung = failure(refs.stuck.ask.await());
    for (let n = 0; n < 10; n++) expect(await refs.stuck.ask.say(n)).toBe(n);
    expect(await hung).toMatchObject({ code: "ActorDied", details: { cause: "hung" } });
    expect(deaths(app)).toMatchObject([{ cause: { kind: "hung", method: "await", limitMs: 400, where: "await" } }]);
    expect(await refs.stuck.ask.incarnation()).toBe(2);
  });

  it("and loops is ended and replaced, and named so", async () => {
    const { app, refs } = await play({ stuck: spec<Stuck>(url) });
    await failure(refs.stuck.ask.turn());
    expect(deaths(app)).toMatchObject([{ cause: { kind: "hung", method: "turn", limitMs: 400, where: "js" } }]);
    expect(await refs.stuck.ask.incarnation()).toBe(2);
  });

  it("in native code is named so, and replaced at once, whether it can be ended or not", async () => {
    const { app, refs, events } = await play({ stuck: spec<Stuck>(url) });
    const asked = failure(refs.stuck.ask.sleep(4));
    expect(await asked).toMatchObject({ code: "ActorDied", details: { cause: "hung" } });
    expect(await refs.stuck.ask.incarnation()).toBe(2);
    expect(deaths(app)).toMatchObject([{ cause: { kind: "hung", method: "sleep", limitMs: 400, where: "native" } }]);
    const abandoned = () => events.filter(({ type }) => type === "abandoned");
    if (level === "fork") return expect(abandoned()).toEqual([]);
    await until(() => abandoned().length === 1, "the thread to be told of as abandoned");
    expect(abandoned()).toMatchObject([{ exited: false }]);
    // It leaves by itself when its call returns.
    await until(() => abandoned().length === 2, "the abandoned thread to leave");
    expect(abandoned()[1]).toMatchObject({ exited: true });
  });

  it("and waits for native code that never comes back leaves soon, because its event loop turns", async () => {
    const { app, refs, events } = await play({ stuck: spec<Stuck>(url) });
    expect(await failure(refs.stuck.ask.promise())).toMatchObject({ code: "ActorDied", details: { cause: "hung" } });
    expect(deaths(app)).toMatchObject([{ cause: { kind: "hung", method: "promise", where: "native" } }]);
    if (level === "fork") return;
    await until(() => events.some((event) => event.type === "abandoned" && event.exited), "the thread to leave");
  });
});

it("a thread that is still in native code when its system has stopped is named in a warning", async () => {
  const { app, refs, events } = await play({ stuck: thread<Stuck>(url) });
  const warnings: string[] = [];
  const warned = ({ message }: Error) => warnings.push(message);
  process.on("warning", warned);
  try {
    await failure(refs.stuck.ask.sleep(6));
    const left = () => events.find((event) => event.type === "abandoned" && !event.exited);
    await until(() => left() !== undefined, "the thread to be told of as abandoned");
    await app.stop({ drain: 0 });
    const { host } = left() as { host: string };
    await until(() => warnings.length > 0, "the warning");
    expect(warnings).toEqual([expect.stringContaining(`stopped without ${host}:`)]);
    await until(() => events.some((event) => event.type === "abandoned" && event.exited), "the thread to leave");
  } finally {
    process.off("warning", warned);
  }
});
