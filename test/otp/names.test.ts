import { type Ref, supervisor } from "holdfast";
import { describe, expect, it } from "vitest";
import { failure, play } from "../behaviour/stage.js";
import { until } from "../behaviour/until.js";
import { asOtp, Cast, type Child, node, restarted, times } from "./stage.js";

/** top ▸ middle ▸ server, each all-for-one. */
async function nested() {
  const cast = new Cast();
  const options = { strategy: "all-for-one", intensity: times(3, 60) } as const;
  const middle = supervisor({ ...options, child: asOtp }, { server: cast.child("server", asOtp) });
  const { app, refs } = await play({ middle }, options);
  const server = refs.middle.server;
  return { app, cast, server, first: await server.ask.built() };
}

describe("a name stays, whoever is behind it", () => {
  it("after its supervisor was killed [simple_global_supervisor]", async () => {
    const { app, server, first } = await nested();
    expect(app.kill("middle")).toBe(true);
    await restarted(app, "middle/server", 1);
    expect(await server.ask.built()).toBeGreaterThan(first);
    const found = app.ref("middle/server") as Ref<Child> | undefined;
    expect(await found!.ask.say("here")).toBe("here");
  });

  it("after it ended of itself, once it has served [simple_global_supervisor, Supervisor: start_link/2]", async () => {
    const { server, first } = await nested();
    expect(await server.ask.say("hello")).toBe("hello");
    await server.ask.leave();
    expect(await server.ask.say("hello")).toBe("hello");
    expect(await server.ask.built()).toBe(first + 1);
  });

  it("after it was killed, and after it died [simple_global_supervisor]", async () => {
    const { app, server, first } = await nested();
    app.kill("middle/server");
    await restarted(app, "middle/server", 1);
    const second = await server.ask.built();
    expect(second).toBeGreaterThan(first);
    await server.ask.die();
    await restarted(app, "middle/server", 2);
    expect(await server.ask.built()).toBeGreaterThan(second);
  });

  it("after it was stopped and started by hand [simple_global_supervisor]", async () => {
    const { app, server, first } = await nested();
    await app.terminate("middle/server");
    expect(node(app, "middle/server")!.state).toBe("stopped");
    await app.restart("middle/server");
    expect(await server.ask.built()).toBeGreaterThan(first);
  });

  it("until everything has ended [simple_global_supervisor]", async () => {
    const { app, server } = await nested();
    await app.stop();
    await until(() => app.tree().state === "stopped", "the end");
    expect(await failure(server.ask.say(1))).toMatchObject({ code: "ActorStopped" });
  });
});
