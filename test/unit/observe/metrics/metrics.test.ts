import fc from "fast-check";
import { Counter, register } from "prom-client";
import { afterEach, describe, expect, test } from "vitest";
import { type Metrics, type MetricsOptions, metricsOf } from "../../../../src/observe/metrics/metrics.js";
import { parsed } from "../../../monitoring/parsed.js";
import { Counted, latency, standing, unit } from "./counted.js";

const open: Metrics[] = [];
afterEach(() => {
  for (const metrics of open.splice(0)) metrics.close();
});

async function metricsOn(counted: Counted, options?: MetricsOptions): Promise<Metrics> {
  const metrics = await metricsOf(counted.app, options);
  open.push(metrics);
  return metrics;
}

describe("the text of a system's metrics", () => {
  test("counts nothing a second time when what had counted it is removed, and its supervisor keeps the sum", async () => {
    const counted = new Counted();
    const { clock } = standing();
    const metrics = await metricsOn(counted, { clock });
    counted.units = [unit("app/v", { kind: "supervisor" }), unit("app/v/1", { accepted: 7, failed: { Timeout: 7 } })];
    const before = parsed(await metrics.text());
    expect(before.get('holdfast_messages_failed_total{code="Timeout",actor="app/v/1"}')).toBe(7);
    counted.units = [unit("app/v", { kind: "supervisor", accepted: 7, failed: { Timeout: 7 } })];
    clock.at = 1000;
    const after = parsed(await metrics.text());
    const risen = [...after].filter(([name, value]) => /messages_/.test(name) && value > (before.get(name) ?? 0));
    expect(risen).toEqual([]);
  });

  test("says what was counted, at the moment when it is asked for", async () => {
    const counted = new Counted();
    const { clock } = standing();
    const metrics = await metricsOn(counted, { clock });
    counted.units = [
      unit("app/digits", {
        accepted: 9,
        answered: 4,
        failed: { Timeout: 2 },
        waiting: 3,
        oldestWaitMs: 250,
        restarts: { threw: 2 },
      }),
      unit("app/digits/1", { partOf: "app/digits", restarts: { threw: 2 }, heapBytes: 1024 }),
    ];
    counted.deadLetters = { poison: 1 };
    const first = parsed(await metrics.text());
    expect(first.get('holdfast_messages_accepted_total{actor="app/digits"}')).toBe(9);
    expect(first.get('holdfast_messages_failed_total{code="Timeout",actor="app/digits"}')).toBe(2);
    expect(first.get('holdfast_mailbox_oldest_wait_seconds{actor="app/digits"}')).toBe(0.25);
    expect(first.get('holdfast_restarts_total{cause="threw",actor="app/digits"}')).toBe(2);
    expect(first.get('holdfast_heap_bytes{actor="app/digits/1"}')).toBe(1024);
    expect(first.get('holdfast_dead_letters_total{reason="poison"}')).toBe(1);
    // A pool's members have no mail of their own, and their restarts are the pool's too.
    expect(first.has('holdfast_restarts_total{cause="threw",actor="app/digits/1"}')).toBe(false);
    expect(first.has('holdfast_messages_accepted_total{actor="app/digits/1"}')).toBe(false);
    counted.units = [unit("app/digits", { accepted: 10 })];
    clock.at = 1000;
    expect(parsed(await metrics.text()).get('holdfast_messages_accepted_total{actor="app/digits"}')).toBe(10);
  });

  test("is to the letter what prom-client writes of the same registry", async () => {
    const counted = new Counted();
    counted.units = [
      unit("app/digits", { latency: latency(), failed: { Timeout: 2, 'a"b\\c\nd': 1 }, restarts: { threw: 1 } }),
      unit('app/"quoted"\\\n{x="1"} 5', { latency: latency() }),
    ];
    const options = standing();
    // What changes from one reading to the next is left out.
    const still = (text: string) => text.replace(/^(process_|holdfast_(event_loop|scrape)_).*$/gm, "");
    const metrics = await metricsOn(counted, options);
    new Counter({ name: "my_total", help: "mine", labelNames: ["a"], registers: [metrics.registry] }).inc({ a: 'x"y' });
    expect(still(await metrics.text())).toBe(still(await metrics.registry.metrics()));
    options.clock.at = 1000;
    metrics.registry.setDefaultLabels({ server: "three" });
    expect(still(await metrics.text())).toBe(still(await metrics.registry.metrics()));
    expect(await metrics.text()).toContain('server="three"');
  });

  test("tells a histogram whose buckets add up", async () => {
    const counted = new Counted();
    const times = latency();
    counted.units = [unit("app/digits", { latency: times })];
    const values = parsed(await (await metricsOn(counted)).text());
    const name = "holdfast_request_duration_seconds";
    expect(values.get(`${name}_count{actor="app/digits"}`)).toBe(times.count);
    expect(values.get(`${name}_sum{actor="app/digits"}`)).toBe(1.2345);
    expect(values.get(`${name}_bucket{le="+Inf",actor="app/digits"}`)).toBe(times.count);
    const buckets = [...values].filter(([key]) => key.startsWith(`${name}_bucket`)).map(([, value]) => value);
    expect(buckets).toEqual(times.buckets.map((_, i) => i + 1));
  });

  test("is in no registry but its own", async () => {
    const before = register.getMetricsAsArray().length;
    const one = await metricsOn(new Counted());
    const two = await metricsOn(new Counted());
    expect(one.registry).not.toBe(two.registry);
    expect(register.getMetricsAsArray()).toHaveLength(before);
  });
});

describe("names", () => {
  test("of any kind make text that can be read, and two that differ stay two", async () => {
    const name = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 300 }),
      fc.constantFrom(
        '"} 1\nfake_total{x="',
        "\u001b[31mred",
        "a\\",
        "a\\\\",
        "a\u202eb",
        "\ud800",
        "a\n",
        "a\\n",
        "é",
        "\r",
      ),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { maxLength: 20 }),
        fc.dictionary(name, fc.nat()),
        async (paths, failed) => {
          const counted = new Counted();
          counted.units = paths.map((path, i) => unit(path, { accepted: i, failed }));
          const metrics = await metricsOf(counted.app);
          try {
            const text = await metrics.text();
            expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]|^fake/mu);
            const values = parsed(text);
            const found = [...values.keys()].filter((key) => key.startsWith("holdfast_messages_accepted_total{"));
            expect(found.map((key) => values.get(key))).toEqual(paths.map((_, i) => i));
          } finally {
            metrics.close();
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test("beyond the bound are told together, and their sum never goes down", async () => {
    const counted = new Counted();
    const { clock } = standing();
    const metrics = await metricsOn(counted, { clock });
    const many = Array.from({ length: 2010 }, (_, i) =>
      unit(`app/${i}`, { accepted: 1, waiting: 2, latency: latency() }),
    );
    counted.units = many;
    const first = parsed(await metrics.text());
    const actors = (values: Map<string, number>) =>
      [...values.keys()].filter((key) => key.startsWith("holdfast_messages_accepted_total{")).length;
    expect(actors(first)).toBe(2001);
    const other = (name: string) => `${name}{actor="other"}`;
    expect(first.get(other("holdfast_messages_accepted_total"))).toBe(10);
    expect(first.get(other("holdfast_mailbox_messages"))).toBe(20);
    expect(first.get(other("holdfast_request_duration_seconds_count"))).toBe(10 * latency().count);
    // Some go, others come, and one begins anew under its old name.
    counted.units = [...many.slice(0, 2005), unit("app/new", { accepted: 7 })];
    clock.at = 1000;
    const second = parsed(await metrics.text());
    expect(second.get(other("holdfast_messages_accepted_total"))).toBe(17);
    expect(second.get(other("holdfast_mailbox_messages"))).toBe(10);
    counted.units = [unit("app/new", { accepted: 1 }), unit("app/2009", { accepted: 1 })];
    clock.at = 2000;
    expect(parsed(await metrics.text()).get(other("holdfast_messages_accepted_total"))).toBe(19);
  });
});

test.each([
  ["told among the others", 0],
  ["told by its name", 1],
])("a child that was removed counts once, where its supervisor is %s", async (_, at) => {
  const counted = new Counted();
  const { clock } = standing();
  const metrics = await metricsOn(counted, { clock });
  const named = Array.from({ length: 2000 - at }, (_, i) => unit(`app/${i}`));
  const kind = "supervisor";
  const child = { accepted: 3, answered: 3, failed: { Timeout: 1 }, restarts: { threw: 2 }, planned: { hand: 1 } };
  const own = { restarts: { "gave-up": 1 }, planned: { hand: 4 }, refused: {} };
  const above = (more = {}) => unit("app/above", { kind, ...own, own, ...more });
  counted.units = [...named.slice(0, 1000), above(), ...named.slice(1000), unit("app/above/child", child)];
  if (at === 0) counted.units = [...named, above(), unit("app/above/child", child)];
  const sums = async () => {
    const values = [...parsed(await metrics.text())];
    const sum = (name: string) =>
      values.reduce((all, [key, value]) => (key.startsWith(`${name}{`) ? all + value : all), 0);
    return ["messages_accepted", "messages_failed", "restarts", "planned_restarts"].map((name) =>
      sum(`holdfast_${name}_total`),
    );
  };
  expect(await sums()).toEqual([3, 1, 3, 5]);
  clock.at = 1000;
  const both = { restarts: { "gave-up": 1, threw: 2 }, planned: { hand: 5 } };
  counted.units = [...named, above({ ...child, ...both })];
  expect(await sums()).toEqual([3, 1, 3, 5]);
  // Somebody still sends to it.
  clock.at = 2000;
  const refused = { ActorStopped: 2 };
  counted.units = [...named, above({ ...child, ...both, refused, own: { ...own, refused } })];
  const refusals = `holdfast_messages_refused_total{code="ActorStopped",actor="${at === 0 ? "other" : "app/above"}"}`;
  expect(parsed(await metrics.text()).get(refusals)).toBe(2);
});

test("names of actors that are gone are free for others, who are told by their own from their first count on", async () => {
  const counted = new Counted();
  const { clock } = standing();
  const metrics = await metricsOn(counted, { clock });
  for (let life = 0; life < 5; life++) {
    clock.at = life * 1000;
    counted.units = Array.from({ length: 900 }, (_, i) => unit(`app/pool/${life * 1000 + i}`, { accepted: 1 }));
    const values = parsed(await metrics.text());
    expect(values.get(`holdfast_messages_accepted_total{actor="app/pool/${life * 1000 + 899}"}`)).toBe(1);
    expect(values.has('holdfast_messages_accepted_total{actor="other"}')).toBe(false);
  }
});

describe("a scrape", () => {
  test("is computed once, however many ask for it, and again when it is 100 ms old", async () => {
    const counted = new Counted();
    const { clock } = standing();
    const metrics = await metricsOn(counted, { clock });
    const texts = await Promise.all(Array.from({ length: 50 }, () => metrics.text()));
    expect(new Set(texts).size).toBe(1);
    clock.at = 99;
    expect(await metrics.text()).toBe(texts[0]);
    expect(counted.looks).toBe(1);
    clock.at = 100;
    await metrics.text();
    expect(counted.looks).toBe(2);
  });

  test("goes without a source that throws, says so, and has it again when it is well", async () => {
    const counted = new Counted();
    const { clock } = standing();
    const metrics = await metricsOn(counted, {
      clock,
      hops: {
        bad: () => {
          throw new Error("no hop");
        },
        good: () => ({ retry: { retries: 4, overBudget: 1 } }),
      },
    });
    counted.units = [unit("app/digits", { accepted: 1 })];
    counted.broken = new Error("no stats");
    const first = parsed(await metrics.text());
    expect(first.has('holdfast_messages_accepted_total{actor="app/digits"}')).toBe(false);
    expect(first.get('holdfast_scrape_failures_total{source="stats"}')).toBe(1);
    expect(first.get('holdfast_scrape_failures_total{source="hop bad"}')).toBe(1);
    expect(first.get('holdfast_hop_retries_total{hop="good"}')).toBe(4);
    counted.broken = undefined;
    clock.at = 1000;
    const second = parsed(await metrics.text());
    expect(second.get('holdfast_messages_accepted_total{actor="app/digits"}')).toBe(1);
    expect(second.get('holdfast_scrape_failures_total{source="stats"}')).toBe(1);
  });

  test("that fails, since a metric of somebody else throws, is kept by nobody", async () => {
    const metrics = await metricsOn(new Counted());
    let broken = true;
    const mine = new Counter({
      name: "my_total",
      help: "mine",
      registers: [metrics.registry],
      collect: () => {
        if (broken) throw new Error("no number");
      },
    });
    mine.inc(3);
    await expect(metrics.text()).rejects.toThrow("no number");
    broken = false;
    expect(parsed(await metrics.text()).get("my_total")).toBe(3);
  });

  test("hears no event any more when it is closed", async () => {
    const counted = new Counted();
    const metrics = await metricsOf(counted.app);
    expect(counted.listeners).toBe(1);
    metrics.close();
    metrics.close();
    expect(counted.listeners).toBe(0);
  });
});

test("an option that nobody would read is refused by name", async () => {
  await expect(metricsOf(new Counted().app, { model: {} } as never)).rejects.toMatchObject({ code: "InvalidSpec" });
});
