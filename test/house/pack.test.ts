import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** The package as `npm pack` makes it, unpacked into an empty folder beside its four dependencies. */
describe("the packed package", () => {
  let folder = "";
  let files: string[] = [];

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-pack-"));
    const packed = JSON.parse(
      execFileSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", folder], { encoding: "utf8" }),
    ) as unknown;
    // npm 10 gives a list, npm 11 and later may give an object by package name.
    const [first] = Array.isArray(packed) ? packed : Object.values(packed as object);
    files = (first as { files: { path: string }[] }).files.map(({ path }) => path);
    const modules = join(folder, "node_modules");
    mkdirSync(join(modules, "holdfast"), { recursive: true });
    const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"))!;
    execFileSync("tar", ["xzf", join(folder, tarball), "--strip-components=1", "-C", join(modules, "holdfast")]);
    for (const name of ["piscina", "msgpackr", "ws", "xstate"]) {
      symlinkSync(resolve("node_modules", name), join(modules, name));
    }
    cpSync("examples/quickstart", folder, { recursive: true });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const node = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });

  it("holds what it needs and nothing of the workshop", () => {
    expect(files).toContain("dist/index.js");
    expect(files).toContain("dist/host/thread-entry.js");
    expect(files).toContain("LICENSE");
    expect(files.filter((file) => /^(src|test|bench|examples)\//.test(file))).toEqual([]);
  });

  it("links in its pages to nothing that it does not hold", () => {
    const pages = files.filter((file) => file.endsWith(".md") && !file.startsWith("dist/"));
    const dead = pages.flatMap((page) => {
      const links = readFileSync(page, "utf8").matchAll(/\]\((?!\w+:|#)([^)#\s]+)/g);
      return [...links].flatMap(([, to]) =>
        files.includes(posix.join(posix.dirname(page), to!)) ? [] : [`${page}: ${to}`],
      );
    });
    expect(pages).toContain("docs/supervision.md");
    expect(dead).toEqual([]);
  });

  it("runs the README's first example", () => {
    expect(node("app.mjs").split("\n").slice(0, 4)).toEqual(["2", "5", "PoisonedMessage - retry? false", "9"]);
  });

  it("starts its command line without any optional package", () => {
    expect(node("node_modules/holdfast/dist/cli/main.js", "--version")).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(node("node_modules/holdfast/dist/cli/main.js", "serve", "--help")).toContain("--port");
  });

  it("says which package to install where a model's is missing", () => {
    writeFileSync(
      join(folder, "models.mjs"),
      `import { supervisor, system, thread } from "holdfast";
       import { speechModule } from "holdfast/models";
       await system(supervisor({}, { ears: thread(speechModule, {}) })).catch((error) => {
         for (let e = error; e; e = e.cause) console.log(e.code, e.message);
       });`,
    );
    expect(node("models.mjs")).toMatch(/MissingPeer .*npm i @ricky0123\/vad-web/);
  });

  it("says at /metrics which package to install, where that of the metrics is missing", () => {
    writeFileSync(
      join(folder, "metrics.mjs"),
      `import { supervisor, system } from "holdfast";
       import { gateway } from "holdfast/gateway";
       import { metricsOf } from "holdfast/metrics";
       const app = await system(supervisor({}, {}));
       const door = await gateway(app, { port: 0, expose: {}, metrics: true });
       const answer = await fetch(door.pagesUrl + "metrics");
       console.log(answer.status, await answer.text(), await metricsOf(app).catch(({ code }) => code));
       await door.close();
       await app.stop();`,
    );
    expect(node("metrics.mjs")).toMatch(
      /^404 # prom-client is not installed\. Type: npm i prom-client\n MissingPeer\n$/,
    );
  });

  it("says which package to install where a system is to be traced and OpenTelemetry is missing; it starts untraced", () => {
    writeFileSync(
      join(folder, "traced.mjs"),
      `import { supervisor, system } from "holdfast";
       await system(supervisor({}, {}), { trace: true }).catch(({ code, message }) => console.log(code, message));
       const app = await system(supervisor({}, {}));
       console.log(app.tree().state);
       await app.stop();`,
    );
    expect(node("traced.mjs")).toMatch(/^MissingPeer .*npm i @opentelemetry\/api\nrunning\n$/);
  });

  it("imports nothing heavy before a system starts: it can be imported where no dependency is", () => {
    const bare = mkdtempSync(join(tmpdir(), "holdfast-bare-"));
    try {
      cpSync(join(folder, "node_modules", "holdfast"), join(bare, "node_modules", "holdfast"), { recursive: true });
      writeFileSync(
        join(bare, "light.mjs"),
        `import { Actor, thread } from "holdfast"; console.log(typeof Actor, typeof thread);`,
      );
      const out = execFileSync(process.execPath, ["light.mjs"], { cwd: bare, encoding: "utf8" });
      expect(out).toBe("function function\n");
    } finally {
      rmSync(bare, { recursive: true, force: true });
    }
  });
});
