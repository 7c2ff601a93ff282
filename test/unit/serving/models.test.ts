import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Actor } from "../../../src/actor/actor.js";
import * as models from "../../../src/serving/models/models.js";
import { bundle } from "./bundle.js";

test.each([
  ["speech", models.Speech],
  ["read", models.Read],
])("the module %s exports one actor, so that a host finds it without a name", async (name, actor) => {
  const module: Record<string, unknown> = await import(`../../../src/serving/models/${name}.ts`);
  const actors = Object.values(module).filter(
    (value) => typeof value === "function" && value.prototype instanceof Actor,
  );
  expect(actors).toEqual([actor]);
});

test("the urls are those of the modules", () => {
  expect(models.speechModule.href).toMatch(/\/models\/speech\.js$/);
  expect(models.readModule.href).toMatch(/\/models\/read\.js$/);
});

test("the segmenter runs in a page: it reaches nothing of Node", async () => {
  const program = await bundle(
    'export { segmentsOf } from "./src/serving/models/segmenter.ts";',
    fileURLToPath(new URL("../../../node_modules/", import.meta.url)),
    "browser",
  );
  try {
    const { segmentsOf } = (await import(program.path)) as typeof models;
    expect(segmentsOf([1, 1, 1, 1])).toEqual([{ start: 0, end: 0.128 }]);
  } finally {
    await program.remove();
  }
});
