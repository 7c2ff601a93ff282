import { readdirSync, readFileSync } from "node:fs";
import { inline, keyed, refTo, supervisor, system } from "holdfast";
import { seededChance, VirtualClock } from "holdfast/testing";
import { describe, expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "../behaviour/gate.js";
import { failure, gateOf, plan } from "../behaviour/stage.js";

const src = new URL("../../src/", import.meta.url);
/** The floors that decide or perform in the parent. Hosts live on real time; so do sockets, and people at terminals. */
const floors = ["supervision", "mailbox", "routing", "system", "actor", "transport"];

/* Law 9. No decision reads a clock or a random source of its own; every decision can be replayed from a seed. */
describe("law 9, time and chance are handed in", () => {
  it.each(floors)("%s/ reads no clock, no timer and no random source", (floor) => {
    const folder = new URL(`${floor}/`, src);
    for (const name of readdirSync(folder).filter((file) => file.endsWith(".ts"))) {
      const code = readFileSync(new URL(name, folder), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      const found = /Date\.now|new Date\(\)|performance\.|hrtime|setTimeout|setInterval|Math\.random\(|randomUUID/.exec(
        code,
      );
      // A bare class outside any system has a real timer; that is its one use.
      if (`${floor}/${name}` === "actor/actor-context.ts") expect(code.match(/setTimeout/g)).toHaveLength(1);
      else expect(found?.[0], `${floor}/${name}`).toBeUndefined();
    }
  });

  it("a deadline, a back-off and an idle key happen when the handed-in clock says so", async () => {
    const clock = new VirtualClock(1000, 0);
    const made = plan();
    const app = await system(
      supervisor(
        {},
        {
          hand: inline(Hand, { gate: refTo<Gate>("gate") }),
          gate: gateOf(made),
          keys: keyed(inline(Hand), { idle: "10m" }),
        },
      ),
      { clock },
    );
    await app.refs.keys.key("k").ask.say(1);
    const keys = () => app.tree().children![2]!.children!.flatMap((cell) => cell.children!.length);
    expect(keys()).toEqual([1]);
    const waits = failure(app.refs.hand.with({ timeout: "50s" }).ask.untilAborted("x"));
    await clock.advance(49_999);
    expect(made.notes).not.toContain("aborted x");
    await clock.advance(1);
    expect(await waits).toMatchObject({ code: "Timeout" });
    await clock.advance(20 * 60_000);
    expect(keys()).toEqual([0]);
    const stopping = app.stop();
    await clock.advance(60_000);
    await stopping;
  });

  it("one seed gives one history of pauses, another seed another", async () => {
    const first = await pauses(1);
    expect(first).toHaveLength(4);
    expect(await pauses(1)).toEqual(first);
    expect(await pauses(2)).not.toEqual(first);
  });
});

/** The pauses before the second to fifth restart of a child that dies again and again, in virtual ms. */
async function pauses(seed: number): Promise<number[]> {
  const clock = new VirtualClock();
  const backoff = { initial: 1000, max: 60_000, jitter: 1 };
  const hand = inline(Hand, undefined, { intensity: { restarts: 10, within: "1h" }, backoff });
  const app = await system(supervisor({}, { hand }), { clock, chance: seededChance(seed) });
  const found: number[] = [];
  let since: number | undefined;
  let ups = 0;
  app.subscribe((event) => {
    if (event.type !== "life") return;
    if (event.state === "waiting") since = clock.now();
    if (event.state !== "running") return;
    ups++;
    if (since !== undefined) found.push(clock.now() - since);
    since = undefined;
  });
  for (let deaths = 1; deaths <= 5; deaths++) {
    app.refs.hand.tell.armBomb(0);
    // The bomb is a real timer of the host; only the supervisor's pauses are virtual.
    while (ups < deaths) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      await clock.advance(100);
    }
  }
  const stopping = app.stop();
  await clock.advance(60_000);
  await stopping;
  return found;
}
