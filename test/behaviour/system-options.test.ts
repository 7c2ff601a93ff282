import { Actor, type HoldfastError, inline, supervisor, system } from "holdfast";
import { expect, it } from "vitest";
import { failure, play } from "./stage.js";

class Quiet extends Actor {
  say(value: number): number {
    return value;
  }
}

it.each([
  ["name", { name: "a/b" }, '"a/b"'],
  ["name", { name: "" }, '""'],
  ["start", { start: "backgroud" }, '"backgroud"'],
])("a system refuses an option it cannot mean: %s of %j", async (field, options, quoted) => {
  const error: HoldfastError = await failure(system(supervisor({}, {}), options as { name: string }));
  expect(error).toMatchObject({ code: "InvalidSpec", details: { field } });
  expect(error.message).toContain(quoted);
});

it("inline actors are not counted as threads and processes", async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`quiet-${i}`, inline(Quiet)]));
  const { refs } = await play(many);
  expect(await refs["quiet-299"]!.ask.say(1)).toBe(1);
});
