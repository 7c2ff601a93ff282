import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdfast } from "./command-line.js";
import { hostileKey, operatedServers } from "./operated-server.js";

const { serving, folder } = operatedServers();

/** Until the report of a death is complete: the file shows what is known when it is asked for. */
async function reported(url: string, id: number): Promise<Record<string, unknown>> {
  for (;;) {
    const { code, out } = await holdfast(["report", url, String(id), "--json"]);
    const report = code === 0 ? JSON.parse(out) : undefined;
    if (report && report.decision !== "pending" && report.times.warmMs !== undefined) return report;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("holdfast report", () => {
  it("says in one file what died, what it cost and what to change, and shows each death in full", async () => {
    const { url } = await serving();
    const quiet = await holdfast(["report", url]);
    expect(quiet).toMatchObject({ code: 0, err: "" });
    expect(quiet.out).toContain("**Nobody died.**");

    // Its input kills whoever handles it: delivered again once, then quarantined.
    expect((await holdfast(["ask", url, "workers", "kills"])).err).toContain("PoisonedMessage");
    expect((await holdfast(["ask", url, "keys", "dies", "--key", hostileKey])).err).toContain("ActorDied");
    for (const id of [1, 2, 3]) await reported(url, id);

    const json = JSON.parse((await holdfast(["report", url, "--json"])).out);
    expect(json).toMatchObject({
      deaths: 3,
      causes: { uncaught: 3 },
      cost: { failed: 1, redelivered: 1, poisoned: 1 },
    });
    expect(json.services.map(({ path, down }: { path: string; down: boolean }) => [path, down])).toContainEqual([
      "app/workers",
      false,
    ]);
    expect(json.recovery.total.count).toBe(3);

    const markdown = await holdfast(["report", url, "--since", "10m"]);
    expect(markdown.out).toContain("3 deaths in 2 services: all serve again");
    expect(markdown.out).toContain("uncaught Error: a bad input");
    expect(markdown.out).not.toContain("\u001b");

    const file = join(folder(), "incident.html");
    expect(await holdfast(["report", url, "--out", file])).toMatchObject({
      code: 0,
      out: "",
      err: `written to ${file}\n`,
    });
    expect(readFileSync(file, "utf8")).toMatch(/^<!doctype html>[\s\S]*a bad input/);

    const one = await holdfast(["report", url, "3"]);
    expect(one).toMatchObject({ code: 0, err: "" });
    expect(one.out).toMatch(/^report 3: app\/keys\/cell-1 died at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n/);
    for (const line of one.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(one.out).toMatch(/why +uncaught Error: a bug in a timer/);
    expect(one.out).toMatch(/executing +dies #\d+ \[\], \d+ bytes, digest [0-9a-f]{16}/);
    expect(one.out).toMatch(/decided +restart, back by a cold start/);
    expect(one.out).toMatch(/detect +\d/);
    expect(one.out).toMatch(/the last events there\n.* ms {2}started +dies #\d+/s);
    expect(one.out).toContain("(app/keys/a�[2J�<b> # x)");
    expect(one.out.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });

  it("shows an operator all that a flight recorder had, and everybody how much more there is", async () => {
    const env = { HOLDFAST_ADMIN_TOKEN: "an-admin-token-of-16" };
    const { url } = await serving(0, env);
    for (let sum = 0; sum < 5; sum++) await holdfast(["ask", url, "worker", "add", "1", "2"]);
    expect((await holdfast(["ask", url, "worker", "dies"])).err).toContain("ActorDied");
    await reported(url, 1);
    const cut = await holdfast(["report", url, "1"]);
    const [, shown, of] = /^the last (\d+) of (\d+) events there: --all shows all\n/m.exec(cut.out)!;
    expect(Number(shown)).toBe(12);
    const all = await holdfast(["report", url, "1", "--all"], { env });
    expect(all).toMatchObject({ code: 0, err: "" });
    const events = (text: string) => text.split("\n").filter((line) => /^ *-?\d+\.\d ms /.test(line));
    expect(events(cut.out)).toHaveLength(12);
    expect(events(all.out)).toHaveLength(Number(of));
    expect(events(all.out).slice(-12)).toEqual(events(cut.out));
    const json = JSON.parse((await holdfast(["report", url, "1", "--all", "--json"], { env })).out);
    expect(json.flight).toHaveLength(Number(of));
    expect(json).not.toHaveProperty("flightOmitted");

    const refused = await holdfast(["report", url, "1", "--all"], { env: { HOLDFAST_ADMIN_TOKEN: "" } });
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining("needs the admin token") });
    const alone = await holdfast(["report", url, "--all"], { env });
    expect(alone).toMatchObject({ code: 2, err: expect.stringContaining("--all is for one crash report") });
  });

  it("says what is wrong with what was asked", async () => {
    const { url } = await serving();
    const file = join(folder(), "none", "x.html");
    const ended = async (...args: string[]) => {
      const { code, out, err } = await holdfast(["report", ...args]);
      expect(out).toBe("");
      return `${code} ${err}`;
    };
    expect(await ended(url, "7")).toMatch(/^1 .*has no report 7: nobody has died there/);
    expect(await ended(url, "seven")).toMatch(/^2 .*"seven" is no number of a report/);
    expect(await ended(url, "7", "--since", "1h")).toMatch(/^2 .*for a window of time, not for report 7/);
    expect(await ended(url, "--since", "soon")).toMatch(/^2 .*--since is "soon"/);
    expect(await ended(url, "--format", "pdf")).toMatch(/^2 .*--format is "pdf": give markdown, html or json/);
    expect(await ended(url, "--json", "--format", "html")).toMatch(/^2 .*exclude each other/);
    expect(await ended(url, "--out", file)).toMatch(/^1 .*cannot write /);
    expect(existsSync(file)).toBe(false);
    expect(await ended()).toMatch(/^2 .*report takes a url and at most 1 more, not 0/);
    expect(await ended(url, "--since", "0")).toMatch(/^2 .*--since is "0": give more than 0/);
    expect(await ended(url, "--since", "-1m")).toMatch(/^2 .*--since is "-1m": give milliseconds, or a number with/);
    expect(await ended(url, "--timeout", "0")).toMatch(/^2 .*--timeout is "0": give more than 0/);
    const odd = (name: string) => join(folder(), name);
    expect(await ended(url, "--out", odd("x.pdf"))).toMatch(/^2 .*x\.pdf": end it with \.md, \.html or \.json/);
    expect(await ended(url, "--out", odd("x.md"), "--format", "html")).toMatch(/^2 .*x\.md", and \.md is not html/);
    expect(await ended(url, "7", "--out", odd("x.html"))).toMatch(/^2 .*text or JSON: end it with \.txt, \.md or/);
    for (const name of ["x.pdf", "x.md", "x.html"]) expect(existsSync(odd(name))).toBe(false);
    expect(await ended("http://127.0.0.1:1", "--timeout", "300ms")).toMatch(/^1 .*no server answers/);
    expect((await holdfast(["report", "--help"])).out).toContain("Exit codes: 0");
  });
});
