import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Actor, inline, type SystemEvent, supervisor, system } from "holdfast";
import { files, restore } from "holdfast/state";
import { afterAll, expect, it } from "vitest";

const root = mkdtempSync(join(tmpdir(), "holdfast-backup-of-a-system-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

class Counter extends Actor {
  #total = 0;

  add(by: number): number {
    this.#total += by;
    return this.#total;
  }

  snapshot(): number {
    return this.#total;
  }

  restore(total: number): void {
    this.#total = total;
  }
}

const tree = () => supervisor({}, { counter: inline(Counter, undefined, { durable: true }) });

it("a system's store makes backups of itself, tells them as events, and another system goes on from one", async () => {
  const to = join(root, "backups");
  const app = await system(tree(), { store: files(join(root, "state"), { backup: { to, every: "1s" } }) });
  const made = (after: number) =>
    new Promise<string>((resolve) => {
      let seen = 0;
      const done = app.subscribe((event: SystemEvent) => {
        if (event.type !== "backup-made" || ++seen <= after) return;
        done();
        resolve(event.id);
      });
    });
  try {
    expect(await app.refs.counter.ask.add(40)).toBe(40);
    // One may have begun before the answer was there; the one after it has not.
    const id = await made(1);
    expect(await app.refs.counter.ask.add(2)).toBe(42);
    await restore(to, join(root, "restored"), { at: id });
  } finally {
    await app.stop();
  }
  const again = await system(tree(), { store: files(join(root, "restored")) });
  try {
    expect(await again.refs.counter.ask.add(1)).toBe(41);
  } finally {
    await again.stop();
  }
});
