import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TreeNode } from "../../src/system/tree.js";
import { type CommandLine, type Finished, holdfast, startsInTests } from "./command-line.js";

const start = startsInTests();
let folder = "";
let config = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-tree-"));
  config = join(folder, "holdfast.config.mjs");
  const door = JSON.stringify(resolve("dist/index.js"));
  writeFileSync(
    join(folder, "ticker.mjs"),
    `import { Actor } from ${door};
     export class Ticker extends Actor {
       // A server tells its tree at most four times a second: who is back sooner was never seen to be away.
       start() { return new Promise((ready) => setTimeout(ready, 600)); }
       tick() { return 1; }
       crash() { setTimeout(() => { throw new Error("a bug in a timer"); }); return new Promise(() => {}); }
     }`,
  );
  writeFileSync(
    config,
    `import { pool, supervisor, thread } from ${door};
     const ticker = () => thread(new URL("./ticker.mjs", import.meta.url), undefined, { spare: "none" });
     export default {
       tree: supervisor({}, { models: supervisor({}, { tickers: pool(ticker(), { size: 2 }) }), ticker: ticker() }),
       expose: { ticker: ["tick", "crash"] },
     };`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serving(port = 0, env: Record<string, string> = {}): Promise<{ server: CommandLine; url: string }> {
  const server = start(["serve", config, "--port", String(port)], { env });
  const [, url] = await server.says(/page +(http:\S+)/);
  await server.says(/^ready: ticker$/m);
  return { server, url: url! };
}

/** Ctrl-C. */
function interrupt(command: CommandLine): Promise<Finished> {
  command.child.kill("SIGINT");
  return command.finished;
}

const lineOf = (block: string, name: string) => block.split("\n").find((line) => line.includes(`● ${name} `));

describe("holdfast tree", () => {
  it("draws the live tree of a server, one branch of it, and gives it to programs", async () => {
    const { url } = await serving();
    const { code, out, err } = await holdfast(["tree", url]);
    expect([code, err]).toEqual([0, ""]);
    expect(out.replaceAll(/thread \d+/g, "thread n").split("\n")).toEqual([
      "  ● app            supervisor  running",
      "  ├─ ● models      supervisor  running",
      "  │  └─ ● tickers  pool        running  2 fixed  mail 0+0/1000",
      "  │     ├─ ● 1     actor       running  thread n",
      "  │     └─ ● 2     actor       running  thread n",
      "  └─ ● ticker      actor       running  mail 0+0/1000  thread n",
      "",
    ]);
    const branch = await holdfast(["tree", url, "--path", "models/tickers"]);
    expect(branch.out.replaceAll(/thread \d+/g, "thread n").split("\n")).toEqual([
      "  ● tickers  pool   running  2 fixed  mail 0+0/1000",
      "  ├─ ● 1     actor  running  thread n",
      "  └─ ● 2     actor  running  thread n",
      "",
    ]);
    const json = await holdfast(["tree", url, "--json"]);
    expect(json.out.trimEnd()).not.toContain("\n");
    expect(JSON.parse(json.out)).toMatchObject({
      path: "app",
      children: [{ path: "app/models" }, { path: "app/ticker", state: "running", restarts: 0 }],
    });
    const typo = await holdfast(["tree", url, "--path", "modles"]);
    expect(typo).toMatchObject({ code: 1, out: "", err: expect.stringContaining('nothing at "modles"') });
    expect(typo.err).toContain("it has models, ticker");
  });

  it("watches an actor die and heal, marks it, and ends with 0 at Ctrl-C", async () => {
    const { url } = await serving();
    const blocks = start(["tree", url, "--watch"]);
    const lines = start(["tree", url, "--watch", "--json", "--path", "ticker"]);
    await blocks.says(/● ticker/);
    await lines.says(/"restarts":0/);
    expect((await holdfast(["ask", url, "ticker", "crash"])).err).toContain("ActorDied");
    await blocks.says(/restarts 1 \(\+1\)/);
    await blocks.says(/\* └─ ● ticker .* restarts 1/);
    await lines.says(/"state":"running".*"restarts":1/);
    expect((await interrupt(blocks)).code).toBe(0);
    expect((await interrupt(lines)).code).toBe(0);

    const shown = blocks.out.split("\n\n").filter((block) => block !== "");
    expect(lineOf(shown[0]!, "ticker")).not.toContain("restarts");
    // Nothing is said twice.
    const seen = shown.map((block) =>
      block
        .split("\n")
        .slice(1)
        .join("\n")
        .replace(/^[*+]| \(\+\d+\)/gm, " "),
    );
    for (const [index, block] of seen.entries()) expect(block).not.toBe(seen[index - 1]);
    const states = lines.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as TreeNode);
    expect(states.map(({ path }) => path)).toEqual(states.map(() => "app/ticker"));
    expect(states[0]).toMatchObject({ state: "running", restarts: 0 });
    expect(states.some(({ state }) => state !== "running")).toBe(true);
    expect(states.at(-1)).toMatchObject({ restarts: 1 });
  });

  it("survives a restart of the server", async () => {
    const { server, url } = await serving();
    const watching = start(["tree", url, "--watch", "--json"]);
    await watching.says(/"path":"app"/);
    await interrupt(server);
    await watching.says(/connection lost, retrying: .*\n/);
    await serving(Number(new URL(url).port));
    await watching.says(/connected again/);
    await holdfast(["ask", url, "ticker", "crash"]);
    await watching.says(/"path":"app\/ticker".*"restarts":1/);
    expect((await interrupt(watching)).code).toBe(0);
    for (const line of watching.out.trimEnd().split("\n")) expect(JSON.parse(line)).toHaveProperty("path", "app");
  });

  it("needs the token of a server that has one, from the environment or the command line", async () => {
    const token = "a-token-of-16-characters";
    const { server, url } = await serving(0, { HOLDFAST_TOKEN: token });
    expect((await holdfast(["tree", url], { env: { HOLDFAST_TOKEN: token } })).code).toBe(0);
    expect((await holdfast(["tree", url, "--token", token])).code).toBe(0);
    for (const args of [[], ["--token", "another-token-of-16"]]) {
      const { code, err } = await holdfast(["tree", url, ...args]);
      expect(err).toMatch(/refused the token \(.*\): give the one it was started with, in HOLDFAST_TOKEN\n$/);
      expect(code).toBe(1);
    }
    // One that watches when the server comes back with another token is told, and ends.
    const watching = start(["tree", url, "--watch", "--token", token]);
    await watching.says(/● app/);
    await interrupt(server);
    await watching.says(/connection lost/);
    await serving(Number(new URL(url).port), { HOLDFAST_TOKEN: "quite-another-token-16" });
    const { code, err } = await watching.finished;
    expect(err).toContain("refused the token");
    expect(code).toBe(1);
  });

  it("shows the tree of a server that others reach to operators only", async () => {
    const env = { HOLDFAST_TOKEN: "a-token-of-16-characters", HOLDFAST_ADMIN_TOKEN: "an-admin-token-of-16" };
    const server = start(["serve", config, "--port", "0", "--host", "0.0.0.0"], { env });
    const [, port] = await server.says(/page +http:\S+:(\d+)/);
    const url = `http://127.0.0.1:${port}`;
    const caller = await holdfast(["tree", url, "--token", env.HOLDFAST_TOKEN]);
    expect(caller).toMatchObject({ code: 1, err: expect.stringContaining("give its admin token in HOLDFAST_TOKEN") });
    expect((await holdfast(["tree", url, "--token", env.HOLDFAST_ADMIN_TOKEN])).code).toBe(0);
  });

  it("says in one sentence why there is no tree", async () => {
    const page = await listening(createHttpServer((_, response) => response.end("hello")));
    const mute = await listening(createServer((socket) => void socket.end("220 mail.example\r\n")));
    const closed = await listening(createServer());
    await new Promise((done) => closed.server.close(done));
    const ended = async (...args: string[]) => {
      const { code, out, err } = await holdfast(["tree", "--timeout", "300ms", ...args]);
      expect(out).toBe("");
      expect(err).toMatch(/^holdfast: .*\n(see: .*\n)?$/);
      return `${code} ${err}`;
    };
    try {
      expect(await ended("nowhere")).toMatch(/^2 .*"nowhere" is no url of a server: give the url that/);
      expect(await ended("ftp://127.0.0.1")).toMatch(/^2 .*is no url of a server/);
      expect(await ended(closed.url)).toMatch(
        /^1 .*no server answers at http:\S+ within 300ms .*ECONNREFUSED.*start it with/,
      );
      expect(await ended(closed.url, "--timeout", "0")).toMatch(/^2 .*--timeout is "0": give more than 0/);
      expect(await ended(closed.url, "--timeout", "5")).toMatch(
        /^1 .*within 5 ms, which is what --timeout 5 says: for seconds write 5s /,
      );
      expect(await ended(closed.url, "--timeout", "300")).toMatch(
        /^1 .*no server answers at http:\S+ within 300 ms \(/,
      );
      expect(await ended(page.url)).toMatch(/^1 .*is no holdfast server .*: give the url that/);
      expect(await ended(mute.url)).toMatch(/^1 .*is no holdfast server .*: give the url that/);
      expect(await ended()).toMatch(/^2 .*tree takes one url, not 0\nsee: holdfast tree --help/);
      expect(await ended(page.url, "--timeout", "soon")).toMatch(/^2 .*--timeout is "soon"/);
      expect((await holdfast(["tree", "--help"])).out).toContain("Exit codes: 0");
    } finally {
      page.server.close();
      mute.server.close();
    }
  });

  it("ends quietly when whoever reads has left", async () => {
    const { url } = await serving();
    const main = resolve("dist/cli/main.js");
    const command = `${process.execPath} ${main} tree ${url} --watch; echo "code $?" >&2`;
    // Each crash is a change, and the first write to the closed pipe ends the watch.
    const crash = `${process.execPath} ${main} ask ${url} ticker crash`;
    const { stderr } = spawnSync("sh", ["-c", `(${command}) | (head -1; exec <&-; ${crash})`], { encoding: "utf8" });
    expect(stderr).toContain("code 0");
  });
});

async function listening(server: Server): Promise<{ server: Server; url: string }> {
  // A client that gives up in the middle resets its connection.
  server.on("connection", (socket: Socket) => socket.on("error", () => {}));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
