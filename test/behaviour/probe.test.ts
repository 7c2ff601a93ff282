import { type ActorSpec, fork, inline, refTo, refuse, supervisor, thread } from "holdfast";
import { probe, settled, stopTestSystems, testSystem } from "holdfast/testing";
import { afterEach, describe, expect, it } from "vitest";
import { Reader, type Store } from "../actors/reader.mjs";
import { failure, levels } from "./stage.js";

const url = new URL("../actors/reader.mjs", import.meta.url);
const store = refTo<Store>("store");

function reader(level: "inline" | "thread" | "fork"): ActorSpec<Reader> {
  if (level === "inline") return inline(Reader, { store });
  return level === "thread" ? thread<Reader>(url, { store }) : fork<Reader>(url, { store });
}

afterEach(stopTestSystems);

describe.each(levels)("a probe reached by an actor, $level", ({ level }) => {
  const stage = async (canned = {}) => {
    const probed = probe<Store>(canned);
    const tree = supervisor({}, { store: probed.spec, reader: reader(level) });
    const test = await testSystem(tree, { time: level === "inline" ? "virtual" : "real" });
    return { probed, ...test, refs: test.refs, app: test.app };
  };

  it("shows the message and its sender, and answers what the test says", async () => {
    const { probed, refs } = await stage();
    const read = refs.reader.ask.read("a");
    const got = await probed.next("get");
    expect(got).toMatchObject({ method: "get", args: ["a"], sender: "app/reader", ask: true, settled: false });
    probed.reply("seven");
    expect(got.settled).toBe(true);
    expect(await read).toBe("read seven");
  });

  it("fails an ask as a throwing handler would, or with the very refusal given", async () => {
    const { probed, refs } = await stage();
    const read = failure(refs.reader.ask.read("a"));
    await probed.next();
    probed.fail(new RangeError("no such shelf"));
    const error = await read;
    expect(error).toMatchObject({ code: "HandlerFailed" });
    expect(error.message).toContain("get threw RangeError: no such shelf");
    const refused = failure(refs.store.ask.get("b"));
    await probed.next();
    probed.fail(refuse("closed", "the shop is closed"));
    expect(await refused).toMatchObject({ code: "Refused", details: { reason: "closed" } });
  });

  it("gives canned answers, and keeps the messages to be read", async () => {
    const { probed, refs } = await stage({ get: async (name: string) => `the ${name}` });
    expect(await refs.reader.ask.read("sea")).toBe("read the sea");
    probed.answers({
      get: () => {
        throw new Error("dry");
      },
    });
    expect(await failure(refs.reader.ask.read("sea"))).toMatchObject({ code: "HandlerFailed" });
    expect(probed.received.map(({ method }) => method)).toEqual(["get", "get"]);
    expect((await probed.next("get")).args).toEqual(["sea"]);
  });

  it("gets tells, which are settled at once", async () => {
    const { probed, refs, app } = await stage();
    expect(await refs.reader.ask.save("a", { deep: [1, new Map([["k", 2n]])] })).toBe(true);
    const got = await probed.next("put");
    expect(got).toMatchObject({ ask: false, settled: true, args: ["a", { deep: [1, new Map([["k", 2n]])] }] });
    expect(() => probed.reply(undefined)).toThrow(/nobody waits for an answer to put\(.*it was a tell/);
    await settled(app);
    await probed.nothing();
  });
});

describe("a probe", () => {
  async function alone(canned = {}) {
    const probed = probe<Store>(canned);
    const test = await testSystem(supervisor({}, { store: probed.spec }));
    return { probed, test, store: test.refs.store };
  }

  it("reads selectively: what is not asked for stays for a later read, in order", async () => {
    const { probed, store } = await alone();
    store.tell.put("a", 1);
    store.tell.put("b", 2);
    const asked = store.ask.get("c");
    expect((await probed.next("get")).args).toEqual(["c"]);
    probed.reply("there");
    expect(await asked).toBe("there");
    expect((await probed.next()).args).toEqual(["a", 1]);
    expect((await probed.next("put")).args).toEqual(["b", 2]);
    await probed.nothing();
  });

  it("says what it got instead of what was waited for", async () => {
    const { probed, store } = await alone();
    store.with({ sender: "clerk" }).tell.put("a", { heavy: true });
    const error = await failure(probed.next("get", { within: 20 }));
    expect(error).toMatchObject({ code: "Timeout" });
    expect(error.message).toContain(`waited 20 ms in vain for "get" at app/store`);
    expect(error.message).toContain("put('a', { heavy: true }) from clerk");
    // The line of the test that waited, not of a timer.
    expect(error.stack).toContain("probe.test.ts");
  });

  it("says what there is where nothing was expected", async () => {
    const { probed, store } = await alone();
    store.tell.put("a", 1);
    await expect(probed.nothing()).rejects.toThrow("expected nothing at app/store, got put('a', 1) from app");
    probed.skip();
    await probed.nothing({ within: 5 });
    expect(probed.received).toHaveLength(1);
  });

  it("shows an ask whose caller gave up as settled, and refuses to answer it", async () => {
    const { probed, store, test } = await alone();
    const late = failure(store.with({ timeout: 100 }).ask.get("a"));
    const got = await probed.next("get");
    await test.advance(100);
    expect(await late).toMatchObject({ code: "Timeout", details: { started: true } });
    expect(got.settled).toBe(true);
    expect(() => got.reply("too late")).toThrow("it is settled already");
  });

  it("has its own copy of what was sent, and refuses a reply that could not be sent", async () => {
    const { probed, store } = await alone();
    const value = { n: 1 };
    store.tell.put("a", value);
    value.n = 2;
    expect((await probed.next("put")).args).toEqual(["a", { n: 1 }]);
    const asked = store.ask.get("a");
    const got = await probed.next("get");
    expect(() => got.reply((() => 1) as never)).toThrow("the reply is a function");
    got.reply("text");
    expect(await asked).toBe("text");
  });

  it("fails what it holds unanswered when the app stops", async () => {
    const { probed, store, test } = await alone();
    const open = failure(store.ask.get("a"));
    await probed.next("get");
    await test.stop();
    expect(await open).toMatchObject({ code: "ActorStopped" });
  });

  it("stands in the tree under its own name, and cannot be killed", async () => {
    const { test } = await alone();
    expect(test.app.tree().children).toMatchObject([{ path: "app/store", kind: "actor", state: "running" }]);
    expect(test.app.kill("store")).toBe(false);
  });

  it("gives its ref for messages once it is in a tree, and says so before", async () => {
    const early = probe<Store>();
    expect(() => early.ref).toThrow("this probe stands in no tree");
    const { probed } = await alone({ get: () => "by ref" });
    expect(await probed.ref.ask.get("a")).toBe("by ref");
  });

  it("stands in for a keyed group too: it hears which key was meant", async () => {
    const { probed } = await alone();
    probed.ref.key("room 1").tell.put("a", 1);
    expect(await probed.next()).toMatchObject({ key: "room 1" });
  });
});
