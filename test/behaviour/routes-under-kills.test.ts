import { type HoldfastError, pool, type Route, refTo } from "holdfast";
import { expect, it } from "vitest";
import { Hand } from "../actors/cast.mjs";
import type { Gate } from "./gate.js";
import { at, gateOf, levels, plan, play } from "./stage.js";

const gate = refTo<Gate>("gate");

/** Numbers that look like chance and are the same in each run (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

const ROUNDS = 40;
const KEYS = 7;

/** Asks with numbers, key by key, while members are killed, come and leave. */
async function storm(level: "inline" | "thread" | "fork", route: Route, seed: number) {
  const made = plan();
  const { refs, app } = await play({
    gate: gateOf(made),
    hands: pool(at(level, Hand, { gate }, { window: 4 }), { min: 1, max: 4, route }),
  });
  await refs.hands.resize(3);
  const roll = dice(seed);
  const outcomes: Promise<{ text: string; code: string }>[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (let key = 0; key < KEYS; key++) {
      const text = `k${key}:${round}`;
      const ref = route === "consistent-hash" ? refs.hands.with({ key: `k${key}` }) : refs.hands;
      const settled = (code: string) => ({ text, code });
      outcomes.push(
        ref.ask.jot(text).then(
          () => settled("ok"),
          (error: HoldfastError) => settled(error.code),
        ),
      );
    }
    const members = app.tree().children![1]!.children!;
    if (roll(4) === 0) app.kill(`hands/${members[roll(members.length)]!.name}`);
    if (roll(6) === 0) void refs.hands.resize(1 + roll(4));
    if (roll(2) === 0) await new Promise(setImmediate);
  }
  const ended = await Promise.all(outcomes);
  const notes = made.notes.filter((note) => note.startsWith("k"));
  return { ended, notes };
}

for (const { level } of levels) {
  for (const route of ["consistent-hash", "round-robin", "least-wait"] as const) {
    it(`${route}, ${level}: under kills and resizes each has one outcome, and none runs twice`, async () => {
      const { ended, notes } = await storm(level, route, 7);
      expect(ended).toHaveLength(ROUNDS * KEYS);
      expect([...new Set(ended.map(({ code }) => code))].filter((code) => !["ok", "ActorDied"].includes(code))).toEqual(
        [],
      );
      expect(new Set(notes).size).toBe(notes.length);
      const noted = new Set(notes);
      for (const { text, code } of ended) if (code === "ok") expect(noted).toContain(text);
      // A kill costs what executes, and that alone.
      expect(ended.filter(({ code }) => code === "ActorDied").length).toBeLessThanOrEqual(ROUNDS);
      if (route !== "consistent-hash") return;
      for (let key = 0; key < KEYS; key++) {
        const rounds = notes.filter((note) => note.startsWith(`k${key}:`)).map((note) => Number(note.split(":")[1]));
        expect(rounds).toEqual([...rounds].sort((a, b) => a - b));
      }
    });
  }
}
