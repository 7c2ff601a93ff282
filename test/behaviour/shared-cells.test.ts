import { Actor, dynamic, inline, pool } from "holdfast";
import { describe, expect, it } from "vitest";
import { deaths, failure, play } from "./stage.js";
import { until } from "./until.js";

interface Given {
  readonly name: string;
}

const notes: string[] = [];

/** Without load(): all of the class may share. */
class Light extends Actor<Given> {
  static override methods = { hang: { limit: 50 } };

  /** Who executes until the test lets go. */
  static readonly staying = new Map<string, () => void>();

  static unload(): void {
    notes.push("light is empty");
  }

  async stay(): Promise<string> {
    await new Promise<void>((resolve) => Light.staying.set(this.props.name, resolve));
    return `${this.props.name} stayed`;
  }

  mine(): string {
    return this.props.name;
  }

  fail(): never {
    throw new Error(`${this.props.name} fails`);
  }

  hang(): Promise<never> {
    return new Promise(() => {});
  }

  stop(): void {
    notes.push(`${this.props.name} stops`);
  }
}

/** Its start() ends for some only. */
class Late extends Light {
  start(): Promise<void> | undefined {
    return this.props.name === "late" ? new Promise(() => {}) : undefined;
  }
}

/** With load(): only those that were given the very same props share what it made. */
class Heavy extends Actor<Given, { made: number }> {
  static made = 0;

  static load(): { made: number } {
    Heavy.made++;
    return { made: Heavy.made };
  }

  static unload({ made }: { made: number }): void {
    notes.push(`unload ${made}`);
  }

  shares(): number {
    return this.shared.made;
  }
}

const given = (name: string) => ({ name });
const threeLights = () => ({
  a: inline(Light, given("a")),
  b: inline(Light, given("b")),
  c: inline(Light, given("c")),
});

describe("inline actors of one class in one cell", () => {
  it("keep their own props, state and crashes", async () => {
    const { refs, app } = await play(threeLights());
    expect(await failure(refs.b.ask.fail())).toMatchObject({ code: "HandlerFailed" });
    expect(await Promise.all([refs.a.ask.mine(), refs.b.ask.mine(), refs.c.ask.mine()])).toEqual(["a", "b", "c"]);
    expect(app.tree().children!.map(({ incarnation }) => incarnation)).toEqual([1, 2, 1]);
  });

  it("are killed each alone: the others keep what they execute", async () => {
    const { refs, app } = await play(threeLights());
    const [kept, lost] = [refs.a.ask.stay(), failure(refs.b.ask.stay())];
    await until(() => Light.staying.size === 2, "both to execute");
    app.kill("b", { by: "a test" });
    expect(await lost).toMatchObject({ code: "ActorDied" });
    expect(await refs.b.ask.mine()).toBe("b");
    Light.staying.get("a")!();
    expect(await kept).toBe("a stayed");
    expect(app.tree().children!.map(({ incarnation }) => incarnation)).toEqual([1, 2, 1]);
    expect(deaths(app)).toMatchObject([{ path: "app/b", cause: { kind: "killed", by: "a test" }, level: "in-place" }]);
  });

  it("end alone when they hang past their limit", async () => {
    const { refs, app } = await play(threeLights());
    const hung = failure(refs.c.ask.hang());
    expect(await hung).toMatchObject({ code: "ActorDied" });
    expect(await Promise.all([refs.a.ask.mine(), refs.b.ask.mine(), refs.c.ask.mine()])).toEqual(["a", "b", "c"]);
    expect(deaths(app)).toMatchObject([{ path: "app/c", cause: { kind: "hung", method: "hang" } }]);
    expect(app.tree().children!.map(({ incarnation }) => incarnation)).toEqual([1, 1, 2]);
  });

  it("fail to start each alone", async () => {
    const { refs, app } = await play(threeLights());
    const late = app.add("", "late", inline(Late, given("late"), { startTimeout: 50 }));
    expect((await failure(late)).message).toContain("start() was not done within 50 ms (startTimeout)");
    const fine = await app.add("", "fine", inline(Late, given("fine"), { startTimeout: 50 }));
    expect(await Promise.all([refs.a.ask.mine(), fine.ask.mine()])).toEqual(["a", "fine"]);
  });

  it("leave one after the other, and the last one out shuts the cell", async () => {
    const { app } = await play(threeLights());
    notes.length = 0;
    await app.terminate("b");
    expect(notes).toEqual(["b stops"]);
    await app.stop();
    expect(notes).toEqual(["b stops", "c stops", "a stops", "light is empty"]);
  });

  it("find room in a further cell when one is full", async () => {
    const names = Array.from({ length: 1500 }, (_, n) => `n${n}`);
    const { refs } = await play(Object.fromEntries(names.map((name) => [name, inline(Light, given(name))])));
    expect(await Promise.all(names.map((name) => refs[name]!.ask.mine()))).toEqual(names);
  });
});

describe("inline actors of a class with load()", () => {
  it("share what it made where they were given the very same props, and only there", async () => {
    const same = given("same");
    const { refs, app } = await play({
      a: inline(Heavy, same),
      b: inline(Heavy, same),
      other: inline(Heavy, given("same")),
    });
    const [a, b, other] = await Promise.all([refs.a.ask.shares(), refs.b.ask.shares(), refs.other.ask.shares()]);
    expect(b).toBe(a);
    expect(other).not.toBe(a);
    notes.length = 0;
    await app.terminate("a");
    expect(notes).toEqual([]);
    await app.terminate("b");
    expect(notes).toEqual([`unload ${a}`]);
  });

  it("start also when the one who had the cell booted was given up meanwhile", async () => {
    let load = () => {};
    class Slow extends Light {
      static load(): Promise<void> {
        return new Promise((resolve) => {
          load = resolve;
        });
      }
    }
    const { app, refs } = await play({ all: dynamic(inline(Slow, given("any"))) });
    const first = failure(refs.all.spawn("first"));
    await until(() => app.child("all/first")?.state === "starting", "the boot");
    const removed = refs.all.remove("first");
    const second = refs.all.spawn("second");
    expect(await first).toMatchObject({ code: "ActorStopped" });
    await removed;
    const started = until(() => {
      load();
      return app.child("all/second")?.state === "running";
    }, "the second");
    expect(await (await second).ask.mine()).toBe("any");
    await started;
  });

  it("have a cell each as members of a pool", async () => {
    const before = Heavy.made;
    await play({ heavies: pool(inline(Heavy, given("pooled")), { size: 3 }) });
    expect(Heavy.made - before).toBe(3);
  });
});
