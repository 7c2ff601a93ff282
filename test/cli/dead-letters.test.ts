import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { holdfast } from "./command-line.js";
import { operatedServers } from "./operated-server.js";

const { serving, start, folder } = operatedServers();
const env = { HOLDFAST_ADMIN_TOKEN: "an-admin-token-of-16" };

describe("holdfast dead-letters", () => {
  it("lists, shows, sends again and discards what killed twice, and shows nothing of what it carries", async () => {
    const { url } = await serving(0, env);
    const letters = (...args: string[]) => holdfast(["dead-letters", url, ...args], { env });
    expect(await letters()).toMatchObject({ code: 0, out: "no dead letters\n", err: "" });

    const file = join(folder(), "secret-mood");
    writeFileSync(file, "");
    for (const actor of ["workers", "worker"]) {
      expect((await holdfast(["ask", url, actor, "moody", JSON.stringify(file)])).err).toContain("PoisonedMessage");
    }
    const list = await letters();
    expect(list.out).toMatch(/^id {2}UTC {7}what +reason +retry\n/);
    expect(list.out).toMatch(/app\/workers\/\d\.moody +poison +yes\n/);
    for (const line of list.out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const [first, second] = (await letters("--json")).out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as { id: number; path: string });
    const shown = await letters("show", String(first!.id));
    expect(shown.out).toMatch(/^dead letter \d+: app\/workers\/\d\.moody, /);
    expect(shown.out).toMatch(/arguments +\[string\], \d+ bytes, digest [0-9a-f]{16}/);
    expect(shown.out).toMatch(/killed +report \d+: uncaught Error: a bad input/);
    expect(`${list.out}${shown.out}${(await letters("--json")).out}`).not.toContain("secret-mood");

    // It still kills: it stays, and says how it failed. The other one is left alone.
    const again = await letters("retry", String(first!.id));
    expect(again).toMatchObject({ code: 1, err: "" });
    expect(again.out).toMatch(/^letter \d+ failed: PoisonedMessage: /);
    expect((await letters("show", String(first!.id))).out).toMatch(
      /retried +1 time, the last time with PoisonedMessage/,
    );

    rmSync(file);
    expect(await letters("retry", String(first!.id))).toMatchObject({
      code: 0,
      out: `letter ${first!.id} is retried\n`,
    });
    expect((await letters("--path", "workers")).out).toBe("no dead letters\n");
    const gone = await letters("discard", String(second!.id), String(first!.id), "--json");
    expect(gone.code).toBe(1);
    expect(
      gone.out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { id: second!.id, outcome: "discarded" },
      { id: first!.id, outcome: "failed", code: "InvalidValue", message: "there is no such letter" },
    ]);
    expect(await letters("retry", "--all", "--json")).toMatchObject({
      code: 0,
      out: '{"succeeded":0,"failed":0,"refused":0}\n',
    });
    expect(await letters("discard", "--all")).toMatchObject({ code: 0, out: "0 discarded\n" });
    expect(await letters("show", "99")).toMatchObject({
      code: 1,
      err: expect.stringContaining("has no dead letter 99"),
    });
  });

  it("has as many as the config of the server keeps", async () => {
    const config = (deadLetters: string) => {
      const file = join(folder(), "kept.config.mjs");
      const from = `import config from ${JSON.stringify(join(folder(), "holdfast.config.mjs"))};\n`;
      writeFileSync(file, `${from}export default { ...config, deadLetters: ${deadLetters} };\n`);
      return file;
    };
    expect(await holdfast(["serve", config("{ keep: -1 }"), "--port", "0"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("deadLetters.keep is -1"),
    });
    const server = start(["serve", config("{ keep: 1 }"), "--port", "0"], { env });
    const [, url] = await server.says(/page +(http:\S+)/);
    await server.says(/^ready: worker/m);
    for (const actor of ["workers", "worker"]) {
      expect((await holdfast(["ask", url!, actor, "kills"])).err).toContain("PoisonedMessage");
    }
    const { out } = await holdfast(["dead-letters", url!, "--json"], { env });
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ path: "app/worker" }]);
  });

  it("needs the admin token alone where other machines reach the server, whatever token of callers is there", async () => {
    const shared = { ...env, HOLDFAST_TOKEN: "a-token-of-16-characters" };
    const file = join(folder(), "holdfast.config.mjs");
    const server = start(["serve", file, "--port", "0", "--host", "0.0.0.0"], { env: shared });
    const [, port] = await server.says(/page +http:\S+:(\d+)/);
    const url = `http://127.0.0.1:${port}`;
    for (const HOLDFAST_TOKEN of ["", shared.HOLDFAST_TOKEN]) {
      const list = await holdfast(["dead-letters", url], { env: { ...env, HOLDFAST_TOKEN } });
      expect(list).toMatchObject({ code: 0, out: "no dead letters\n", err: "" });
    }
    const caller = await holdfast(["dead-letters", url, "--token", shared.HOLDFAST_TOKEN]);
    expect(caller).toMatchObject({ code: 1, err: expect.stringContaining("refused the admin token") });
  });

  it("is for operators, and says what is wrong with what was asked", async () => {
    const { url, server } = await serving(0, env);
    // What a server writes is kept: a token that was given to it is not in it.
    expect(server.out).toContain("admin token  the one that was given");
    expect(server.out).not.toContain(env.HOLDFAST_ADMIN_TOKEN);
    const none = await holdfast(["dead-letters", url], { env: { HOLDFAST_ADMIN_TOKEN: "" } });
    expect(none).toMatchObject({ code: 2, err: expect.stringContaining("give it in HOLDFAST_ADMIN_TOKEN") });
    const wrong = await holdfast(["dead-letters", url, "--token", "another-token-of-16"]);
    expect(wrong).toMatchObject({ code: 1, out: "", err: expect.stringContaining("refused the admin token") });
    const said = async (...args: string[]) => {
      const { code, err } = await holdfast(["dead-letters", url, ...args], { env });
      return `${code} ${err}`;
    };
    expect(await said("burn", "1")).toMatch(/^2 .*"burn" is none of list, show, retry and discard/);
    expect(await said("retry")).toMatch(/^2 .*retry takes numbers of letters, or --all/);
    expect(await said("retry", "1", "--all")).toMatch(/^2 .*numbers of letters, or --all/);
    expect(await said("discard", "1", "--path", "x")).toMatch(/^2 .*are for --all and for list/);
    expect(await said("show", "x")).toMatch(/^2 .*"x" is no number of a dead letter/);
    expect(await said("retry", "1", "--within", "0")).toMatch(/^2 .*--within is "0": give more than 0/);
    expect(await said("list", "--limit", "0")).toMatch(/^2 .*--limit is "0"/);
    expect((await holdfast(["dead-letters", "--help"])).out).toContain("Exit codes: 0");
  });
});
