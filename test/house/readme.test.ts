import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { fillReadme } from "./readme-parts.mjs";

const readme = readFileSync("README.md", "utf8");
const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...readdirSync("docs")
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];

describe("the documents are true", () => {
  it("README quotes the examples, the containment table and the figures as they are (node test/house/readme-parts.mjs)", () => {
    expect(readme).toBe(fillReadme(readme));
  });

  it.each(pages)("every link of %s leads somewhere", (page) => {
    const text = readFileSync(page, "utf8");
    const targets = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) => target!);
    expect(targets.filter((target) => !existsSync(join(dirname(page), target)))).toEqual([]);
  });

  it("every npm script that a document names is there", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) =>
      [...readFileSync(page, "utf8").matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!),
    );
    expect([...new Set(named)].filter((name) => !(name in scripts))).toEqual([]);
  });

  it("every name that the API table calls an export is one", async () => {
    const door = await import("holdfast");
    for (const name of [
      "Actor",
      "fork",
      "inline",
      "isHoldfastError",
      "keyed",
      "pool",
      "refuse",
      "supervisor",
      "system",
      "thread",
      "treeText",
    ]) {
      expect(readme).toContain(name);
      expect(door).toHaveProperty(name);
    }
  });
});
