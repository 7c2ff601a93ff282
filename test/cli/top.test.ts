import { describe, expect, it } from "vitest";
import { holdfast } from "./command-line.js";
import { interrupt, operatedServers } from "./operated-server.js";

const { serving, start } = operatedServers();

interface Table {
  readonly at: number;
  readonly rows: readonly {
    readonly path: string;
    readonly restarts: number;
    readonly p99?: number;
    readonly rate: number;
  }[];
}

describe("holdfast top", () => {
  it("shows what is busy as a table, and as JSON for programs, until Ctrl-C", async () => {
    const { url } = await serving();
    const watching = start(["top", url, "--json", "--sort", "restarts"]);
    await watching.says(/"rows"/);
    await holdfast(["ask", url, "worker", "add", "1", "2"]);
    await holdfast(["ask", url, "worker", "dies"]);
    // Its one answer is in one table, and its death in all that follow.
    await watching.says(/"path":"app\/worker"[^}]*"p99":\d/);
    await watching.says(/"rows":\[\{"path":"app\/worker"[^}]*"restarts":1/);
    expect((await interrupt(watching)).code).toBe(0);
    const tables = watching.out
      .trimEnd()
      .split("\n")
      .map((line): Table => JSON.parse(line));
    for (const { rows } of tables) {
      expect(rows.map(({ path }) => path).toSorted()).toEqual(["app/keys", "app/worker", "app/workers"]);
    }
    const handled = tables.flatMap(({ rows }) => rows.filter(({ path, rate }) => path === "app/worker" && rate > 0));
    expect(handled.length).toBeGreaterThan(0);

    const once = await holdfast(["top", url, "--once", "--all", "--filter", "WORKERS", "--sort", "path"]);
    expect(once).toMatchObject({ code: 0, err: "" });
    const [head, counts, columns, ...rows] = once.out.trimEnd().split("\n");
    expect(head).toMatch(/^127\.0\.0\.1:\d+ {2}up .* 4 running$/);
    expect(counts).toMatch(/^\S+\/s, \S+ failed\/s {2}1 died, 0 dead letters$/);
    expect(columns).toMatch(/^ {2}path\* +rate +fail +p50 +p99 +wait +age +exec +died +size +heap$/);
    expect(rows.map((row) => row.split(/ +/)[1])).toEqual(["app/workers", "app/workers/1", "app/workers/2"]);
    for (const line of once.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("says what is wrong with what was asked, and goes on when the server comes back", async () => {
    const typo = await holdfast(["top", "http://127.0.0.1:1", "--sort", "speed"]);
    expect(typo).toMatchObject({ code: 2, err: expect.stringContaining('--sort is "speed": give one of path, rate') });
    expect((await holdfast(["top"])).err).toContain("top takes one url, not 0");
    expect((await holdfast(["top", "--help"])).out).toContain("Exit codes: 0");

    const { server, url } = await serving();
    const watching = start(["top", url]);
    await watching.says(/app\/workers/);
    await interrupt(server);
    await watching.says(/connection lost, retrying/);
    await serving(Number(new URL(url).port));
    await watching.says(/connected again/);
    const seen = watching.out.length;
    while (!watching.out.slice(seen).includes("app/workers")) await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await interrupt(watching)).code).toBe(0);
  });
});
