import { describe, expect, it } from "vitest";
import { checkV2, requirements } from "../../../../src/lab/v2/check-v2.js";
import { fakeServer } from "./fake-server.js";
import { brokenServers } from "./mutations.js";

const options = { mayReload: true, timeoutMs: 50_000 };

it("a correct server passes every requirement", async () => {
  const { url } = await fakeServer();
  const report = await checkV2(url, options);
  expect(report.findings.filter(({ outcome }) => outcome !== "pass")).toEqual([]);
  expect(report).toMatchObject({ conforms: true, failed: 0, passed: requirements.length, models: ["echo", "sum"] });
});

describe("a server that is broken in one way", () => {
  it.for(brokenServers().map((broken) => [broken.what, broken.found, broken] as const))(
    "%s: %s finds it",
    async ([, found, { after, before }]) => {
      const { url } = await fakeServer(after, before ? { before } : {});
      const report = await checkV2(url, { ...options, only: (id) => id === found || id === "refused.deep-json" });
      const { outcome, level, why, curl } = report.findings.find(({ id }) => id === found)!;
      expect({ outcome, why: why !== "" }).toEqual({ outcome: "fail", why: true });
      expect(curl?.length).toBeGreaterThan(0);
      if (level === "required") expect(report.conforms).toBe(false);
    },
  );

  it("can be one for each requirement: none that cannot fail", () => {
    const caught = new Set(brokenServers().map(({ found }) => found));
    expect(requirements.map(({ id }) => id).filter((id) => !caught.has(id))).toEqual([]);
  });
});

it("each requirement has a name of its own and a sentence that it stands for", () => {
  expect(new Set(requirements.map(({ id }) => id)).size).toBe(requirements.length);
  expect(requirements.filter(({ says, title }) => says.length < 20 || title === "")).toEqual([]);
});
