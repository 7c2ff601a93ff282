import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as defaults from "../../../src/defaults.js";

/** What the manual and the docstrings tell users; the file and the sentence that tells it. */
const told: Record<string, [value: unknown, file: string, says: RegExp]> = {
  DEFAULT_ASK_TIMEOUT: ["30s", "src/actor/ref.ts", /How long the caller waits\. Default 30 s/],
  DEFAULT_METHOD_LIMIT: ["60s", "src/actor/methods.ts", /its host is killed\. Default 60 s/],
  DEFAULT_MAILBOX_MESSAGES: [1000, "src/system/specs.ts", /Default 1000\./],
  DEFAULT_MAILBOX_BYTES: [64 * 1024 * 1024, "src/system/specs.ts", /Default 64 MiB\./],
  DEFAULT_WINDOW: [64, "src/system/specs.ts", /ahead of execution\. Default 64\./],
  DEFAULT_DRAIN: ["10s", "src/system/app.ts", /within `drain` \(default 10 s\)/],
  DEFAULT_KEY_IDLE: ["5m", "src/routing/keyed.ts", /Default "5m"/],
  DEFAULT_MAX_KEYS: [1000, "src/routing/keyed.ts", /Default 1000\./],
  DEFAULT_SLAB_BYTES: [64 * 1024 * 1024, "src/system/system.ts", /0: none is used\. Default 64\./],
  KEPT_REPORTS: [200, "src/system/app.ts", /at most 200 are kept/],
};

describe("the defaults are what users are told", () => {
  it.each(Object.entries(told))("%s", (name, [value, file, says]) => {
    expect((defaults as Record<string, unknown>)[name]).toBe(value);
    expect(readFileSync(file, "utf8")).toMatch(says);
  });

  it("every default has its reason above it", () => {
    const text = readFileSync("src/defaults.ts", "utf8");
    const bare = [...text.matchAll(/^(.*)\nexport const (\w+)/gm)].filter(([, above]) => !/\*\/\s*$/.test(above!));
    expect(bare.map(([, , name]) => name)).toEqual([]);
  });
});
