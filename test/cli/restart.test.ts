import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TreeNode } from "../../src/system/tree.js";
import { holdfast } from "./command-line.js";
import { operatedServers } from "./operated-server.js";

const { serving, folder } = operatedServers();
const env = { HOLDFAST_ADMIN_TOKEN: "an-admin-token-of-16" };

async function incarnation(url: string, path: string): Promise<number> {
  const { out } = await holdfast(["tree", url, "--path", path, "--json"]);
  return (JSON.parse(out) as TreeNode).incarnation!;
}

describe("holdfast restart", () => {
  it("restarts an actor, members of a pool, and a pool, one after the other, and says when they run", async () => {
    const { url } = await serving(0, env);
    const before = await incarnation(url, "worker");
    const one = await holdfast(["restart", url, "worker"], { env });
    expect(one).toMatchObject({ code: 0, err: "" });
    expect(one.out).toMatch(/^worker runs again, after \d.* m?s\n$/);
    expect(await incarnation(url, "worker")).toBe(before + 1);

    const { code, out } = await holdfast(["restart", url, "/app/workers/1/", "workers/2", "workers", "--json"], {
      env,
    });
    expect(code).toBe(0);
    const outcomes = out.trimEnd().split("\n");
    expect(outcomes.map((line) => JSON.parse(line))).toEqual(
      ["/app/workers/1/", "workers/2", "workers"].map((path) => ({
        path,
        outcome: "restarted",
        tookMs: expect.any(Number),
      })),
    );
    expect((await holdfast(["ask", url, "workers", "add", "1", "2"])).code).toBe(0);
    // Who did it is in the log of acts.
    const { out: acts } = await holdfast(["events", url, "--once", "--type", "audit"]);
    expect(acts).toMatch(/operator admin at 127\.0\.0\.1: restart worker: done in \d+ ms/);
  });

  it("touches nothing where a path is wrong, and says which was probably meant", async () => {
    const { url } = await serving(0, env);
    const before = await incarnation(url, "worker");
    const slip = await holdfast(["restart", url, "worker", "workres/1"], { env });
    expect(slip).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining(
        'has nothing at "workres/1": did you mean "workers/1"? (it has worker, workers, keys)',
      ),
    });
    expect(await incarnation(url, "worker")).toBe(before);
    const root = await holdfast(["restart", url, "app"], { env });
    expect(root).toMatchObject({
      code: 1,
      out: expect.stringContaining("is the root: stop the app and start another"),
    });
    const late = await holdfast(["restart", url, "worker", "--within", "1"], { env });
    expect(late.code).toBe(1);
    expect(late.out).toMatch(/^worker does not run after 1 ms: it is waited for no longer, and "holdfast tree http:/);
  });

  it("says why what it restarted does not run", async () => {
    const file = join(folder(), "mended");
    const parked = join(folder(), "parked.config.mjs");
    const from = `import { supervisor, thread } from ${JSON.stringify(join(process.cwd(), "dist/index.js"))};\n`;
    const actor = join(folder(), "needs.mjs");
    writeFileSync(
      actor,
      `import { existsSync } from "node:fs";\nimport { Actor } from ${JSON.stringify(join(process.cwd(), "dist/index.js"))};
      export class Needs extends Actor {
        start() { if (!existsSync(${JSON.stringify(file)})) throw new Error("no model in the folder"); }
        look() { return "well"; }
      }`,
    );
    writeFileSync(
      parked,
      `${from}export default { tree: supervisor({ overBudget: "quarantine", intensity: { restarts: 1, within: "60s" } },
        { needs: thread(${JSON.stringify(actor)}, undefined, { spare: "none" }) }), expose: { needs: ["look"] } };`,
    );
    writeFileSync(file, "");
    const { url } = await serving(0, env, parked, /^ready: needs/m);
    rmSync(file);
    const failed = await holdfast(["restart", url, "needs"], { env });
    expect(failed).toMatchObject({ code: 1, err: "" });
    expect(failed.out).toMatch(/^needs does not run: .*no model in the folder/);
    writeFileSync(file, "");
    expect((await holdfast(["restart", url, "needs"], { env })).out).toMatch(/^needs runs again/);
  });

  it("is for operators, and says what is wrong with what was asked", async () => {
    const { url } = await serving(0, env);
    const said = async (args: string[], token = env.HOLDFAST_ADMIN_TOKEN) => {
      const { code, err } = await holdfast(["restart", ...args], { env: { HOLDFAST_ADMIN_TOKEN: token } });
      return `${code} ${err}`;
    };
    expect(await said([url, "worker"], "")).toMatch(/^2 .*restart needs the admin token .* HOLDFAST_ADMIN_TOKEN/);
    expect(await said([url, "worker"], "another-token-of-16")).toMatch(/^1 .*refused the admin token \(/);
    expect(await said([url])).toMatch(/^2 .*restart takes a url, and one path or several/);
    expect(await said([url, "worker", "--within", "0"])).toMatch(/^2 .*--within is "0": give more than 0/);
    expect((await holdfast(["restart", "--help"])).out).toContain("Exit codes: 0");
  });
});
