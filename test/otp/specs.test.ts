import { type ChildOptions, inline, type SupervisorOptions, supervisor, system } from "holdfast";
import { describe, expect, it } from "vitest";
import { childRules, supervisorRules } from "../../src/supervision/spec.js";
import { loadSupervisor } from "../../src/system/supervisor/loaded-supervisor.js";
import { failure, play } from "../behaviour/stage.js";
import { given } from "../unit/supervision/scripted.js";
import { Cast, Child, times } from "./stage.js";

/** What the type checker would refuse too: a value that came from outside. */
const outside = <T>(value: unknown) => value as T;

/** The error of a tree with one child of these options. */
const refused = (options: unknown) =>
  failure(system(supervisor({}, { a: new Cast().child("a", outside<ChildOptions>(options)) })));

/** The error of a supervisor with these options. */
const refusedFlags = (options: unknown) =>
  failure(system(supervisor(outside<SupervisorOptions>(options), { a: new Cast().child("a") })));

describe("a child spec", () => {
  it.each([
    ["app/a.restart", "prmanent", { restart: "prmanent" }],
    ["app/a.shutdown", "-10", { shutdown: -10 }],
    ["app/a.shutdown", "soon", { shutdown: "soon" }],
    ["app/a.startTimeout", "0", { startTimeout: 0 }],
    ["app/a.intensity.restarts", "-1", { intensity: { restarts: -1, within: "1s" } }],
    ["app/a.intensity.within", "0", { intensity: { restarts: 1, within: 0 } }],
    ["app/a.overBudget", "explode", { overBudget: "explode" }],
    ["app/a.backoff.factor", "0.5", { backoff: { factor: 0.5 } }],
  ])(
    "is refused with the field and its value: %s is %s [child_specs, start_child/2: with invalid valid shutdown]",
    async (field, value, options) => {
      const error = await refused(options);
      expect(error).toMatchObject({ code: "InvalidSpec", details: { field } });
      expect(error.message).toContain(`${field} is`);
      expect(error.message).toContain(value);
    },
  );

  it("with a key that nobody reads is refused, naming the key [sup_start_map_faulty_specs]", async () => {
    const error = await refused({ silly: true });
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain("silly");
  });

  it.each([["hej"], [undefined], [{}], [{ id: "child" }], [Child]])(
    "that is none is refused, saying what to write: %j [child_specs, sup_start_map_faulty_specs, Supervisor: child_spec/2]",
    async (none) => {
      const error = await failure(system(supervisor({}, { a: outside<ReturnType<Cast["child"]>>(none) })));
      expect(error).toMatchObject({ code: "InvalidSpec" });
      expect(error.message).toMatch(/^child "a" .*no child spec: write inline\(\), thread\(\)/);
    },
  );

  it("of no class is refused where it is written [child_specs]", () => {
    expect(() => inline(outside<typeof Child>("mfa"), { name: "a", cast: 0 })).toThrow(
      /inline\(\) got "mfa": give the actor's class/,
    );
  });

  it("is accepted in every valid combination [child_specs]", () => {
    for (const restart of ["permanent", "transient", "temporary", undefined] as const) {
      for (const shutdown of [0, 1000, "unlimited", Number.POSITIVE_INFINITY, "brutal", undefined] as const) {
        const rules = childRules({ ...(restart && { restart }), ...(shutdown !== undefined && { shutdown }) }, "a");
        expect(rules.restart).toBe(restart ?? "permanent");
        expect(rules.shutdown).toBe(shutdown === Number.POSITIVE_INFINITY ? "unlimited" : (shutdown ?? 5000));
      }
    }
  });

  it("is accepted or refused, significant with every autoShutdown and restart type [child_specs_map]", () => {
    const autoShutdowns = [undefined, "never", "any-significant", "all-significant"] as const;
    const restarts = [undefined, "permanent", "transient", "temporary"] as const;
    const verdicts = autoShutdowns.flatMap((autoShutdown) =>
      restarts.flatMap((restart) =>
        [undefined, false, true].flatMap((significant) =>
          [undefined, 0, 1000, "unlimited", "brutal"].map((shutdown) => {
            const options = { autoShutdown, restart, significant, shutdown };
            const can = !significant || (restart?.startsWith("t") && autoShutdown?.endsWith("significant"));
            const why = restart?.startsWith("t") ? "autoShutdown" : "permanent";
            return { options, expected: can ? "accepted" : `refused: ${why}` };
          }),
        ),
      ),
    );
    expect(verdicts.length).toBe(4 * 4 * 3 * 5);
    for (const { options, expected } of verdicts) {
      const { autoShutdown, ...child } = JSON.parse(JSON.stringify(options)) as ChildOptions & SupervisorOptions;
      let verdict = "accepted";
      try {
        given(autoShutdown ? { autoShutdown } : {}, { a: child }).up();
      } catch (error) {
        const text = (error as Error).message;
        expect(text).toContain("significant");
        verdict = text.includes("autoShutdown") ? "refused: autoShutdown" : "refused: permanent";
      }
      expect({ ...options, verdict }).toEqual({ ...options, verdict: expected });
    }
  });

  it.each([
    [{ significant: true }, "app/a.significant is true"],
    [{ significant: "maybe" }, 'app/a.significant is "maybe"'],
    [{ significant: true, restart: "transient" }, 'autoShutdown is "never"'],
  ])("with a significance that cannot be is refused by the system too: %j [child_specs_map]", async (options, says) => {
    const error = await refused(options);
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain(says);
  });

  it("that is bad stops the start: nothing runs, nothing is left [child_specs]", async () => {
    const cast = new Cast();
    const bad = cast.child("b", outside<ChildOptions>({ restart: "prmanent" }));
    const error = await failure(system(supervisor({}, { a: cast.child("a"), b: bad })));
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(cast.begun("a")).toBe(0);
  });

  it("has OTP's defaults: permanent, 5 s to stop, and unlimited for a supervisor [sup_start_map]", async () => {
    expect(childRules({}, "a")).toMatchObject({ restart: "permanent", shutdown: 5000 });
    const nested = await loadSupervisor({}, {});
    expect(nested.rules("app/sup", "server")).toMatchObject({ restart: "permanent", shutdown: "unlimited" });
    expect(childRules({ shutdown: "brutal" }, "a").shutdown).toBe("brutal");
  });
});

describe("a supervisor's options", () => {
  it.each([
    ["app.strategy", "none-for-one", { strategy: "none-for-one" }],
    ["app.intensity.restarts", "-1", { intensity: { restarts: -1, within: "1s" } }],
    ["app.intensity.restarts", "1.5", { intensity: { restarts: 1.5, within: "1s" } }],
    ["app.intensity.within", "0", { intensity: { restarts: 2, within: 0 } }],
    ["app.intensity", "2", { intensity: 2 }],
    ["app.overBudget", "never", { overBudget: "never" }],
    ["app.autoShutdown", "sometimes", { autoShutdown: "sometimes" }],
  ])("with an impossible value are refused: %s is %s [sup_flags]", async (field, value, options) => {
    const error = await refusedFlags(options);
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field } });
    expect(error.message).toContain(value);
  });

  it("with a name that nobody reads are refused, naming it [sup_flags]", async () => {
    const error = await refusedFlags({ silly: true });
    expect(error).toMatchObject({ code: "InvalidSpec" });
    expect(error.message).toContain("silly");
  });

  it("may have an unlimited intensity, when it is written [sup_flags]", () => {
    const unlimited = times(Number.POSITIVE_INFINITY, 1);
    expect(supervisorRules({ intensity: unlimited }, "app").intensity.restarts).toBe(Number.POSITIVE_INFINITY);
  });

  it("have defaults, the strategy too [Supervisor: init/2, init/1: set default options]", () => {
    expect(supervisorRules({}, "app")).toMatchObject({
      strategy: "one-for-one",
      intensity: { restarts: 20, withinMs: 60_000 },
    });
    expect(supervisorRules({ strategy: "all-for-one", intensity: times(1, 2) }, "app")).toMatchObject({
      strategy: "all-for-one",
      intensity: { restarts: 1, withinMs: 2000 },
    });
  });
});

describe("a tree", () => {
  it("without children starts, and stops when told [sup_start_normal]", async () => {
    const { app } = await play({});
    expect(app.tree()).toMatchObject({ state: "running", children: [] });
    await app.stop();
    expect(await app.ended).toBeUndefined();
    expect(app.tree().state).toBe("stopped");
  });

  it.each([[undefined], ["invalid"], [{}]])("that is none is refused: %j [sup_start_error_return]", async (invalid) => {
    const error = await failure(system(outside<ReturnType<typeof supervisor>>(invalid)));
    expect(error).toMatchObject({ code: "InvalidSpec", details: { field: "tree" } });
  });

  it("one of whose children cannot start passes its error on, and leaves nothing running [faulty_application_shutdown]", async () => {
    const cast = new Cast();
    cast.breaks("server", "undef: an_undefined_function");
    const below = supervisor({}, { first: cast.child("first"), server: cast.child("server") });
    const error = await failure(system(supervisor({}, { below })));
    expect(error).toMatchObject({
      code: "StartFailed",
      message: expect.stringContaining("undef: an_undefined_function"),
    });
    expect(cast.notes).toEqual(["start first", "stop first"]);
  });
});
