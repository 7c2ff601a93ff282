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

  it.each(pages)("every link of %s with an anchor leads to a heading", (page) => {
    const text = prose(page);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)/g)];
    const lost = links.filter(([, target, anchor]) => {
      const to = target ? join(dirname(page), target) : page;
      return to.endsWith(".md") && !headings(to).has(anchor!);
    });
    expect(lost.map(([link]) => link)).toEqual([]);
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

/** A document without what is code in it. */
function prose(page: string): string {
  return readFileSync(page, "utf8").replace(/^```[\s\S]*?^```/gm, "");
}

/** What the headings of a document are called in links to them, as GitHub makes them; a name that comes again is numbered. */
function headings(page: string): ReadonlySet<string> {
  const names = new Set<string>();
  for (const [, title] of prose(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const shown = title!.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const name = shown.replace(/[^\p{L}\p{N}\p{M}_ -]/gu, "").replaceAll(" ", "-");
    let free = name;
    for (let again = 1; names.has(free); again++) free = `${name}-${again}`;
    names.add(free);
  }
  for (const [, id] of prose(page).matchAll(/<a (?:id|name)="([^"]+)"/g)) names.add(id!);
  return names;
}
