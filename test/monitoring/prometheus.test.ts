import { readFileSync } from "node:fs";
import { Actor, type App, inline, supervisor, system } from "holdfast";
import { type Gateway, gateway } from "holdfast/gateway";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parsed } from "./parsed.js";
import { checked, noPrometheus, Prometheus } from "./prometheus.js";

const token = "a-token-of-prometheus";

class Crashing extends Actor {
  crash(): never {
    throw new RangeError("again");
  }
  answer(): string {
    return "well";
  }
}

/** A name that would break a line, a label or a terminal that took it as it is. */
const hostile = '"} 1\nfake_total{x="\u001b[31m';

const models = {
  statistics: () => {
    const some = { count: 2, ns: 3_000_000 };
    const compute = { computeInput: some, computeInfer: some, computeOutput: some };
    const times = { success: some, fail: some, queue: some, ...compute };
    return [{ name: hostile, version: "3", inferenceCount: 4, executionCount: 2, ...times }];
  },
};

const hops = { [hostile]: () => ({ retry: { retries: 7, overBudget: 0 } }) };

/** The rules of the manual in a minute's worth of seconds: what takes five minutes there takes five seconds here. */
function hurried(rules: string): string {
  return rules.replace(/\b(\d+)m\b/g, "$1s");
}

const config = (url: string) => `
global: { scrape_interval: 200ms, scrape_timeout: 200ms, evaluation_interval: 200ms }
rule_files: ["FOLDER/alerts.yml"]
scrape_configs:
  - job_name: holdfast
    authorization: { credentials_file: "FOLDER/token" }
    static_configs: [{ targets: ["${new URL(url).host}"] }]
`;

describe.skipIf(noPrometheus !== undefined)("the real Prometheus", () => {
  let app: App<unknown>;
  let door: Gateway;
  let prometheus: Prometheus;

  beforeAll(async () => {
    const often = { restarts: 100_000, within: "1s" } as const;
    const fast = { intensity: often, guiltyIntensity: often, backoff: { initial: "1ms", max: "1ms" } } as const;
    app = await system(
      supervisor({ intensity: often }, {
        loops: inline(Crashing, undefined, fast as never),
      } as never),
    );
    door = await gateway(app, { port: 0, token, expose: { loops: ["answer"] }, metrics: { models, hops } });
    const alerts = hurried(readFileSync("docs/monitoring/alerts.yml", "utf8"));
    prometheus = await Prometheus.start(config(door.pagesUrl), { "alerts.yml": alerts, token });
  }, 60_000);

  afterAll(async () => {
    await prometheus?.stop();
    await door?.close({ drain: 0 });
    await app?.stop({ drain: 0 });
  });

  const text = async () =>
    (await fetch(`${door.pagesUrl}metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
  const firing = (name: string) => `count(ALERTS{alertname="${name}",alertstate="firing"}) or vector(0)`;
  const ask = (path: string, method: string) =>
    (app.ref(path)! as unknown as { ask: Record<string, () => Promise<unknown>> }).ask[method]!();

  it("finds nothing wrong with the text, but that Triton's counters have Triton's names", async () => {
    const all = await text();
    expect(parsed(all).size).toBeGreaterThan(100);
    const [triton, ours] = [/^(# \w+ )?nv_/, /^(?!(# \w+ )?nv_)/].map((which) =>
      all
        .split("\n")
        .filter((line) => which.test(line))
        .join("\n"),
    );
    expect(checked(["check", "metrics"], `${ours}\n`)).toBe("");
    const complaints = () => checked(["check", "metrics"], `${triton}\n`);
    expect(complaints).toThrow(/nv_inference_count counter metrics should have "_total" suffix/);
    expect(complaints).not.toThrow(/parsing|duplicate/);
  });

  it("scrapes it with the token, and reads what was counted, of what has a hostile name too", async () => {
    await ask("loops", "answer");
    await prometheus.value('up{job="holdfast"}', (value) => value === 1);
    await prometheus.value('holdfast_messages_answered_total{actor="app/loops"}', (value) => value >= 1);
    await prometheus.value("count(holdfast_actor_running == 1)", (value) => value === 2);
    await prometheus.value("holdfast_hop_retries_total", (value) => value === 7);
    await prometheus.value("nv_inference_request_duration_us", (value) => value === 3000);
    await prometheus.value('count({__name__="fake_total"}) or vector(0)', (value) => value === 0);
  }, 60_000);

  it("understands every query of the dashboard", async () => {
    const dashboard = readFileSync("docs/monitoring/grafana-dashboard.json", "utf8");
    const queries = [...dashboard.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
      ([, json]) => JSON.parse(json!) as string,
    );
    expect(queries.length).toBeGreaterThan(40);
    for (const query of queries) {
      const filled = query.replaceAll(/\$(job|instance|actor)/g, ".*").replaceAll(/\$__(rate_)?interval/g, "1m");
      const path = `/api/v1/query?query=${encodeURIComponent(filled)}`;
      expect(await prometheus.until<{ status: string }>(path, () => true)).toMatchObject({ status: "success" });
    }
  }, 60_000);

  it("fires the alert while an actor crash-loops, and clears it when it heals", async () => {
    const before = await prometheus.value(firing("HoldfastCrashLoop"), Number.isFinite);
    expect(before).toBe(0);
    let looping = true;
    const loop = (async () => {
      while (looping) {
        await expect(ask("loops", "crash")).rejects.toMatchObject({ name: expect.any(String) });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    await prometheus.value(firing("HoldfastCrashLoop"), (count) => count === 1);
    const which = 'count(ALERTS{alertname="HoldfastCrashLoop",actor="app/loops",severity="page"})';
    expect(await prometheus.value(which, Number.isFinite)).toBe(1);
    looping = false;
    await loop;
    await prometheus.value(firing("HoldfastCrashLoop"), (count) => count === 0);
    expect(await ask("loops", "answer")).toBe("well");
  }, 90_000);
});
