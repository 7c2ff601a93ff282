import { describe, expect, it } from "vitest";
import { holdfast } from "./command-line.js";
import { hostileKey, interrupt, operatedServers } from "./operated-server.js";

const { serving, start } = operatedServers();

describe("holdfast events", () => {
  it("tells what happens while it happens, filtered, for people and for programs", async () => {
    const { url } = await serving();
    const all = start(["events", url]);
    const lines = start(["events", url, "--json", "--type", "report,dead-letter", "--path", "workers"]);
    const named = start(["events", url, "--type", "death", "--type", "life", "--path", "app/worker"]);
    for (const command of [all, lines, named]) await command.says(/from now on; Ctrl-C ends/);

    await holdfast(["ask", url, "worker", "dies"]);
    const shown = await holdfast([
      "ask",
      url,
      "keys",
      "throws",
      JSON.stringify("\u001b[2J\u001b[31mred"),
      "--key",
      hostileKey,
    ]);
    expect(shown.err).toMatch(/HandlerFailed: .*�\[2J�\[31mred/s);
    expect(shown.err).not.toContain("\u001b");
    expect((await holdfast(["ask", url, "workers", "kills"])).err).toContain("PoisonedMessage");
    await all.says(/dead letter: app\/workers\/\d\.kills from .*: poison/);
    await all.says(/death: app\/workers.* a bad input.*ms: .*warm/);
    await lines.says(/"type":"dead-letter"/);
    await named.says(/death: app\/worker on/);
    await named.says(/app\/worker: running/);
    await all.says(/death: app\/keys\/.*handler threw TypeError/);
    for (const command of [all, lines, named]) expect((await interrupt(command)).code).toBe(0);

    for (const line of all.out.trimEnd().split("\n")) expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}\S/);
    expect(all.out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\u202e]/u);
    const events = lines.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(new Set(events.map(({ event }) => event.type))).toEqual(new Set(["report", "dead-letter"]));
    for (const { at, event } of events) {
      expect(Math.abs(at - Date.now())).toBeLessThan(600_000);
      expect((event.report ?? event.letter).path).toMatch(/^app\/workers/);
    }
    expect(lines.out).not.toContain("args");
    // Who comes later is told what the server remembers.
    const past = await holdfast(["events", url, "--once", "--type", "report", "--json"]);
    const numbers = past.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).event.report.id);
    expect(past).toMatchObject({ code: 0, err: "" });
    expect(numbers.toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4]);
    const since = start(["events", url, "--since", "10m", "--path", "worker"]);
    await since.says(/death: app\/worker on/);
    await since.says(/from now on/);
    expect((await interrupt(since)).out).not.toContain("workers");
    expect(named.out).not.toContain("workers");
  });

  it("goes on when the server has come back, and ends quietly when whoever reads has left", async () => {
    const { server, url } = await serving();
    const watching = start(["events", url]);
    await watching.says(/from now on/);
    await interrupt(server);
    await watching.says(/connection lost, retrying: .*\n/);
    await serving(Number(new URL(url).port));
    await watching.says(/connected again/);
    await holdfast(["ask", url, "worker", "dies"]);
    await watching.says(/death: app\/worker/);

    watching.child.stdout!.destroy();
    await holdfast(["ask", url, "worker", "dies"]);
    expect((await watching.finished).code).toBe(0);
  });

  it("tells lines that repeat as a number, and every event with --json", async () => {
    const { url } = await serving();
    const ask = () => holdfast(["ask", url, "worker", "throws", JSON.stringify("again")]);
    for (let death = 0; death < 3; death++) await ask();
    const past = await holdfast(["events", url, "--once", "--type", "report"]);
    expect(past.out.trimEnd().split("\n")).toEqual([
      expect.stringContaining("death: app/worker"),
      expect.stringMatching(/^\d\d:\d\d:\d\d\.\d{3} {2}… 2 more like that$/),
    ]);
    const whole = await holdfast(["events", url, "--once", "--type", "report", "--json"]);
    expect(whole.out.trimEnd().split("\n")).toHaveLength(3);
  });

  it("refuses a path that never was", async () => {
    const { url } = await serving();
    for (const args of [[], ["--once"]]) {
      expect(await holdfast(["events", url, "--path", "wrokers", ...args])).toMatchObject({
        code: 1,
        out: "",
        err: expect.stringContaining('has nothing at "wrokers": did you mean "workers"?'),
      });
    }
  });

  it("says what is wrong with what was asked", async () => {
    const typo = await holdfast(["events", "http://127.0.0.1:1", "--type", "deaths"]);
    expect(typo).toMatchObject({
      code: 2,
      err: expect.stringContaining('--type is "deaths": give one of life, death'),
    });
    expect((await holdfast(["events"])).err).toContain("events takes one url, not 0");
    const closed = await holdfast(["events", "http://127.0.0.1:1", "--timeout", "200ms"]);
    expect(closed).toMatchObject({ code: 1, err: expect.stringContaining("no server answers") });
    expect((await holdfast(["events", "--help"])).out).toContain("Exit codes: 0");
  });
});
