import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { holdfast, startsInTests } from "./command-line.js";

const start = startsInTests();
const env = { HOLDFAST_ADMIN_TOKEN: "an-admin-token-of-tests" };
let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "holdfast-models-cli-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function put(version: number, factor: number, does = ""): void {
  const folder = join(root, "models", "times", String(version));
  mkdirSync(folder, { recursive: true });
  const port = (name: string) => `[{ name: "${name}", dtype: "float32", shape: [2] }]`;
  writeFileSync(
    join(folder, "model.mjs"),
    `export const inputs = ${port("x")}; export const outputs = ${port("y")};
     export function run({ inputs: { x } }) {
       ${does}
       return { outputs: { y: { dtype: "float32", shape: [2], data: x.data.map((value) => value * ${factor}) } } };
     }`,
  );
}

it("holdfast models lists, swaps, rolls back, unloads and loads what a server serves from a folder", async () => {
  put(1, 2);
  const config = join(root, "holdfast.config.mjs");
  const options = { folder: join(root, "models"), poll: false, settle: 20, staging: root };
  writeFileSync(
    config,
    `export default { models: { ...${JSON.stringify(options)}, models: { times: { idempotent: true, pool: { size: 1 } } } } };`,
  );
  const server = start(["serve", config, "--port", "0"], { env });
  const [, url] = await server.says(/page +(http:\S+)/);
  await server.says(/^ready/m);
  const models = (...args: string[]) => holdfast(["models", url!, ...args], { env });
  const ask = async () => {
    const body = JSON.stringify({ inputs: [{ name: "x", datatype: "FP32", shape: [2], data: [1, 2] }] });
    const response = await fetch(`${url}v2/models/times/infer`, { method: "POST", body });
    const told = (await response.json()) as { model_version: string; outputs: { data: number[] }[] };
    return [told.model_version, told.outputs[0]?.data];
  };

  expect((await models("list")).out).toBe("times  1  READY\n");
  expect(await ask()).toEqual(["1", [2, 4]]);

  put(2, 3);
  const swapping = start(["models", url!, "swap", "times", "--canary", "50%", "--requests", "3"], { env });
  await swapping.says(/^model times: 1 to 2, canary: /m);
  // Another one is refused, and told what is under way.
  const refused = await models("swap", "times");
  expect(refused).toMatchObject({
    code: 1,
    err: expect.stringMatching(/a swap from 1 to 2 \(canary, 0 of 3 requests\) is under way/),
  });
  for (let i = 0; i < 6; i++) expect(["1", "2"]).toContain((await ask())[0]);
  const swapped = await swapping.finished;
  expect(swapped.code).toBe(0);
  expect(swapped.out).toMatch(/^model times\/2 was promoted: 3 requests in .* s, 0 failed, /m);
  expect(await ask()).toEqual(["2", [3, 6]]);

  // A version that cannot do is told in numbers, and by the exit code.
  put(3, 4, 'throw new Error("bad weights");');
  const bad = start(["models", url!, "swap", "times", "--canary", "1", "--json"], { env });
  await bad.says(/"phase":"canary"/);
  expect(await ask()).toEqual(["2", [3, 6]]);
  const rolled = await bad.finished;
  expect(rolled.code).toBe(1);
  const last = JSON.parse(rolled.out.trim().split("\n").at(-1)!) as { result: string; why: string };
  expect(last).toMatchObject({ type: "swapped", result: "rolled-back", why: expect.stringMatching(/bad weights/) });

  expect(await models("rollback", "times")).toMatchObject({ code: 0, out: expect.stringMatching(/times\/1 is READY/) });
  expect(await ask()).toEqual(["1", [2, 4]]);
  expect(await models("unload", "times")).toMatchObject({ code: 0, out: "times is unloaded\n" });
  expect((await models("list")).out).toMatch(/^times {2}1 {2}UNAVAILABLE {2}it was unloaded$/m);
  expect(await models("load", "times", "--version", "1")).toMatchObject({ code: 0, out: "times is loaded\n" });
  expect(await ask()).toEqual(["1", [2, 4]]);

  server.child.kill("SIGINT");
  expect((await server.finished).code).toBe(0);
});

it("what cannot be asked is told, and what mends it", async () => {
  put(1, 2);
  const config = join(root, "plain.config.mjs");
  const options = { folder: join(root, "models"), versions: [1], poll: false, settle: 20, staging: root };
  writeFileSync(config, `export default { models: ${JSON.stringify(options)} };`);
  const server = start(["serve", config, "--port", "0"], { env });
  const [, url] = await server.says(/page +(http:\S+)/);
  await server.says(/^ready/m);
  const failure = async (...args: string[]) => {
    const { code, err } = await holdfast(["models", ...args], { env: { HOLDFAST_ADMIN_TOKEN: "" } });
    return [code, err.split("\n")[0]];
  };
  expect(await failure(url!, "swap", "times")).toEqual([
    1,
    expect.stringMatching(/give the admin token in HOLDFAST_ADMIN_TOKEN/),
  ]);
  const token = ["--token", env.HOLDFAST_ADMIN_TOKEN];
  expect(await failure(url!, "swap", "tims", ...token)).toEqual([1, expect.stringMatching(/did you mean "times"\?/)]);
  expect(await failure(url!, "swap", "times", "--within", "soon", ...token)).toEqual([
    2,
    expect.stringMatching(/within is "soon"/),
  ]);
  expect(await failure(url!, "unload", "times", "--canary", "10%")).toEqual([
    2,
    "holdfast: --canary is not for unload",
  ]);
  expect(await failure(url!, "stop", "times")).toEqual([
    2,
    expect.stringMatching(/give list, or load, unload, swap or rollback/),
  ]);
  expect(await failure("nowhere", "list")).toEqual([2, expect.stringMatching(/give the url of a server/)]);
  expect(await failure("http://127.0.0.1:1", "list")).toEqual([1, expect.stringMatching(/no server answers/)]);
  expect((await holdfast(["serve", join(root, "none.mjs")])).code).toBe(2);

  const actors = join(root, "actors.config.mjs");
  const door = JSON.stringify(join(process.cwd(), "dist/index.js"));
  const one = "class One extends Actor { look() { return 1; } }";
  const tree = "supervisor({}, { one: inline(One) })";
  writeFileSync(
    actors,
    `import { Actor, inline, supervisor } from ${door};\n${one}\nexport default { tree: ${tree}, expose: { one: ["look"] } };`,
  );
  const without = start(["serve", actors, "--port", "0"], { env });
  const [, bare] = await without.says(/page +(http:\S+)/);
  await without.says(/^ready/m);
  expect(await failure(bare!, "list")).toEqual([1, expect.stringMatching(/serves no models: its config has none/)]);
});
