import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Actor,
  inline,
  pool,
  type Ref,
  refTo,
  type SystemEvent,
  supervisor,
  system,
  type ThresholdEvent,
  thread,
} from "holdfast";
import { metricsOf } from "holdfast/metrics";
import { type MonitorOptions, monitor, type Source } from "holdfast/monitor";
import { describe, expect, it } from "vitest";
import type { Leaky } from "../actors/leaky.mjs";
import { until } from "./until.js";

class Echo extends Actor<{ other?: Ref<Echo> } | undefined> {
  say(text: string): string {
    return text;
  }
  async through(text: string): Promise<string> {
    const other = this.props?.other;
    return other ? await other.with({ priority: "low" }).ask.say(text) : text;
  }
}

const tree = supervisor({}, { echo: inline(Echo, undefined) });

async function watching(options: MonitorOptions) {
  const app = await system(tree);
  const events: ThresholdEvent[] = [];
  app.subscribe((event) => void (event.type === "threshold" && events.push(event)));
  const watched = monitor(app, { every: "100ms", ...options });
  const seen = (state: ThresholdEvent["state"]) =>
    until(() => events.some((event) => event.state === state), `the rule is ${state}`);
  return { app, watched, events, seen, [Symbol.asyncDispose]: () => app.stop({ drain: 0 }) };
}

/** A source that says what a test sets. */
function load(value: number): Source & { value: number } {
  return {
    value,
    every: 1,
    names: ["cpu"],
    read() {
      return [{ name: "cpu", unit: "%", value: this.value }];
    },
  };
}

describe("the real machine", () => {
  it("an event loop that is blocked is seen", async () => {
    await using one = await watching({ rules: [{ when: "loop-delay > 150 ms", for: 0 }] });
    // At any moment: right after a look too.
    while (one.events.length === 0) {
      for (const end = performance.now() + 400; performance.now() < end; );
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    expect(one.events[0]!.value).toBeGreaterThan(150);
  });

  it("a folder that fills is seen, and that it is empty again", async () => {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-monitor-"));
    try {
      writeFileSync(join(folder, "large"), new Uint8Array(2 * 1024 * 1024));
      await using one = await watching({ rules: [{ when: `folder of "${folder}" > 1 MB`, for: 0 }] });
      await one.seen("triggered");
      expect(one.events[0]).toMatchObject({ reading: "folder", of: folder, value: 2 * 1024 * 1024, unit: "bytes" });
      rmSync(join(folder, "large"));
      await one.seen("cleared");
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("a peer that goes away is seen, and that it is back", async () => {
    const listening = (port: number) =>
      new Promise<Server>((resolve) => {
        const server = createServer((socket) => socket.destroy());
        // Somebody else may have taken it meanwhile: then that one answers.
        server.once("error", () => resolve(server));
        server.listen(port, "127.0.0.1", () => resolve(server));
      });
    const closed = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));
    let server = await listening(0);
    const { port } = server.address() as AddressInfo;
    const peer = `127.0.0.1:${port}`;
    await using one = await watching({ rules: [{ when: `unreachable of ${peer} > 0 ms`, for: 0 }] });
    await until(
      () => one.watched.readings().some(({ name, of }) => name === "round-trip" && of === peer),
      "it answers",
    );
    expect(one.events).toEqual([]);
    await closed(server);
    await one.seen("triggered");
    server = await listening(port);
    await one.seen("cleared");
    await closed(server);
  });

  it("an actor that grows is recycled by a rule: no ask of it fails", async () => {
    const url = new URL("../actors/leaky.mjs", import.meta.url);
    await using app = await system(supervisor({}, { leaky: thread<Leaky>(url), calm: thread<Leaky>(url) }));
    const recycled: SystemEvent[] = [];
    app.subscribe((event) => void (event.type === "recycled" && recycled.push(event)));
    await app.refs.calm.ask.incarnation();
    const limit = Math.ceil(process.memoryUsage.rss() / 1024 / 1024) + 100;
    const rule = { when: `rss > ${limit} MB`, for: 0, then: "recycle-largest", pause: "1s" } as const;
    monitor(app, { every: "100ms", rules: [rule] });
    while (recycled.length === 0) await app.refs.leaky.ask.leak(4);
    expect(recycled[0]).toMatchObject({ path: "app/leaky", what: "rule", why: expect.stringContaining("rss is") });
    expect(await app.refs.leaky.ask.incarnation()).toBe(2);
    expect(await app.refs.calm.ask.incarnation()).toBe(1);
    expect(app.reports()).toEqual([]);
  });

  it("has readings for whoever wants them, and says why one is not there", async () => {
    await using one = await watching({});
    await until(() => one.watched.readings().some(({ name }) => name === "disk"), "the disk is read");
    const names = one.watched.readings().map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["cpu", "memory", "rss", "disk", "disk-free", "loop-use"]));
    expect(one.watched.absent("memory")).toBe(undefined);
    expect(one.watched.absent("temperature")).toBe("nothing reads it");
    expect(one.watched.rules().map(({ rule }) => rule)).toContain("memory > 90 %");
  });
});

describe("a system that sheds load by a rule", () => {
  const shed = { when: "cpu > 95 %", for: 0, then: "shed", pause: "10m" } as const;

  it("refuses what is of low priority, tells and asks, until it is over", async () => {
    const cpu = load(99);
    await using one = await watching({ rules: [shed], sources: [cpu] });
    const letters: string[] = [];
    one.app.subscribe((event) => void (event.type === "dead-letter" && letters.push(event.letter.reason)));
    const { echo } = one.app.refs;
    const low = echo.with({ priority: "low" });
    expect(await low.ask.say("before")).toBe("before");
    await one.seen("triggered");
    await expect(low.ask.say("meanwhile")).rejects.toMatchObject({ code: "Overloaded", retryable: true });
    expect(low.tell.say("meanwhile")).toBe(false);
    expect(letters).toEqual(["Overloaded"]);
    expect(await echo.ask.say("normal")).toBe("normal");
    expect(echo.tell.say("normal")).toBe(true);
    cpu.value = 5;
    await one.seen("cleared");
    expect(await low.ask.say("after")).toBe("after");
  });

  it("refuses normal ones next while it goes on, never high ones, and never what its own actors ask", async () => {
    const cpu = load(99);
    const other = inline(Echo, undefined);
    const first = inline(Echo, { other: refTo<Echo>("app/other") });
    await using app = await system(supervisor({}, { first, other, many: pool(other, { size: 2 }) }));
    const watched = monitor(app, { every: "100ms", rules: [{ ...shed, pause: "100ms" }], sources: [cpu] });
    const { many } = app.refs;
    const refused = () =>
      many.ask.say("normal").then(
        () => false,
        () => true,
      );
    while (!(await refused()));
    await expect(many.ask.say("normal")).rejects.toMatchObject({ code: "Overloaded" });
    const high = app.refs.first.with({ priority: "high" });
    expect(await high.ask.through("own")).toBe("own");
    watched.close();
    expect(await many.ask.say("after")).toBe("after");
  });
});

it("what is read, and which rules hold, is told at /metrics", async () => {
  await using one = await watching({ rules: [{ when: "cpu > 95 %", for: 0 }], sources: [load(99)] });
  await one.seen("triggered");
  const metrics = await metricsOf(one.app);
  const text = await metrics.text();
  metrics.close();
  expect(text).toContain('holdfast_monitor_reading{reading="cpu",of="",unit="%"} 99');
  expect(text).toContain('holdfast_monitor_triggered{rule="cpu > 95 %"} 1');
});

describe("monitor()", () => {
  it("is one for each app, until it is closed", async () => {
    await using one = await watching({});
    expect(() => monitor(one.app)).toThrow("this app has a monitor already");
    one.watched.close();
    monitor(one.app).close();
  });

  it.each([undefined, null, 3, {}])("refuses %o", (app) => {
    expect(() => monitor(app as never)).toThrow("give it the app that system() resolved with");
  });
});
