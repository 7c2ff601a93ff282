import fc from "fast-check";
import { type HoldfastError, type Isolation, supervisor, system } from "holdfast";
import { expect, it } from "vitest";
import { EventNotes, Notes } from "../../actors/tally.mjs";
import { castingFrom } from "../casting.js";
import { Paper } from "./paper.js";

const at = castingFrom(new URL("../../actors/tally.mjs", import.meta.url));

const steps = [
  "put",
  "put",
  "put",
  "look",
  "throws",
  "write one",
  "write",
  "lose",
  "hold",
  "kill",
  "rest",
  "stop",
  "crash",
] as const;
type Step = (typeof steps)[number];

interface Play {
  readonly level: Isolation;
  readonly kind: typeof Notes;
  readonly snapshotEvery: number;
}

/** What each message was told: the notes that it had seen, or why it had failed. */
type Told = { readonly id: number; readonly seen?: readonly number[]; readonly code?: string };

/** Plays the steps, and compares what was told with what is there at the end. */
async function played({ level, kind, snapshotEvery }: Play, script: readonly Step[]): Promise<void> {
  let store = new Paper();
  const start = () => {
    const notes = at(level, kind, undefined, { durable: true, snapshotEvery });
    return system(supervisor({}, { notes }), { store });
  };
  let app = await start();
  const told: Told[] = [];
  const asked: Promise<unknown>[] = [];
  let last = 0;
  let crashes = 0;
  const tell = (id: number, answer: Promise<number[]>) => {
    const from = crashes;
    // After the end of its process nobody hears anything.
    const hear = (what: Told) => from === crashes && told.push(what);
    asked.push(
      answer.then(
        (seen) => hear({ id, seen }),
        ({ code }: HoldfastError) => hear({ id, code }),
      ),
    );
  };
  for (const step of script) {
    const { notes } = app.refs;
    if (step === "put") tell(++last, notes.ask.put(last));
    else if (step === "look") tell(0, notes.ask.all());
    else if (step === "throws") tell(++last, notes.ask.throws(last));
    else if (step === "write one") store.write(1);
    else if (step === "write") {
      store.held = false;
      store.write();
    } else if (step === "lose") store.lose();
    else if (step === "hold") store.held = true;
    else if (step === "kill") app.kill("notes");
    else if (step === "rest") await new Promise(setImmediate);
    else {
      // A process that ends leaves what is durable, and tells nobody anything more.
      const before = app;
      const left = store;
      if (step === "crash") {
        crashes++;
        store = store.copy();
        left.lose();
      }
      await before.stop({ drain: 0 });
      // The first that a system stores is that it has started.
      store.held = false;
      app = await start();
    }
  }
  store.held = false;
  store.write();
  const { notes } = app.refs;
  let all: number[] | undefined;
  // What is lost in the last steps may still be undone under this one, which is told so.
  while (!all) all = await notes.ask.all().catch(() => undefined);
  await Promise.all(asked);
  await app.stop();
  const again = await start();
  expect(await again.refs.notes.ask.all()).toEqual(all);
  await again.stop();
  for (const { id, seen, code } of told) {
    // Whatever anybody was told stays true.
    if (seen) expect(all.slice(0, seen.length)).toEqual(seen);
    else expect(all, `${id} failed with ${code}`).not.toContain(id);
    expect(code ?? "answered").toMatch(/^(answered|StoreFailed|ActorStopped|HandlerFailed)$/);
  }
  expect(all).toEqual([...new Set(all)].sort((one, other) => one - other));
}

/** An actor on its way out ran a message on what was undone by then. */
const known: [readonly Step[], number][] = [[["hold", "rest", "put", "put", "rest", "look", "lose", "stop", "put"], 1]];

const script = fc.array(fc.constantFrom(...steps), { minLength: 3, maxLength: 25 });
const kinds = [Notes, EventNotes] as const;

it.each(kinds.map((kind) => ({ name: kind.name, kind })))(
  "whatever store, host and process do, what $name was heard to have is there, and nothing that failed: inline",
  async ({ kind }) => {
    const property = fc.asyncProperty(script, fc.constantFrom(1, 3), (scripted, snapshotEvery) =>
      played({ level: "inline", kind, snapshotEvery }, scripted),
    );
    await fc.assert(property, { numRuns: 60, endOnFailure: true, examples: known });
  },
);

it.each(kinds.map((kind) => ({ name: kind.name, kind })))(
  "whatever store, host and process do, what $name was heard to have is there, and nothing that failed: thread",
  async ({ kind }) => {
    const property = fc.asyncProperty(script, fc.constantFrom(1, 3), (scripted, snapshotEvery) =>
      played({ level: "thread", kind, snapshotEvery }, scripted),
    );
    await fc.assert(property, { numRuns: 12, endOnFailure: true });
  },
);
