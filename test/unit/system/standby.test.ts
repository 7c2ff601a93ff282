import { afterEach, describe, expect, it } from "vitest";
import { Actor } from "../../../src/actor/actor.js";
import type { Ref } from "../../../src/actor/ref.js";
import type { SystemEvent } from "../../../src/system/events.js";
import { RunningSystem } from "../../../src/system/running-system.js";
import { type ActorOptions, fork } from "../../../src/system/specs.js";
import { supervisor } from "../../../src/system/supervisor/supervisor-spec.js";
import { VirtualClock } from "../../../src/testing/virtual-clock.js";
import { ActingProvider } from "./acting-hosts.js";

/** What instances of the actors of a test went through, in order. */
const diary: string[] = [];

class Ledger extends Actor {
  sum = 0;

  restore({ sum }: { sum: number }): void {
    const who = `${this.self.standby ? "standby" : this.self.incarnation}`;
    if (sum === 13 && this.self.standby) throw new Error("13 cannot be restored");
    // Right on a new object, and on no other.
    this.sum += sum;
    diary.push(`${who} restores ${this.sum}`);
    this.after(5, () => diary.push(`${this.self.standby ? "standby" : this.self.incarnation} timer of ${sum}`));
  }

  snapshot(): { sum: number } {
    return { sum: this.sum };
  }

  start(): void {
    diary.push(`${this.self.standby ? "standby" : this.self.incarnation} starts with ${this.sum}`);
  }

  add(n: number): number {
    this.sum += n;
    return this.sum;
  }
}

class Service extends Actor<{ never?: boolean }> {
  began = this.self;

  start(): void | Promise<void> {
    diary.push(`${this.self.standby ? "standby" : this.self.incarnation} starts`);
  }

  who(): unknown[] {
    return [this.began.standby === true, this.self.incarnation, this.self.standby === true];
  }
}

class Account extends Actor {
  balance = 0;

  apply({ by }: { by: number }): void {
    this.balance += by;
    diary.push(`${this.self.standby ? "standby" : this.self.incarnation} applies ${by}`);
  }

  start(): void {
    diary.push(`${this.self.standby ? "standby" : this.self.incarnation} starts with ${this.balance}`);
  }

  add(by: number): number {
    this.persist({ by });
    return this.balance;
  }
}

class SavedAccount extends Account {
  snapshot(): number {
    return this.balance;
  }

  restore(balance: number): void {
    this.balance = balance;
  }
}

const running = new Set<RunningSystem>();

afterEach(async () => {
  diary.length = 0;
  for (const app of running) await app.stop({ drain: 0 });
  running.clear();
});

async function stage<A extends Ledger | Service | Account>(actorClass: new () => A, options: ActorOptions = {}) {
  const clock = new VirtualClock();
  const provider = new ActingProvider(clock, { default: actorClass });
  const one = fork<A>("file:///actor.js" as never, {} as never, { standby: "hot", spare: "none", ...options } as never);
  const root = await supervisor({ intensity: { restarts: 1000, within: "1s" } }, { one }).load();
  const app = new RunningSystem(root, { clock }, { fork: provider });
  running.add(app);
  const events: SystemEvent[] = [];
  /** What the tree said at each event of the standby. */
  const shown: (string | undefined)[] = [];
  app.subscribe((event) => {
    events.push(event);
    if (event.type === "standby") shown.push(app.tree().children![0]!.standby);
  });
  await app.start(false);
  const told = () => events.flatMap((event) => (event.type === "standby" ? [event.state] : []));
  const node = () => app.tree().children![0]!;
  const ref = app.refs.one as unknown as Ref<A>;
  return { app, clock, provider, events, told, shown, node, ref, hosts: provider.hosts };
}

/** Its replica is up and has what there is. */
async function settled(clock: VirtualClock) {
  await clock.advance(100);
  await clock.advance(1000);
}

describe("a hot standby", () => {
  it("is made behind the primary in a host of its own, follows its state, and shows in the tree", async () => {
    const { clock, hosts, node, ref, told } = await stage(Ledger);
    expect(node()).toMatchObject({ host: "pid 1", standby: "starting" });
    await ref.ask.add(1);
    await settled(clock);
    expect(node()).toMatchObject({ host: "pid 1", incarnation: 1, standby: "ready" });
    expect(hosts.map(({ name }) => name)).toEqual(["pid 1", "pid 2"]);
    expect(told()).toEqual(["starting", "ready"]);
    await ref.ask.add(1);
    await settled(clock);
    expect(diary).toEqual(["1 starts with 0", "standby restores 1", "standby restores 2"]);
  });

  it("takes over as the next incarnation: restored already, started then, its timers held until then", async () => {
    const { app, clock, hosts, node, ref, told } = await stage(Ledger);
    await settled(clock);
    await ref.ask.add(7);
    await settled(clock);
    diary.length = 0;
    hosts[0]!.fail({ kind: "exit", code: null, signal: "SIGKILL" });
    expect(await ref.ask.add(1)).toBe(8);
    expect(hosts[1]!.told.filter(({ t }) => t === "start").at(-1)).toMatchObject({ role: "promoted", incarnation: 2 });
    expect(diary).toEqual(["2 starts with 7"]);
    await clock.advance(1);
    expect(diary).toEqual(["2 starts with 7", "2 timer of 7"]);
    expect(node()).toMatchObject({ host: "pid 2", incarnation: 2, restarts: 1 });
    expect(app.reports()).toMatchObject([{ path: "app/one", incarnation: 1, decision: "restart", level: "standby" }]);
    await settled(clock);
    expect(node()).toMatchObject({ host: "pid 2", standby: "ready" });
    expect(told()).toEqual(["starting", "ready", "promoted", "starting", "ready"]);
  });

  it("that is behind is given the newest state with its promotion, and is a new object then", async () => {
    const { clock, hosts, ref } = await stage(Ledger);
    await settled(clock);
    for (let i = 0; i < 20; i++) await ref.ask.add(1);
    diary.length = 0;
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    expect(await ref.ask.add(1)).toBe(21);
    expect(diary).toEqual(["2 restores 20", "2 starts with 20"]);
  });

  it("gets one state at a time, however fast they come", async () => {
    const { clock, hosts, ref } = await stage(Ledger);
    await settled(clock);
    const follows = () => hosts[1]!.told.filter(({ t }) => t === "follow").length;
    for (let i = 0; i < 500; i++) await ref.ask.add(1);
    expect(follows()).toBe(1);
    await clock.advance(10);
    expect(follows()).toBe(2);
    await clock.advance(1000);
    expect(follows()).toBe(2);
    expect(diary.at(-1)).toBe("standby restores 500");
  });

  it("of an actor without state has started when it takes over, and is told apart until then", async () => {
    const { clock, hosts, ref } = await stage(Service);
    await settled(clock);
    expect(await ref.ask.who()).toEqual([false, 1, false]);
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    expect(await ref.ask.who()).toEqual([true, 2, false]);
    expect(diary).toEqual(["1 starts", "standby starts"]);
  });

  it("of an event-sourced actor is told each event once, and goes on with the very object that applied them", async () => {
    const { clock, hosts, ref, node } = await stage(Account);
    await ref.ask.add(1);
    await ref.ask.add(2);
    await settled(clock);
    await ref.ask.add(3);
    await ref.ask.add(4);
    await settled(clock);
    const own = diary.filter((line) => line.startsWith("standby"));
    expect(own).toEqual([1, 2, 3, 4].map((by) => `standby applies ${by}`));
    diary.length = 0;
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    expect(await ref.ask.add(5)).toBe(15);
    expect(diary).toEqual(["2 starts with 10", "2 applies 5"]);
    // Behind: the next one is built anew, from all of them.
    await settled(clock);
    for (let i = 0; i < 600; i++) await ref.ask.add(1);
    const last = hosts.find(({ name }) => name === node().host)!;
    last.fail({ kind: "exit", code: 1, signal: null });
    await clock.advance(1000);
    expect(await ref.ask.add(0)).toBe(615);
    expect(diary).toContain("3 starts with 615");
  });

  it("of an event-sourced actor that changes while it starts is told each event once too", async () => {
    const { clock, hosts, ref } = await stage(Account);
    for (let i = 0; i < 2000; i++) await ref.ask.add(1);
    const advancing = clock.advance(100);
    for (let i = 0; i < 50; i++) await ref.ask.add(1);
    await advancing;
    await settled(clock);
    expect(diary.filter((line) => line.startsWith("standby"))).toHaveLength(2050);
    diary.length = 0;
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    expect(await ref.ask.add(0)).toBe(2050);
    expect(diary).toEqual(["2 starts with 2050", "2 applies 0"]);
  });

  it("leaves one that throws where it is: that is rebuilt in its place", async () => {
    class Throws extends Ledger {
      throws(): void {
        throw new Error("as asked");
      }
    }
    const { app, clock, ref, node, told } = await stage(Throws as unknown as typeof Ledger);
    await settled(clock);
    await expect((ref as unknown as Ref<Throws>).ask.throws()).rejects.toMatchObject({ code: "HandlerFailed" });
    expect(await ref.ask.add(2)).toBe(2);
    expect(node()).toMatchObject({ host: "pid 1", incarnation: 2, standby: "ready" });
    expect(app.reports()).toMatchObject([{ level: "in-place" }]);
    expect(told()).toEqual(["starting", "ready"]);
  });

  it("that dies is reported as what it was, and replaced; nothing of its primary is touched", async () => {
    const { app, clock, hosts, node, ref, told, shown } = await stage(Ledger);
    await settled(clock);
    hosts[1]!.fail({ kind: "exit", code: 3, signal: null });
    expect(node()).toMatchObject({ state: "running", host: "pid 1", incarnation: 1, restarts: 0, standby: "starting" });
    expect(await ref.ask.add(1)).toBe(1);
    await settled(clock);
    expect(node()).toMatchObject({ incarnation: 1, standby: "ready" });
    expect(told()).toEqual(["starting", "ready", "lost", "starting", "ready"]);
    expect(shown).toEqual(["starting", "ready", "starting", "starting", "ready"]);
    expect(app.reports()).toMatchObject([
      {
        path: "app/one",
        incarnation: 0,
        standby: true,
        host: "pid 2",
        cause: { kind: "exit", code: 3 },
        level: "cold",
      },
    ]);
  });

  it("that dies with its primary costs nothing: what the parent holds starts cold", async () => {
    const { clock, hosts, ref, node } = await stage(Ledger);
    await settled(clock);
    await ref.ask.add(5);
    await settled(clock);
    hosts[1]!.fail({ kind: "exit", code: null, signal: "SIGKILL" });
    hosts[0]!.fail({ kind: "exit", code: null, signal: "SIGKILL" });
    expect(await ref.ask.add(1)).toBe(6);
    expect(node()).toMatchObject({ host: "pid 3", incarnation: 2 });
    await settled(clock);
    expect(node()).toMatchObject({ host: "pid 3", standby: "ready" });
  });

  it("that dies while it takes over is passed over: the start goes on cold, and both deaths are told", async () => {
    const { app, clock, hosts, ref, node } = await stage(Ledger);
    await settled(clock);
    await ref.ask.add(5);
    await settled(clock);
    hosts[1]!.stuck = true;
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    const answer = ref.ask.add(1);
    await clock.advance(0);
    hosts[1]!.fail({ kind: "exit", code: 2, signal: null });
    expect(await answer).toBe(6);
    expect(node()).toMatchObject({ host: "pid 3", restarts: 1 });
    expect(app.reports().map(({ host, standby }) => [host, standby])).toEqual([
      ["pid 1", undefined],
      ["pid 2", true],
    ]);
  });

  it("without state that does not answer its promotion is ended, and passed over", async () => {
    const { clock, hosts, ref, node } = await stage(Service);
    await settled(clock);
    hosts[1]!.stuck = true;
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    const answer = ref.ask.who();
    await clock.advance(2999);
    expect(node()).toMatchObject({ host: "pid 2", state: "starting" });
    await clock.advance(1);
    expect(await answer).toEqual([false, 3, false]);
    expect(node()).toMatchObject({ host: "pid 3" });
  });

  it("that does not take a state within the start's time is replaced", async () => {
    const { clock, hosts, ref, told, events } = await stage(Ledger, { startTimeout: "5s" });
    await settled(clock);
    hosts[1]!.stuck = true;
    await ref.ask.add(1);
    await clock.advance(4999);
    expect(told()).toEqual(["starting", "ready"]);
    await clock.advance(10_000);
    expect(told()).toEqual(["starting", "ready", "lost", "starting", "ready"]);
    const lost = events.find((event) => event.type === "standby" && event.state === "lost");
    expect(lost).toMatchObject({ why: "app/one: its standby was not done with a state within 5000 ms" });
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    expect(await ref.ask.add(1)).toBe(2);
  });

  it("that falls behind by too many events is made anew from what is kept: they never pile up", async () => {
    const { clock, hosts, ref, told, events } = await stage(SavedAccount, { startTimeout: "1h" });
    await settled(clock);
    hosts[1]!.stuck = true;
    for (let i = 0; i < 10_010; i++) await ref.ask.add(1);
    const lost = events.find((event) => event.type === "standby" && event.state === "lost");
    expect(lost).toMatchObject({ why: "app/one: its standby is 10000 messages behind" });
    await settled(clock);
    expect(told().at(-1)).toBe("ready");
    diary.length = 0;
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    expect(await ref.ask.add(1)).toBe(10_011);
    // A snapshot each hundred events, and what has happened since, was all that the new one was told.
    expect(diary).toEqual(["2 starts with 10010", "2 applies 1"]);
  });

  it("on its way when its primary dies is waited for, and is what answers", async () => {
    const { clock, hosts, ref, node, told } = await stage(Ledger);
    await ref.ask.add(4);
    await clock.advance(99);
    expect(hosts).toHaveLength(1);
    const opening = clock.advance(1);
    hosts[0]!.fail({ kind: "exit", code: 1, signal: null });
    const answer = ref.ask.add(1);
    await opening;
    expect(await answer).toBe(5);
    expect(node()).toMatchObject({ incarnation: 2 });
    expect(told()).not.toContain("lost");
  });

  it("that cannot restore a state is told and tried again later and later, and the primary serves on", async () => {
    const { clock, ref, node, told, events } = await stage(Ledger);
    await settled(clock);
    expect(await ref.ask.add(13)).toBe(13);
    await clock.advance(60_000);
    const whys = events.flatMap((event) => (event.type === "standby" && event.why ? [event.why] : []));
    expect(whys.every((why) => why === "13 cannot be restored")).toBe(true);
    // 100 ms doubled each time, up to 30 s: ten tries in the first minute.
    expect(whys.length).toBeGreaterThan(5);
    expect(whys.length).toBeLessThan(12);
    expect(await ref.ask.add(1)).toBe(14);
    await clock.advance(60_000);
    expect(node()).toMatchObject({ incarnation: 1, standby: "ready" });
    expect(told().at(-1)).toBe("ready");
  });

  it("is fenced from a primary that was only thought dead: what that one says when it wakes is dropped and counted", async () => {
    const { clock, hosts, ref, node, events, app } = await stage(Ledger);
    await settled(clock);
    await ref.ask.add(5);
    await settled(clock);
    const [primary] = hosts;
    primary!.deaf = true;
    primary!.stuck = true;
    const asked = ref.ask.add(1);
    await clock.advance(0);
    app.kill("one");
    // A process that does not leave within a second is abandoned: from then on it is nobody.
    await clock.advance(1000);
    expect(await asked).toBe(6);
    expect(node()).toMatchObject({ host: "pid 2", incarnation: 2 });
    const call = primary!.told.findLast(({ t }) => t === "call") as { actor: number; seq: number };
    const { actor, seq } = call;
    const outcome = { ok: true, value: { value: 1000, special: false } } as const;
    const state = { value: { sum: 1000 }, special: false } as const;
    for (const incarnation of [1, 2]) primary!.say({ t: "done", actor, incarnation, seq, ran: true, outcome, state });
    expect(await ref.ask.add(1)).toBe(7);
    const fenced = events.filter(({ type }) => type === "fenced");
    expect(fenced).toMatchObject([
      { path: "app/one", incarnation: 1, what: "outcome" },
      { path: "app/one", incarnation: 2, what: "outcome" },
    ]);
    await settled(clock);
    hosts[1]!.fail({ kind: "exit", code: 1, signal: null });
    expect(await ref.ask.add(1)).toBe(8);
  });

  it("does its work through a hundred deaths in a row, each one at a new incarnation, with an exact sum", async () => {
    const { clock, hosts, ref, node } = await stage(Ledger, {
      intensity: { restarts: 1000, within: "1s" },
      backoff: { initial: 0 },
    });
    for (let death = 1; death <= 100; death++) {
      await settled(clock);
      const asked = [ref.ask.add(1), ref.ask.add(1), ref.ask.add(1)];
      const alive = hosts.find(({ name }) => name === node().host)!;
      alive.fail({ kind: "exit", code: null, signal: "SIGKILL" });
      await clock.advance(100);
      expect(await Promise.all(asked)).toEqual([3 * death - 2, 3 * death - 1, 3 * death]);
    }
    expect(node()).toMatchObject({ incarnation: 101 });
  });

  it("goes with its actor, and leaves no timer behind", async () => {
    const { app, clock, hosts, node } = await stage(Ledger);
    await settled(clock);
    await app.terminate("one");
    expect(node().standby).toBeUndefined();
    let gone = 0;
    for (const host of hosts) void host.gone.then(() => gone++);
    await clock.advance(10);
    expect(gone).toBe(2);
    await app.stop({ drain: 0 });
    expect(clock.pending).toBe(0);
  });

  it("is handed a planned restart too, which is then no interruption", async () => {
    const { app, clock, ref, node } = await stage(Ledger);
    await settled(clock);
    await ref.ask.add(3);
    await settled(clock);
    const restarted = app.restart("one");
    await clock.advance(10);
    await restarted;
    expect(node()).toMatchObject({ host: "pid 2" });
    expect(await ref.ask.add(1)).toBe(4);
  });
});
