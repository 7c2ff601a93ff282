import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { conformance, readParts, readTests } from "./conformance.mjs";

const cases = readParts().flatMap((part) => part.cases);
const tests = readTests();
const answered = new Set(tests.flatMap((test) => test.cases));

describe("the page of conformance with OTP is true", () => {
  it("every case is listed once, with a verdict", () => {
    const names = cases.map((one) => one.case);
    expect(names.length).toBe(new Set(names).size);
    expect(cases.filter(({ verdict }) => !["same", "different", "not applicable"].includes(verdict))).toEqual([]);
  });

  it("no case of the suites is missing", () => {
    // As many as the suites have: a case that is dropped from the list shall not go unnoticed.
    const counts = readParts().map((part) => [part.suite, part.cases.length] as const);
    const total = (suite: string) => counts.reduce((sum, [name, count]) => sum + (name === suite ? count : 0), 0);
    expect(total("supervisor_SUITE")).toBe(93);
    expect(total("dynamic_supervisor_test")).toBe(41);
    expect(total("supervisor_test")).toBe(16);
  });

  it("every case that is the same, or different on purpose, is held by a test that names it", () => {
    const unheld = cases.filter((one) => one.verdict !== "not applicable" && !answered.has(one.case));
    expect(unheld.map((one) => one.case)).toEqual([]);
  });

  it("whatever is not the same says why", () => {
    const silent = cases.filter(({ verdict, why }) => verdict !== "same" && !why);
    expect(silent.map((one) => one.case)).toEqual([]);
  });

  it("every case that a test names is listed, and not as one that does not apply", () => {
    const applicable = new Set(cases.filter(({ verdict }) => verdict !== "not applicable").map((one) => one.case));
    expect([...answered].filter((name) => !applicable.has(name))).toEqual([]);
  });

  it("none of these tests is skipped", () => {
    const files = [...new Set(tests.map(({ file }) => file))];
    const skipping = files.filter((file) =>
      /\b(it|describe)\.(skip|todo|only|runIf|skipIf)/.test(readFileSync(`test/otp/${file}`, "utf8")),
    );
    expect(files.length).toBeGreaterThan(10);
    expect(skipping).toEqual([]);
  });

  it("docs/otp-conformance.md is in step (node test/otp/conformance.mjs)", () => {
    expect(readFileSync("docs/otp-conformance.md", "utf8")).toBe(conformance());
  });
});
