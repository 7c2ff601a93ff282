import { type App, fork, pool, supervisor, system, thread } from "holdfast";
import { connect } from "holdfast/client";
import { type Gateway, gateway } from "holdfast/gateway";
import { openModels } from "holdfast/serving";
import { v2Door } from "holdfast/v2";
import { afterAll, beforeAll, expect, it } from "vitest";
import { nodeAt } from "../../src/system/tree.js";
import type { Chaos } from "../actors/chaos.mjs";
import { parsed } from "../monitoring/parsed.js";

/*
 * What callers saw, and what was killed, beside what is scraped:
 *
 *   callers ──WebSocket──▶ solo (thread), apart (fork), crew (pool of threads)      each counts what it sent and what came back
 *           ──HTTP, V2──▶ sums (a model in a pool)
 *   killer ───────────▶ whatever runs, again and again                              counts the kills of each
 */

const url = new URL("../actors/chaos.mjs", import.meta.url);
const sums = new URL("../actors/sums.mjs", import.meta.url);
const often = { restarts: 100_000, within: "1s" } as const;
const options = { intensity: often, guiltyIntensity: often, backoff: { initial: "5ms", max: "20ms" } } as const;

let app: App<unknown>;
let door: Gateway;

beforeAll(async () => {
  app = await system(
    supervisor(
      { intensity: often },
      {
        solo: thread<Chaos>(url, undefined, options),
        apart: fork<Chaos>(url, undefined, options),
        crew: pool(thread<Chaos>(url, undefined, options), { size: 2, spares: 1 }),
      },
    ),
  );
  const models = await openModels(app, { models: { sums: { source: sums, pool: { size: 2, spares: 1 } } } });
  const expose = Object.fromEntries(["solo", "apart", "crew"].map((name) => [name, ["work"]]));
  door = await gateway(app, { port: 0, expose, http: [v2Door(models)], metrics: { models } });
}, 60_000);
afterAll(async () => {
  await door?.close({ drain: 0 });
  await app?.stop({ drain: 0 });
});

type Target = "solo" | "apart" | "crew";
type Exposed = Record<Target, Chaos>;

/** What was sent to one target, and what came of it: "answered", or the code of the error. */
class Seen {
  sent = 0;
  readonly outcomes = new Map<string, number>();
  came(outcome: string): void {
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
  }
}

/** One in eight throws, one in eight refuses, one in thirty-two ends its host; the others answer. */
function howOf(n: number): "answer" | "refuse" | "throw" | "exit" {
  if (n % 32 === 31) return "exit";
  if (n % 8 === 3) return "throw";
  return n % 8 === 6 ? "refuse" : "answer";
}

async function callOverSocket(target: Target, seen: Seen, done: () => boolean): Promise<void> {
  const client = await connect<Exposed>(door.url);
  try {
    for (let n = 0; !done(); n++) {
      seen.sent++;
      await client
        .ref(target)
        .ask.work(howOf(n), n % 5)
        .then(
          () => seen.came("answered"),
          (error: { code?: string }) => seen.came(error.code ?? "none"),
        );
    }
  } finally {
    await client.close();
  }
}

async function callOverHttp(seen: Seen, done: () => boolean): Promise<void> {
  const input = (name: string) => ({ name, datatype: "INT32", shape: [1, 4], data: [1, 2, 3, 4] });
  const body = JSON.stringify({ inputs: [input("a"), input("b")] });
  while (!done()) {
    seen.sent++;
    const { status } = await fetch(`${door.pagesUrl}v2/models/sums/infer`, { method: "POST", body });
    seen.came(status === 200 ? "answered" : "failed");
  }
}

/**
 * Kills what runs at a path, and waits until its next incarnation does.
 * @returns false: it was dying of its own fault already, which is what its report says
 */
async function kill(path: string): Promise<boolean> {
  const running = () => {
    const node = nodeAt(app.tree(), `app/${path}`);
    return node?.state === "running" ? node.incarnation : undefined;
  };
  const before = await until(running);
  expect(app.kill(path)).toBe(true);
  await until(() => (running() ?? before) > before || undefined);
  const death = app.reports().find((one) => one.path === `app/${path}` && one.incarnation === before);
  return death?.cause.kind === "killed";
}

async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const scrape = async () => parsed(await (await fetch(`${door.pagesUrl}metrics`)).text());

/** The sum of a metric's values over its other labels. */
function sum(values: Map<string, number>, name: string, labels: Readonly<Record<string, string>> = {}): number {
  return [...values]
    .filter(([key]) => key === name || key.startsWith(`${name}{`))
    .filter(([key]) => Object.entries(labels).every(([label, value]) => key.includes(`${label}="${value}"`)))
    .reduce((total, [, value]) => total + value, 0);
}

it("kills counted are restarts counted, and requests in are outcomes out, to the unit", async () => {
  const seen: Record<Target | "sums", Seen> = {
    solo: new Seen(),
    apart: new Seen(),
    crew: new Seen(),
    sums: new Seen(),
  };
  let over = false;
  const done = () => over;
  const callers = [
    ...(["solo", "solo", "apart", "apart", "crew", "crew", "crew"] as const).map((target) =>
      callOverSocket(target, seen[target], done),
    ),
    ...Array.from({ length: 3 }, () => callOverHttp(seen.sums, done)),
  ];
  const kills = new Map<string, number>();
  for (let round = 0; round < 3; round++) {
    for (const path of ["solo", "apart", "crew/1", "crew/2", "models/sums/1/1"]) {
      while (!(await kill(path)));
      // A pool's restarts are those of its members.
      const unit = path.replace(/^(crew|models\/sums\/1)\/\d$/, "$1");
      kills.set(unit, (kills.get(unit) ?? 0) + 1);
    }
  }
  // Each target has ended its host by then, whomever the kills met.
  const targets = [seen.solo, seen.apart, seen.crew];
  await until(() => targets.every(({ outcomes }) => outcomes.has("ActorDied")) || undefined);
  over = true;
  await Promise.all(callers);
  // What was restarted last may be on its way up.
  const killed = [...kills.values()].reduce((total, n) => total + n, 0);
  await until(() => (app.reports().every(({ decision }) => decision !== "pending") ? true : undefined));
  const values = await until(async () => {
    const now = await scrape();
    return sum(now, "holdfast_restarts_total", { cause: "killed" }) >= killed ? now : undefined;
  });

  for (const [path, n] of kills) {
    expect([path, sum(values, "holdfast_restarts_total", { actor: `app/${path}`, cause: "killed" })]).toEqual([
      path,
      n,
    ]);
  }
  expect(sum(values, "holdfast_restarts_total", { cause: "killed" })).toBe(killed);
  expect(sum(values, "holdfast_deaths_total", { cause: "killed" })).toBe(killed);
  expect(sum(values, "holdfast_deaths_total")).toBe(sum(values, "holdfast_restarts_total"));

  for (const target of ["solo", "apart", "crew"] as const) {
    const actor = `app/${target}`;
    const { sent, outcomes } = seen[target];
    const told = (name: string, labels = {}) => sum(values, `holdfast_messages_${name}_total`, { actor, ...labels });
    expect([target, told("accepted") + told("refused")]).toEqual([target, sent]);
    expect([target, told("answered")]).toEqual([target, outcomes.get("answered")]);
    expect([target, sum(values, "holdfast_request_duration_seconds_count", { actor })]).toEqual([
      target,
      told("answered"),
    ]);
    const failures = [...outcomes.values()].reduce((total, n) => total + n, 0) - outcomes.get("answered")!;
    expect([target, told("failed") + told("refused")]).toEqual([target, failures]);
    for (const [code, n] of outcomes) {
      if (code === "answered") continue;
      expect([target, code, told("failed", { code }) + told("refused", { code })]).toEqual([target, code, n]);
    }
    expect([...outcomes.keys()]).toEqual(expect.arrayContaining(["answered", "Refused", "ActorDied"]));
    expect(sum(values, "holdfast_mailbox_messages", { actor })).toBe(0);
    expect(sum(values, "holdfast_executing_messages", { actor })).toBe(0);
  }

  const { sent, outcomes } = seen.sums;
  expect(values.get('nv_inference_request_success{model="sums",version="1"}')).toBe(outcomes.get("answered"));
  expect(values.get('nv_inference_request_failure{model="sums",version="1"}')).toBe(outcomes.get("failed") ?? 0);
  expect(values.get('nv_inference_exec_count{model="sums",version="1"}')).toBe(outcomes.get("answered"));
  expect(sum(values, "holdfast_messages_accepted_total", { actor: "app/models/sums/1" })).toBeGreaterThanOrEqual(sent);
}, 180_000);
