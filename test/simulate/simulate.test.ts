import { expect, it } from "vitest";
import type { ToParent } from "../../src/transport/frames.js";
import type { Scenario } from "./plan.js";
import { scenarioOf } from "./scenario.js";
import { shrink } from "./shrink.js";
import { type Result, Simulation, type SimulationOptions } from "./simulation.js";

/** What a failing seed shows: enough to replay it. */
function told({ seed, steps, found, lines }: Result): string {
  const laws = found.map(({ law, what }) => `law ${law}: ${what}`).join("\n");
  return `seed ${seed}, step ${steps} (npm run simulate -- --seed ${seed} --verbose)\n${laws}\n${lines.join("\n")}`;
}

function run(scenario: Scenario, options?: SimulationOptions): Promise<Result> {
  return new Simulation(scenario, options).run();
}

it("three hundred random systems under random faults keep the laws after every step", async () => {
  const counts: Record<string, number> = {};
  for (let seed = 1; seed <= 300; seed++) {
    const result = await run(scenarioOf(seed));
    if (result.found.length > 0) expect.fail(told(result));
    for (const [what, count] of Object.entries(result.counts)) counts[what] = (counts[what] ?? 0) + count;
  }
  // A simulation in which nothing goes wrong proves nothing.
  const happened = ["death threw", "death exit", "death uncaught", "death heap", "death hung", "death killed"];
  for (const what of happened) expect(counts[what], what).toBeGreaterThan(20);
  const outcomes = ["answered", "failed Timeout", "failed ActorDied", "failed PoisonedMessage", "failed MailboxFull"];
  for (const what of outcomes) expect(counts[what], what).toBeGreaterThan(20);
}, 240_000);

it("one seed gives one trace, step by step, and another seed another", async () => {
  const [first, again, other] = [await run(scenarioOf(7)), await run(scenarioOf(7)), await run(scenarioOf(8))];
  expect(first.steps).toBeGreaterThan(50);
  expect({ hash: again.hash, steps: again.steps }).toEqual({ hash: first.hash, steps: first.steps });
  expect(other.hash).not.toBe(first.hash);
});

/** Each breaks one promise of the transport or the record, in a place that the judges must see. */
const liars: { lie: string; law: RegExp; tamper: (frames: ToParent[]) => ToParent[] }[] = [
  {
    lie: "answers that are lost on the way",
    law: /1 one outcome|7 busy|liveness|8 health/,
    tamper: (frames) => frames.filter((frame) => frame.t !== "done"),
  },
  {
    lie: "answers that carry another message's number",
    law: /1 one outcome/,
    tamper: (frames) =>
      frames.map((frame) => (frame.t === "done" ? { ...frame, seq: Math.max(1, frame.seq - 1) } : frame)),
  },
  {
    lie: "snapshots of an earlier state",
    law: /3 exactly once/,
    tamper: (frames) =>
      frames.map((frame) =>
        frame.t === "done" && frame.state ? { ...frame, state: { value: [], special: false } } : frame,
      ),
  },
  {
    lie: "streamed values that come twice",
    law: /1 one outcome/,
    tamper: (frames) => frames.flatMap<ToParent>((frame) => (frame.t === "part" ? [frame, frame] : [frame])),
  },
];

it.each(liars)("the judges notice $lie", async ({ law, tamper }) => {
  const broken: string[] = [];
  for (let seed = 1; seed <= 60 && !law.test(broken.join()); seed++) {
    const { found } = await run(scenarioOf(seed), { tamper });
    broken.push(...found.map((one) => one.law));
  }
  expect(broken.join(", ")).toMatch(law);
});

const brokenHosts = [
  { broken: "deaf", law: /3 fencing/ },
  { broken: "twice", law: /3 (at most|exactly) once/ },
  { broken: "blank", law: /3 at most once|4 guilt|10 one report/ },
] as const;

it.each(brokenHosts)("the judges notice a host that is $broken", async ({ broken, law }) => {
  const laws: string[] = [];
  for (let seed = 1; seed <= 120 && !law.test(laws.join()); seed++) {
    laws.push(...(await run(scenarioOf(seed), { broken })).found.map((one) => one.law));
  }
  expect(laws.join(", ")).toMatch(law);
});

it("a failing run is shrunk to the operations that make it fail", async () => {
  const tamper = (frames: ToParent[]) =>
    frames.map((frame) => (frame.t === "done" ? { ...frame, seq: Math.max(1, frame.seq - 1) } : frame));
  let seed = 1;
  while ((await run(scenarioOf(seed), { tamper })).found.length === 0) seed++;
  const scenario = scenarioOf(seed);
  const { found } = await run(scenario, { tamper });
  const small = (await shrink(scenario, found[0]!.law, { tamper }))!;
  expect(small.scenario.ops.length).toBeLessThan(scenario.ops.length);
  expect(small.result.found.map(({ law }) => law)).toContain(found[0]!.law);
  // Nothing more can be left out.
  for (let at = 0; at < small.scenario.ops.length; at++) {
    const less = await run({ ...scenario, ops: small.scenario.ops.toSpliced(at, 1) }, { tamper });
    expect(less.found.map(({ law }) => law)).not.toContain(found[0]!.law);
  }
});
