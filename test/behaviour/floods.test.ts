import fc from "fast-check";
import { Actor, type App, inline, type Ref, type SupervisorOptions } from "holdfast";
import { describe, expect, it } from "vitest";
import { play } from "./stage.js";

/** What the handler does with message n, where that is more than to be written down. */
type Deed = (self: Reader) => unknown;

/** Of a test: an actor in this thread reaches the test's own objects. */
let written: unknown[];
let due: Map<unknown, Deed>;

class Reader extends Actor {
  read(n: unknown): unknown {
    written.push(n);
    return due.get(n)?.(this);
  }
  look(n: unknown): unknown {
    return written.push(Array.isArray(n) ? n[0] : n);
  }
  get own(): AbortSignal {
    return this.signal;
  }
  leave(): void {
    this.stopSelf();
  }
}

async function reader(deeds: Record<number, Deed> = {}, messages = 1000, options: SupervisorOptions = {}) {
  written = [];
  due = new Map(Object.entries(deeds).map(([n, deed]) => [Number(n), deed]));
  const scene = await play({ reader: inline(Reader, undefined, { mailbox: { messages } }) }, options);
  return { ...scene, ran: written, reader: scene.refs.reader };
}

const upTo = (end: number) => Array.from({ length: end }, (_, n) => n);

describe("a flood of tells to an actor in the program's own thread", () => {
  it("runs in order with all else that its sender sends", async () => {
    const { reader: ref, ran } = await reader();
    for (const n of upTo(600)) {
      if (n % 50 === 49) void ref.ask.look(n);
      else if (n % 70 === 69) ref.tell.look(n);
      else if (n % 90 === 89) ref.tell.read([n]);
      else ref.tell.read(n % 11 === 0 ? `${n}` : n);
    }
    await ref.ask.look("end");
    expect(ran.slice(0, -1).map(Number)).toEqual(upTo(600));
  });

  it("runs one at a time where some take their time, ask for their signal, or fail to be plain", async () => {
    const seen: unknown[] = [];
    const { reader: ref, ran } = await reader({
      60: async () => {
        await new Promise((resolve) => setImmediate(resolve));
        seen.push(written.length);
      },
      61: (self) => seen.push(self.own.aborted),
      62: () => ({ an: "object" }),
      63: async (self) => {
        const { own } = self;
        await Promise.resolve();
        seen.push(own.aborted, written.length);
      },
      150: () => [1, 2, 3],
    });
    for (const n of upTo(300)) ref.tell.read(n);
    await ref.ask.look("end");
    expect(ran).toEqual([...upTo(300), "end"]);
    expect(seen).toEqual([61, false, false, 64]);
  });

  it("costs the one message that fails, which its report names", async () => {
    const fails = () => {
      throw new Error("no");
    };
    const { reader: ref, ran, letters, reports } = await reader({ 50: fails, 120: fails });
    for (const n of upTo(200)) ref.tell.read(n);
    await ref.ask.look("end");
    expect(ran).toEqual([...upTo(200), "end"]);
    expect(letters).toMatchObject([
      { method: "read", reason: "HandlerFailed", incarnation: 1 },
      { method: "read", reason: "HandlerFailed", incarnation: 2 },
    ]);
    expect(reports).toMatchObject([
      { cause: { kind: "threw" }, executing: [{ seq: 51 }] },
      { executing: [{ deaths: 1 }] },
    ]);
    for (const { executing, flight } of reports) {
      expect(executing).toMatchObject([{ method: "read" }]);
      const own = flight.filter(({ seq }) => seq === executing[0]!.seq).map(({ kind }) => kind);
      expect(own.slice(0, 2)).toEqual(["accepted", "started"]);
    }
  });

  it("goes on in order where who hears of it sends more", async () => {
    const fails = () => {
      throw new Error("no");
    };
    const { app, reader: ref, ran } = await reader({ 50: fails });
    // A report is complete when the next message is served: in the middle of a run.
    app.subscribe(({ type }) => {
      if (type === "report") for (const n of [1000, 1001]) ref.tell.read(n);
    });
    for (const n of upTo(200)) ref.tell.read(n);
    await ref.ask.look("end");
    while (ran.length < 203) await new Promise((resolve) => setImmediate(resolve));
    expect(ran.filter((n) => n !== 1000 && n !== 1001)).toEqual([...upTo(200), "end"]);
    expect(ran.slice(-3)).toEqual(["end", 1000, 1001]);
    expect(app.tree().children?.[0]?.mailbox).toMatchObject({ waiting: 0, executing: 0 });
  });

  it("counts what runs and what waits, for whoever looks meanwhile", async () => {
    const seen: unknown[] = [];
    let look = () => {};
    const { app, reader: ref } = await reader({ 100: () => look() });
    look = () => void seen.push(app.tree().children?.[0]?.mailbox);
    for (const n of upTo(200)) ref.tell.read(n);
    await ref.ask.look("end");
    expect(seen).toEqual([{ waiting: 100, executing: 1, capacity: 1000 }]);
  });

  it("runs each once and in order, and counts each, whatever some of them do", async () => {
    const deed = fc.constantFrom("throws", "leaves", "waits", "tells", "looks", "asks for its signal", "is not plain");
    const what: Record<string, (self: Reader, app: Pick<App, "tree" | "stats">, ref: Ref<Reader>) => unknown> = {
      throws: () => {
        throw new Error("no");
      },
      leaves: (self) => self.leave(),
      waits: () => new Promise<void>((resolve) => setImmediate(resolve)),
      tells: (_, __, ref) => ref.tell.look("own"),
      looks: (_, app) => {
        const { units } = app.stats();
        const { accepted, told, answered, failed, waiting, executing } = units.find(
          ({ path }) => path === "app/reader",
        )!;
        const dead = Object.values(failed).reduce((sum, count) => sum + count, 0);
        expect(told + answered + dead + waiting + executing).toBe(accepted);
      },
      "asks for its signal": (self) => self.own.aborted,
      "is not plain": () => ({}),
    };
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.nat(180).map(String), deed, { maxKeys: 12 }), async (deeds) => {
        const {
          app,
          reader: ref,
          ran,
          letters,
        } = await reader({}, 1000, { intensity: { restarts: 100, within: "1m" } });
        for (const [n, name] of Object.entries(deeds)) due.set(Number(n), (self) => what[name]!(self, app, ref));
        for (const n of upTo(200)) ref.tell.read(n);
        await ref.ask.look("end");
        const own = Object.values(deeds).filter((name) => name === "tells").length;
        while (ran.length < 201 + own) await new Promise((resolve) => setImmediate(resolve));
        expect(ran.filter((n) => n !== "own")).toEqual([...upTo(200), "end"]);
        const failed = Object.values(deeds).filter((name) => name === "throws").length;
        expect(letters).toHaveLength(failed);
        const unit = app.stats().units.find(({ path }) => path === "app/reader")!;
        expect(unit).toMatchObject({ accepted: 201 + own, told: 200 + own - failed, waiting: 0, executing: 0 });
        await app.stop();
      }),
      { numRuns: 30 },
    );
  });

  it("is refused where the mailbox ends, message for message", async () => {
    const { reader: ref, ran, letters } = await reader({}, 100);
    const accepted = upTo(200).filter((n) => ref.tell.read(n));
    expect(accepted).toEqual(upTo(164));
    expect(letters).toHaveLength(36);
    expect(letters[0]).toMatchObject({ method: "read", reason: "MailboxFull" });
    while (ran.length < 164) await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual(accepted);
  });

  it("takes what its own handler tells it behind what waits", async () => {
    let own: Ref<Reader> | undefined;
    const { reader: ref, ran } = await reader({
      10: () => [1000, 1001, 1002].every((n) => own!.tell.read(n)),
      80: () => [2000, 2001].every((n) => own!.tell.read(n)),
    });
    own = ref;
    for (const n of upTo(100)) ref.tell.read(n);
    while (ran.length < 105) await new Promise((resolve) => setImmediate(resolve));
    expect(ran).toEqual([...upTo(100), 1000, 1001, 1002, 2000, 2001]);
  });

  it("goes on in the next incarnation where its actor leaves", async () => {
    const { app, reader: ref, ran, letters } = await reader({ 70: (self) => self.leave() });
    for (const n of upTo(200)) ref.tell.read(n);
    await ref.ask.look("end");
    expect(ran).toEqual([...upTo(200), "end"]);
    expect(letters).toEqual([]);
    expect(app.tree().children?.[0]).toMatchObject({ incarnation: 2 });
  });
});
