import { afterEach, describe, expect, test, vi } from "vitest";
import { readModels } from "../../../src/dashboard/page/models/read-models.js";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A server that answers so, and what was asked of it. */
function serverThat(answer: (path: string) => Response): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (path: string) => {
    asked.push(path);
    return answer(path);
  });
  return asked;
}

describe("the models of a server", () => {
  test.each([401, 429])(
    "are asked for once where it answers %i, and that is told apart from what passes",
    async (status) => {
      const asked = serverThat(() => new Response("", { status }));
      expect(await readModels("a-token-of-before")).toMatchObject({
        kind: "refused",
        text: expect.stringContaining(`${status}`),
      });
      expect(asked).toEqual(["v2/repository/index"]);
    },
  );

  test("may come back where it fails otherwise", async () => {
    serverThat(() => new Response("", { status: 503 }));
    await expect(readModels("")).rejects.toThrow("The server answers 503");
  });

  test("are read by both of the lists that it has", async () => {
    const asked = serverThat((path) =>
      Response.json(path.endsWith("index") ? [{ name: "shout", version: "1", state: "READY" }] : { model_stats: [] }),
    );
    expect(await readModels("")).toMatchObject({ kind: "read", rows: [{ name: "shout", version: "1", answered: 0 }] });
    expect(asked).toHaveLength(2);
  });
});
