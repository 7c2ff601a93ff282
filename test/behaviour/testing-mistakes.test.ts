import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Actor, dynamic, fork, inline, keyed, pool, supervisor, system, thread } from "holdfast";
import { faulty, probe, stopTestSystems, testSystem } from "holdfast/testing";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import type { Hand } from "../actors/cast.mjs";
import { failure } from "./stage.js";

/** What plain JavaScript lets through: everything here is wrong on purpose, so nothing of it is typed. */
type Loose = (...args: unknown[]) => unknown;
const loose = (value: unknown) => value as Loose;

class Hello extends Actor {
  hi() {
    return "hi";
  }
}

const cast = new URL("../actors/cast.mjs", import.meta.url);
const walled = { export: "Hand" };

afterEach(stopTestSystems);

describe("an expectation in vain", () => {
  it("says that there is no such path, or how that which is there is", async () => {
    const test = await testSystem(supervisor({}, { hi: inline(Hello) }));
    const absent = await failure(test.until("zz", "running", { within: 20 }));
    expect(absent.code).toBe("Timeout");
    expect(absent.message).toMatch(/^waited 20 ms in vain for zz to be running: there is no "zz", but\n● app/);
    const other = await failure(test.until("hi", "quarantined", { within: 20 }));
    expect(other.message).toMatch(/^waited 20 ms in vain for hi to be quarantined: it is\n● app/);
  });
});

describe("a test's time", () => {
  it("is moved on by any duration", async () => {
    const test = await testSystem(supervisor({}, { hi: inline(Hello) }));
    await test.advance("1s");
    await test.advance(5);
    expect(test.clock!.now()).toBe(1005);
    expect((await failure(test.advance("soon" as "1s"))).message).toContain('advance() is "soon": give milliseconds');
  });

  it.each([
    ["a child", "app/hand", () => ({ hand: thread<Hand>(cast, undefined, walled) })],
    ["a grandchild", "app/sub/hand", () => ({ sub: supervisor({}, { hand: fork<Hand>(cast, undefined, walled) }) })],
    ["a pool's member", "app/hands", () => ({ hands: pool(thread<Hand>(cast, undefined, walled)) })],
    ["a keyed group's member", "app/hands", () => ({ hands: keyed(thread<Hand>(cast, undefined, walled)) })],
    ["a dynamic one's template", "app/hands", () => ({ hands: dynamic(thread<Hand>(cast, undefined, walled)) })],
  ])("stands still for no thread or process: %s", async (_, path, children) => {
    const error = await failure(testSystem(supervisor({}, children())));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "time", path } });
    expect(error.message).toMatch(/^app\/\S+ is a (thread|fork)\(\).*write testSystem\(tree, \{ time: "real" \}\)$/);
    const test = await testSystem(supervisor({}, children()), { time: "real" });
    expect(test.app.tree().state).toBe("running");
  });
});

describe("a probe", () => {
  it("takes functions as answers, and nothing else", () => {
    const says = "probe().hash is 5: give a function that answers: { hash: () => value }";
    expect(() => loose(probe)({ hash: 5 })).toThrow(says);
    expect(() => loose(probe)(null)).toThrow("probe() is null: give answers by method");
    expect(() => loose(probe().answers).call(probe(), { hash: 5 })).toThrow(says);
    expect(() => probe<Hello>({ hi: () => "ho" })).not.toThrow();
  });

  it("reads no option that it has not", async () => {
    const { spec } = probe<Hello>({}, { restrat: "temporary" } as never);
    const error = await failure(testSystem(supervisor({}, { hi: spec })));
    expect(error.message).toContain('app/hi has no option "restrat": did you mean "restart"?');
  });
});

describe("null where an option can be left out", () => {
  const options = ["restart", "shutdown", "startTimeout", "intensity", "overBudget", "backoff", "significant"];
  it.each([...options, "mailbox", "window", "grace"])("%s", async (option) => {
    const spec = loose(inline)(Hello, undefined, { [option]: null });
    const error = await failure(system(supervisor({}, { hi: spec as never })));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: `app/hi.${option}` } });
    expect(error.message).toBe(`app/hi.${option} is null: leave it out for what holds without it`);
  });

  it("children in an array have no names", () => {
    expect(() => loose(supervisor)({}, [inline(Hello)])).toThrow(
      "supervisor(an object, an array): give options, then children by name",
    );
  });
});

describe("a module under faulty() that cannot be loaded is named, and not what stands in for it", () => {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-faulty-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const start = async (level: "thread" | "fork", url: string) => {
    const spec = loose({ thread, fork }[level])(url) as never;
    return failure(system(supervisor({}, { x: faulty(spec, { diesOn: { method: "hi" as never, nth: 3 } }) })));
  };

  it.each(["thread", "fork"] as const)("%s", async (level) => {
    const module = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return pathToFileURL(join(folder, name)).href;
    };
    const cases = {
      [module("syntax.mjs", "export class X {\n  hi( { }\n}\n")]: "SyntaxError",
      [module("throws.mjs", 'throw new Error("no licence");\n')]: "no licence",
      [module("empty.mjs", "export const x = 1;\n")]: "exports no Actor subclass (it exports x)",
      [pathToFileURL(join(folder, "missing.mjs")).href]: "Cannot find module",
    };
    for (const [url, why] of Object.entries(cases)) {
      const error = await start(level, url);
      expect(error.code).toBe("StartFailed");
      expect(error.message).toContain(url);
      expect(error.message).toContain(why);
      expect(error.message).not.toContain("plan=");
    }
  });
});
