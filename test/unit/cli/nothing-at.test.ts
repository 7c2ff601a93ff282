import { describe, expect, it } from "vitest";
import { nothingAt } from "../../../src/cli/connection/nothing-at.js";
import type { TreeNode } from "../../../src/system/tree.js";

function node(path: string, children: TreeNode[] = []): TreeNode {
  return { path, name: path.split("/").at(-1)!, kind: "actor", state: "running", restarts: 0, children };
}

const many = Array.from({ length: 30 }, (_, index) => node(`app/many/unit-${index}`));
const tree = node("app", [
  node("app/models", [node("app/models/speech"), node("app/models/language")]),
  node("app/many", many),
]);
const said = (path: string) => nothingAt("url", tree, path).message;

describe("what is said of a path that is not in the tree", () => {
  it("is the one that was probably meant, written as it was asked for, and what there is", () => {
    expect(said("models/speach")).toBe(
      'url has nothing at "models/speach": did you mean "models/speech"? ("models" has speech, language)',
    );
    expect(said("app/model")).toBe(
      'url has nothing at "app/model": did you mean "app/models"? ("app" has models, many)',
    );
  });

  it("is what there is where the path leaves the tree, as much as fits a sentence", () => {
    expect(said("databases/orders")).toBe('url has nothing at "databases/orders": it has models, many');
    expect(said("models/speech/encoder-of-frames")).toBe(
      'url has nothing at "models/speech/encoder-of-frames": "models/speech" has nothing',
    );
    expect(said("many/of-which-there-is-none")).toMatch(/"many" has unit-0, .*unit-11, … 18 more$/);
  });
});
