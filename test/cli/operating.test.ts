import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { holdfast } from "./command-line.js";
import { operatedServers } from "./operated-server.js";

const { serving, folder } = operatedServers();
const env = { HOLDFAST_ADMIN_TOKEN: "an-admin-token-of-16" };

it("the walk through an incident in docs/operating.md does what it says", async () => {
  const { url } = await serving(0, env);
  expect((await holdfast(["ask", url, "workers", "kills"])).err).toContain("PoisonedMessage");
  // Its reports are told complete, at the latest, when the members serve again.
  expect((await holdfast(["ask", url, "workers", "add", "1", "2"])).code).toBe(0);

  const [, walk] = readFileSync("docs/operating.md", "utf8").split("## At three in the morning\n");
  const commands = [...walk!.matchAll(/^ {4}npx holdfast (.+)$/gm)].map(([, words]) => words!.split(" "));
  expect(commands.map(([name]) => name)).toEqual([
    "report",
    "report",
    "top",
    "events",
    "dead-letters",
    "dead-letters",
    "report",
  ]);
  const said: string[] = [];
  for (const words of commands) {
    const args = words.map((word) => word.replace("http://127.0.0.1:8080", url));
    const { code, out, err } = await holdfast(args, { env, cwd: folder() });
    expect(`${code} ${words.join(" ")}: ${err}`).toMatch(/^0 .*: (written to incident\.html\n)?$/);
    said.push(out);
  }
  const [verdict, one, busy, before, letters, letter] = said;
  expect(verdict).toContain("2 deaths in 1 service");
  expect(verdict).toContain("app/workers");
  expect(one).toMatch(/^report 1: app\/workers\/\d died at /);
  expect(busy).toContain("app/workers");
  expect(before).toMatch(/dead letter: app\/workers\/\d\.kills/);
  expect(letters).toMatch(/app\/workers\/\d\.kills +poison/);
  expect(letter).toMatch(/^dead letter 1: app\/workers\/\d\.kills/);
  expect(readFileSync(join(folder(), "incident.html"), "utf8")).toContain("a bad input");
});
