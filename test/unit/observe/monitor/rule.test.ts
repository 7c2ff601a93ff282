import { describe, expect, it } from "vitest";
import { monitorSettings } from "../../../../src/observe/monitor/monitor-options.js";
import { type RuleOptions, ruleOf } from "../../../../src/observe/monitor/rules/rule.js";
import { thrownBy } from "../../thrown-by.js";

describe("a rule", () => {
  it("alerts after ten seconds, and is over a tenth below, where nothing else is said", () => {
    expect(ruleOf({ when: "memory > 90 %" }, "rule")).toMatchObject({
      text: "memory > 90 %",
      forMs: 10_000,
      pauseMs: 60_000,
      then: "alert",
      clear: { is: "<", limit: 81 },
    });
    expect(ruleOf({ when: "disk-free < 1000 B" }, "rule").clear).toEqual({ is: ">", limit: 1100 });
    expect(ruleOf({ when: "disks-failing > 0" }, "rule").clear).toEqual({ is: "<=", limit: 0 });
    expect(ruleOf({ when: "temperature < -10 C" }, "rule").clear).toEqual({ is: ">", limit: -9 });
  });

  it.each([
    ["memory > 90 % for 10s then recycle-largest", { forMs: 10_000, then: "recycle-largest", text: "memory > 90 %" }],
    ["cpu > 95 % for 2 m", { forMs: 120_000, then: "alert", text: "cpu > 95 %" }],
    ["cpu > 95 % then shed", { forMs: 10_000, then: "shed" }],
    ["cpu > 95 %", { text: "cpu > 95 %" }],
  ])("can be one line: %s", (line, expected) => {
    expect(ruleOf(line, "rule")).toMatchObject(expected);
  });

  it.each<[RuleOptions | string, string]>([
    [{} as RuleOptions, "rule.when is undefined"],
    [{ when: "memory > 90 %", of: 3 } as RuleOptions, 'rule has no option "of"'],
    [7 as unknown as RuleOptions, "rule is 7: give an object with options"],
    [{ when: "memory > 90 %", for: "ten" as "10s" }, 'rule.for is "ten"'],
    [{ when: "memory > 90 %", for: Number.POSITIVE_INFINITY }, "rule.for is Infinity: give a time that ends"],
    [{ when: "memory > 90 %", then: "recycle" as "shed" }, 'rule.then is "recycle": give "alert"'],
    [{ when: "memory > 90 %", clear: "cpu < 80 %" }, "it is of another reading than memory"],
    [{ when: "memory > 90 %", clear: "memory > 80 %" }, "it must end below where the rule begins"],
    [{ when: "memory > 90 %", clear: "memory < 95 %" }, "it must end below where the rule begins"],
    [{ when: "memory >= 90 %", clear: "memory <= 90 %" }, "it must end below where the rule begins"],
    [{ when: "disk-free < 1 GB", clear: "disk-free > 1 MB" }, "it must end above where the rule begins"],
    ["memory > 90 % then dance", 'rule.then is "dance"'],
    ["memory > 90 % for ever", 'rule.when is "memory > 90 % for ever"'],
  ])("refuses %o by its field", (given, says) => {
    const error = thrownBy(() => ruleOf(given, "rule"));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect((error as Error).message).toContain(says);
  });
});

describe("the options of a monitor", () => {
  it("alert and do nothing else by default", () => {
    const { rules, everyMs, disks, hardware } = monitorSettings();
    expect(rules.map(({ then }) => then).filter((then) => then !== "alert")).toEqual([]);
    expect(rules.map(({ condition }) => condition.name)).toEqual([
      "loop-delay",
      "cpu",
      "memory",
      "pressure-memory",
      "disk",
    ]);
    expect({ everyMs, disks, hardware }).toEqual({ everyMs: 1000, disks: ["."], hardware: false });
  });

  it("read what rules name, each once", () => {
    const rules = [
      "disk of ./a > 1 %",
      "folder of ./b > 1 MB",
      "folder-growth of ./b > 1 MB/h",
      "round-trip of x:1 > 1 ms",
    ];
    const settings = monitorSettings({
      rules: [...rules, "temperature > 80 C"],
      peers: ["x:1", "y:2"],
      folders: ["./c"],
    });
    expect(settings).toMatchObject({
      disks: [".", "./c", "./a"],
      folders: ["./c", "./b"],
      peers: ["x:1", "y:2"],
      hardware: true,
    });
  });

  it("watch the folders and peers that are named by default too, whatever is in their names", () => {
    const { rules } = monitorSettings({ folders: ["./my state"], peers: ["db:5432"] });
    expect(rules.map(({ condition: { key } }) => key)).toContain("disk of ./my state");
    expect(rules.map(({ condition: { key } }) => key)).toContain("unreachable of db:5432");
  });

  it.each([
    [{ every: 10 }, "monitor.every is 10: give 100 ms or more"],
    [{ rules: "memory > 90 %" }, "monitor.rules is"],
    [{ rules: ["memory > 90"] }, "monitor.rules[0].when"],
    [{ peers: ["db"] }, "monitor.peers[0]"],
    [{ folders: [3] }, "monitor.folders is an array: give a list of texts"],
    [{ rule: [] }, 'monitor has no option "rule": did you mean "rules"?'],
  ])("refuse %o", (options, says) => {
    const error = thrownBy(() => monitorSettings(options as never));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect((error as Error).message).toContain(says);
  });
});
