import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Actor, fork, inline, keyed, pool, refTo, supervisor, system, thread } from "holdfast";
import { afterAll, describe, expect, it } from "vitest";
import { failure, play } from "./stage.js";
import { until } from "./until.js";

/** What plain JavaScript lets through: everything here is wrong on purpose, so nothing of it is typed. */
type Loose = (...args: unknown[]) => unknown;
const loose = (value: unknown) => value as Loose;

class Hello extends Actor {
  start() {}
  snapshot() {
    return 1;
  }
  restore() {}
  _private() {}
  hi() {
    return "hi";
  }
  fail() {
    throw new RangeError("no such clip");
  }
}

class Mistyped extends Actor {
  static override methods = { hi: { idempotnt: true } as object };
  hi() {}
}

const spec = (options: unknown) => loose(inline)(Hello, undefined, options);
const start = (children: unknown, options: unknown = {}, systemOptions?: unknown) =>
  (async () => loose(system)(loose(supervisor)(options, children), systemOptions))();

describe("an option that nobody reads is refused when the system starts", () => {
  it.each([
    [
      "an actor's",
      () => start({ hi: spec({ restrat: "permanent" }) }),
      'app/hi has no option "restrat": did you mean "restart"?',
    ],
    [
      "a mailbox's",
      () => start({ hi: spec({ mailbox: { message: 5 } }) }),
      'app/hi.mailbox has no option "message": did you mean "messages"?',
    ],
    [
      "a back-off's",
      () => start({ hi: spec({ backoff: { inital: 5 } }) }),
      'app/hi.backoff has no option "inital": did you mean "initial"?',
    ],
    [
      "an intensity's",
      () => start({ hi: spec({ intensity: { restarts: 1, in: "1s" } }) }),
      'app/hi.intensity has no option "in"',
    ],
    [
      "a supervisor's",
      () => start({ hi: spec({}) }, { stategy: "one-for-one" }),
      'app has no option "stategy": did you mean "strategy"?',
    ],
    [
      "a supervisor's as a child",
      () => start({ b: loose(supervisor)({ child: { restat: 1 } }, {}) }),
      'app/b.child has no option "restat"',
    ],
    [
      "a pool's",
      () => start({ p: loose(pool)(spec({}), { sise: 2 }) }),
      'app/p has no option "sise": did you mean "size"?',
    ],
    [
      "a pool member's",
      () => start({ p: loose(pool)(spec({ windw: 2 })) }),
      'app/p has no option "windw": did you mean "window"?',
    ],
    [
      "a keyed group's",
      () => start({ k: loose(keyed)(spec({}), { maxkeys: 2 }) }),
      'app/k has no option "maxkeys": did you mean "maxKeys"?',
    ],
    ["the system's", () => start({}, {}, { strat: "wait" }), 'system() has no option "strat": did you mean "start"?'],
    [
      "one like no other",
      () => start({ hi: spec({ colour: 1 }) }),
      'app/hi has no option "colour" (there are: restart, shutdown',
    ],
    [
      "a heap that nothing starts in",
      () => start({ hi: thread<Hello>("file:///hello.mjs", undefined, { heapMb: 4 }) }),
      "app/hi.heapMb is 4: give 8 or more",
    ],
    ["no options at all", () => start({ hi: spec(5) }), "app/hi is 5: give an object with options"],
    [
      "null for a pool's",
      () => start({ p: loose(pool)(spec({}), null) }),
      "app/p is null: give an object with options",
    ],
  ])("%s", async (_, wrong, says) => {
    const error = await failure(wrong() as Promise<unknown>);
    expect(error.code).toBe("InvalidSpec");
    expect(error.message).toContain(says);
  });

  it("a method's", async () => {
    const error = await failure(start({ hi: inline(Mistyped) }) as Promise<unknown>);
    expect(error.message).toContain('Mistyped.methods.hi has no option "idempotnt": did you mean "idempotent"?');
  });

  it("a ref's and stop()'s, when they are given", async () => {
    const { app, refs } = await play({ hi: inline(Hello) });
    expect(() => loose(refs.hi.with.bind(refs.hi))({ timout: 5 })).toThrow(
      'app/hi: with() has no option "timout": did you mean "timeout"?',
    );
    const early = refTo("hi");
    expect(() => loose(early.with.bind(early))({ sendr: "me" })).toThrow('did you mean "sender"?');
    const signal = (given: unknown) => () => loose(refs.hi.with.bind(refs.hi))({ signal: given });
    expect(signal(5)).toThrow("app/hi: with() got a signal that is 5: give an AbortSignal");
    expect(signal(new AbortController())).toThrow("that is an AbortController: give its .signal");
    expect(() => app.tensor("float32", [1e15])).toThrow(
      "tensor() got the shape [1000000000000000]: there is no room for",
    );
    expect(() => app.tensor("float32", [Number.NaN])).toThrow("the shape [NaN]: give a list of whole numbers");
    const error = await failure((app.stop as Loose)({ drian: 5 }) as Promise<unknown>);
    expect(error.message).toContain('stop() has no option "drian": did you mean "drain"?');
    expect(await refs.hi.ask.hi()).toBe("hi");
  });
});

const url = new URL("file:///actors/hi.mjs");

describe("a wrong call says what to write", () => {
  it.each([
    [
      "thread()",
      () => loose(thread)(),
      'thread() got undefined: give the URL of the module that exports the actor, new URL("./actor.js", import.meta.url)',
    ],
    ["thread(Class)", () => loose(thread)(Hello), "thread() got class Hello: give the URL"],
    ["fork(5)", () => loose(fork)(5), "fork() got 5: give the URL"],
    ["inline(url)", () => loose(inline)(url), "inline() got the URL file:///actors/hi.mjs: give the actor's class"],
    [
      "pool(url)",
      () => loose(pool)(url),
      "pool() got the URL file:///actors/hi.mjs: give it one actor spec, such as pool(thread(url))",
    ],
    ["keyed(keyed())", () => loose(keyed)(keyed(inline(Hello))), "keyed() got a keyed spec: give it one actor spec"],
    [
      "supervisor(children)",
      () => loose(supervisor)({ hi: inline(Hello) }),
      "give options, then children by name: supervisor({}, { name: thread(url) })",
    ],
  ])("%s", (_, wrong, says) => {
    expect(wrong).toThrow(expect.objectContaining({ code: "InvalidSpec", message: expect.stringContaining(says) }));
  });

  it.each([
    ["system(spec)", inline(Hello), undefined, "system() got an actor spec"],
    ["system(null)", null, undefined, "system() got null: give it a tree"],
    [
      "a clock that is none",
      supervisor({}, {}),
      { clock: {} },
      "clock is an object without now(), wallTime(), after()",
    ],
    ["chance that is none", supervisor({}, {}), { chance: 0.5 }, "chance is 0.5: give a function"],
    ["a name that is a number", supervisor({}, {}), { name: 5 }, "name is 5: it is the first part of every path"],
    ["memory that is NaN", supervisor({}, {}), { memory: { rssMb: Number.NaN } }, "memory.rssMb: it is NaN"],
    ["system(tree, null)", supervisor({}, {}), null, "system() is null: give an object with options"],
  ])("%s", async (_, tree, options, says) => {
    const error = await failure(loose(system)(tree, options) as Promise<unknown>);
    expect(error).toMatchObject({ code: "InvalidSpec", message: expect.stringContaining(says) });
  });

  it("subscribe(no function)", async () => {
    const { app } = await play({ hi: inline(Hello) });
    expect(() => (app.subscribe as Loose)("log")).toThrow('the listener is "log": give a function');
  });
});

describe("a module that cannot be loaded is named", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-mistakes-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const module = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return pathToFileURL(join(folder, name)).href;
  };

  it.each(["thread", "fork"] as const)("with its syntax error, %s", async (level) => {
    const bad = module(`syntax-${level}.mjs`, "export class X {\n  hi( { }\n}\n");
    const error = await failure(start({ x: loose({ thread, fork }[level])(bad) }) as Promise<unknown>);
    expect(error.code).toBe("StartFailed");
    expect(error.message).toContain(`cannot load ${bad}: SyntaxError: `);
  });

  it("with the line that threw", async () => {
    const bad = module("throws.mjs", '\nthrow new Error("no licence");\n');
    const error = await failure(start({ x: loose(thread)(bad) }) as Promise<unknown>);
    expect(error.message).toContain(`cannot load ${bad}: Error: no licence (at ${bad}:2:7)`);
  });
});

describe("a hook of the wrong kind", () => {
  it("is told that snapshot() has to be synchronous", async () => {
    class Late extends Actor {
      async snapshot() {
        return 1;
      }
      restore() {}
      hi() {}
    }
    const { refs } = await play({ late: inline(Late) });
    expect((await failure(refs.late.ask.hi())).message).toContain(
      "snapshot() returned a promise, and has to be synchronous",
    );
  });
});

describe("a call that nobody could mean is answered", () => {
  it("a key for an actor or a pool, which have none", async () => {
    const { refs, letters } = await play({ one: inline(Hello), many: pool(inline(Hello), { size: 1 }) });
    for (const [name, ref] of Object.entries(refs)) {
      const error = await failure(ref.with({ key: "a" }).ask.hi());
      expect(error.code).toBe("InvalidValue");
      expect(error.message).toContain(`app/${name} has no keys, and "a" was asked for`);
      expect(await ref.ask.hi()).toBe("hi");
    }
    expect(refs.one.with({ key: "a" }).tell.hi()).toBe(false);
    expect(letters.map(({ reason }) => reason)).toEqual(["InvalidValue"]);
  });

  it.each(["start", "snapshot", "restore", "stop", "_private", "props", "nobody"])("the name %s", async (name) => {
    const { refs } = await play({ hi: inline(Hello) });
    const ask = refs.hi.ask as unknown as Record<string, () => Promise<unknown>>;
    const error = await failure(Promise.resolve(ask[name]!()));
    expect(error).toMatchObject({ code: "UnknownMethod" });
    expect(error.message).toBe(`app/hi has no method "${name}"; it has: hi, fail`);
  });
});

describe("what the system tells", () => {
  it("says in JSON what was thrown, and each state once", async () => {
    const { refs, events, reports } = await play({ hi: inline(Hello) });
    await failure(refs.hi.ask.fail());
    expect(await refs.hi.ask.hi()).toBe("hi");
    await until(() => reports.length === 1, "the report");
    const { cause } = JSON.parse(JSON.stringify(reports[0]));
    expect(cause).toMatchObject({ kind: "threw", error: { name: "RangeError", message: "no such clip" } });
    expect(reports[0]!.cause).toMatchObject({ error: expect.any(RangeError) });
    const states = events.flatMap((event) => (event.type === "life" && event.path === "app/hi" ? [event.state] : []));
    expect(states).toEqual(["starting", "running"]);
  });
});
