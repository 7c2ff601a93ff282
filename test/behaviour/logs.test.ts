import { fork, inline, keyed, type Logger, type LogLevel, supervisor, system, thread } from "holdfast";
import pino from "pino";
import { describe, expect, it, vi } from "vitest";
import { Writer } from "../actors/writer.mjs";
import { until } from "./until.js";

const url = new URL("../actors/writer.mjs", import.meta.url);
const levels = {
  inline: () => inline(Writer, undefined),
  thread: () => thread<Writer>(url),
  fork: () => fork<Writer>(url),
};

type Line = { level: LogLevel; text: string; [field: string]: unknown };

/** A logger that keeps what it gets; of actors alone, or all of it. */
function kept(level = "debug") {
  const all: Line[] = [];
  const keep =
    (of: LogLevel) =>
    (fields: object, text = "") =>
      void all.push({ ...fields, level: of, text });
  const logger: Logger = { level, debug: keep("debug"), info: keep("info"), warn: keep("warn"), error: keep("error") };
  const own = () => all.filter((line) => line.event === undefined);
  const said = (text: string) => until(() => own().some((line) => line.text === text), `"${text}" is heard`);
  return { all, own, said, logger };
}

describe.each(["inline", "thread", "fork"] as const)("what an actor writes with this.log, %s", (isolation) => {
  const host = { inline: /^inline$/, thread: /^thread \d+$/, fork: /^pid \d+$/ }[isolation];

  it("comes to the logger with its path, incarnation and host, in order", async () => {
    const { own, said, logger } = kept();
    await using app = await system(supervisor({}, { writer: levels[isolation]() }), { logger });
    const { writer } = app.refs;
    await writer.ask.say("info", "read", { pages: 3, nested: { ok: true } });
    await writer.ask.say("error", "alone");
    await said("alone");
    const whose = { path: "app/writer", incarnation: 1, host: expect.stringMatching(host) };
    expect(own()).toEqual([
      { level: "info", text: "read", pages: 3, nested: { ok: true }, ...whose },
      { level: "error", text: "alone", ...whose },
    ]);
  });

  it("is never what it fails of, whatever it writes", async () => {
    const { own, said, logger } = kept();
    await using app = await system(supervisor({}, { writer: levels[isolation]() }), { logger });
    expect(await app.refs.writer.ask.hostile()).toBe("survived");
    await app.refs.writer.ask.say("info", "after");
    await said("after");
    const by = Object.fromEntries(own().map((line) => [line.text.slice(0, 12), line]));
    expect(by.round).toMatchObject({ name: "round", at: ["1n", "[function]", "[symbol]", null, "NaN"] });
    expect(by.thrower).toMatchObject({ secret: "(its getter threw)", fine: 1 });
    expect(by.named).toMatchObject({ path: "app/writer" });
    expect(({} as { polluted?: boolean }).polluted).toBe(undefined);
    expect(by.large).toMatchObject({ pixels: "[Float32Array, 4000000 bytes]" });
    expect(by.proxy).toMatchObject({ unreadable: expect.any(String) });
    expect(by.broken).toMatchObject({
      level: "error",
      err: { type: "TypeError", message: "broken", code: "E_BROKEN" },
    });
    expect(by["long long lo"]!.text.length).toBeLessThan(2100);
    expect(app.reports()).toEqual([]);
  });

  it("is sampled in a flood, with a count of what was left out, to the line", async () => {
    const { own, logger } = kept();
    await using app = await system(supervisor({}, { writer: levels[isolation]() }), { logger });
    expect(await app.refs.writer.ask.floods(20_000)).toBe("done");
    const count = () =>
      own().reduce((sum, { text, dropped = 0 }) => sum + (text === "flood" ? 1 : 0) + (dropped as number), 0);
    await until(() => count() >= 20_000, "all lines are told or counted");
    expect(count()).toBe(20_000);
    expect(own().length).toBeLessThan(15_000);
  });
});

describe.each(["thread", "fork"] as const)("what is printed in a host of its own, %s", (isolation) => {
  it("comes to the logger in lines that say whose they are", async () => {
    const { own, said, logger } = kept();
    await using app = await system(supervisor({}, { writer: levels[isolation]() }), { logger });
    const { writer } = app.refs;
    await writer.ask.console("plainly");
    await writer.ask.print("stdout", "one\ntw", "o\r\nthree\n");
    await writer.ask.later("later");
    await said("later");
    const whose = { path: "app/writer", incarnation: 1, host: app.tree().children![0]!.host };
    expect(own()).toEqual([
      { level: "info", text: "plainly", stream: "stdout", ...whose },
      { level: "warn", text: "plainly", stream: "stderr", ...whose },
      ...["one", "two", "three", "later"].map((text) => ({ level: "info", text, stream: "stdout", ...whose })),
    ]);
  });

  it("is told as it is where a line does not end, and where it is no text", async () => {
    const { own, said, logger } = kept();
    await using app = await system(supervisor({}, { writer: levels[isolation]() }), { logger });
    const { writer } = app.refs;
    await writer.ask.print("stdout", "50 %");
    await said("50 %");
    // A letter of two bytes that comes in two pieces is one; what is none of a text is a mark.
    await writer.ask.printBytes([0xc3]);
    await writer.ask.printBytes([0xa4, 0x0a, 0xff, 0x00, 0xfe, 0x0a]);
    await until(() => own().length >= 3, "both lines are heard");
    expect(own().map(({ text }) => text)).toEqual(["50 %", "ä", "\ufffd\u0000\ufffd"]);
    await writer.ask.print("stdout", "x".repeat(100_000), "\n");
    await writer.ask.say("info", "after");
    await said("after");
    expect(Math.max(...own().map(({ text }) => text.length))).toBeLessThanOrEqual(2000);
  });

  it("what was written before a loop that never ends is heard, and the next incarnation has its own number", async () => {
    const { own, said, logger } = kept();
    await using app = await system(supervisor({}, { writer: levels[isolation]() }), { logger });
    const { writer } = app.refs;
    await expect(writer.ask.stuck("about to hang")).rejects.toMatchObject({ code: "ActorDied" });
    await said("about to hang");
    await writer.ask.say("info", "again");
    await said("again");
    expect(own().map(({ text, incarnation }) => [text, incarnation])).toEqual([
      ["about to hang", 1],
      ["again", 2],
    ]);
  });

  it("says which key it was, where several actors share a host", async () => {
    const { own, said, logger } = kept();
    await using app = await system(supervisor({}, { writers: keyed(levels[isolation](), { cells: 1 }) }), { logger });
    await app.refs.writers.key("ada").ask.say("info", "by ada");
    await app.refs.writers.key("eve").ask.later("by eve");
    await said("by eve");
    expect(own()).toMatchObject([
      { text: "by ada", key: "ada" },
      { text: "by eve", path: expect.stringContaining("writers") },
    ]);
  });
});

describe("a logger", () => {
  it("gets what happens: a death as an error, a dead letter as a warning, without anything of a payload", async () => {
    const { all, logger } = kept();
    await using app = await system(supervisor({}, { writer: thread<Writer>(url) }), { logger });
    app.kill("writer");
    await until(() => all.some(({ event }) => event === "report"), "the report is told");
    const report = all.find(({ event }) => event === "report");
    expect(report).toMatchObject({ level: "error", path: "app/writer", cause: "killed", decision: "restart" });
    await app.terminate("writer");
    app.refs.writer.tell.say("info", "a secret");
    expect(all.at(-1)).toMatchObject({ level: "warn", event: "dead-letter", method: "say", path: "app/writer" });
    expect(JSON.stringify(all)).not.toContain("a secret");
  });

  it("that throws, or rejects, touches nothing: one warning says so", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    const fails = (): never => {
      throw new Error("disk full");
    };
    const logger: Logger = { debug: fails, info: fails, warn: () => Promise.reject(new Error("gone")), error: fails };
    await using app = await system(supervisor({}, { writer: inline(Writer, undefined) }), { logger });
    for (const level of ["debug", "info", "warn", "error"] as const) await app.refs.writer.ask.say(level, "x");
    await app.refs.writer.ask.floods(10);
    expect(
      warn.mock.calls.filter(([, options]) => (options as { code?: string })?.code === "HOLDFAST_LOGGER"),
    ).toHaveLength(1);
    warn.mockRestore();
  });

  it("is asked for no more than its level: below it nothing crosses", async () => {
    const { own, said, logger } = kept("warn");
    await using app = await system(supervisor({}, { writer: thread<Writer>(url) }), { logger });
    await app.refs.writer.ask.console("printed");
    await app.refs.writer.ask.say("info", "quiet");
    await app.refs.writer.ask.say("warn", "loud");
    await said("loud");
    expect(own().map(({ text, level }) => [text, level])).toEqual([
      ["printed", "warn"],
      ["loud", "warn"],
    ]);
  });

  it("can be pino itself", async () => {
    const lines: { level: number; msg: string; path?: string }[] = [];
    const logger = pino({ level: "info" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    await using app = await system(supervisor({}, { writer: thread<Writer>(url) }), { logger });
    await app.refs.writer.ask.say("info", "through pino", { pages: 1 });
    await until(() => lines.some(({ msg }) => msg === "through pino"), "pino wrote it");
    expect(lines.find(({ msg }) => msg === "through pino")).toMatchObject({ level: 30, path: "app/writer", pages: 1 });
  });

  it.each([null, 3, {}, { info() {} }, console.log])("is refused where it is none: %o", async (logger) => {
    const refused = system(supervisor({}, {}), { logger: logger as never });
    await expect(refused).rejects.toMatchObject({ code: "InvalidSpec" });
  });

  it("that is not there costs an actor nothing but the call", async () => {
    await using app = await system(supervisor({}, { writer: inline(Writer, undefined) }));
    expect(await app.refs.writer.ask.hostile()).toBe("survived");
    expect(new Writer().log.info("by hand")).toBe(undefined);
  });
});
