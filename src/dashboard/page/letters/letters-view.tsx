import { useEffect, useState } from "preact/hooks";
import type { KeptLetter } from "../../../system/letters/dead-letters.js";
import { useLive } from "../kit/live.js";
import type { Operator } from "../operator.js";
import type { PageState } from "../page-state.js";
import { problemText } from "../problem.js";
import { LetterDrawer } from "./letter-drawer.js";
import { LetterTable } from "./letter-table.js";

/** Letters that are shown, the newest; the server keeps more. */
const SHOWN = 200;
/** How often they are read while they are looked at. */
const READ_MS = 3000;

type Known =
  | { readonly kind: "locked" }
  | { readonly kind: "failed"; readonly text: string }
  | { readonly kind: "read"; readonly letters: readonly KeptLetter[] };

interface LettersViewProps {
  readonly state: PageState;
  readonly operator: Operator;
}

/** Messages that nobody handled, or that killed twice: inspected, sent again, or discarded, by whoever has the admin token. */
export function LettersView({ state, operator }: LettersViewProps) {
  const [known, setKnown] = useState<Known>({ kind: "locked" });
  const [inspected, setInspected] = useState<number | undefined>(undefined);
  const told = useLive(state.outcome);
  const unlocked = useLive(operator.unlocked);
  useEffect(() => {
    if (!unlocked) return;
    let left = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      const next = await readNow(operator);
      if (left) return;
      setKnown(next);
      timer = setTimeout(read, READ_MS);
    };
    void read();
    return () => {
      left = true;
      clearTimeout(timer);
    };
    // Read anew after each act: what it did is to be seen.
  }, [unlocked, told]);
  const letters = known.kind === "read" ? known.letters : [];
  const letter = letters.find(({ id }) => id === inspected);
  return (
    <section class="card" aria-labelledby="letters-title">
      <header class="card-head">
        <h2 id="letters-title">Dead letters</h2>
        <p class="soft grow">Messages that nobody handled, and those that killed twice. Never what was in them.</p>
        {letters.length > 0 && <AllLetters operator={operator} />}
      </header>
      {known.kind === "locked" && <Locked operator={operator} />}
      {known.kind === "failed" && <p class="problem">{known.text}</p>}
      {known.kind === "read" && letters.length === 0 && <p class="empty">There are none.</p>}
      {letters.length > 0 && <LetterTable letters={letters} operator={operator} onInspect={setInspected} />}
      {letter && <LetterDrawer letter={letter} operator={operator} onClose={() => setInspected(undefined)} />}
    </section>
  );
}

function Locked({ operator }: { readonly operator: Operator }) {
  const show = () =>
    operator.confirm(
      {
        title: "Show dead letters",
        text: "They say who sent what to whom, so they are the operators' own.",
        act: "Show",
      },
      async (admin) => {
        await admin.deadLetters.list({ limit: 1 });
        return "";
      },
    );
  return (
    <p>
      <button type="button" class="primary" onClick={() => void show()}>
        Show with the admin token
      </button>
    </p>
  );
}

function AllLetters({ operator }: { readonly operator: Operator }) {
  const retry = () =>
    operator.confirm(
      {
        title: "Retry all dead letters?",
        text: "Each is sent again where it was sent to. One that killed is quarantined again at its first kill.",
        act: "Retry all",
      },
      async ({ deadLetters }) => {
        const { succeeded, failed, refused } = await deadLetters.retryAll();
        return `${succeeded} have run, ${failed} failed again, ${refused} could not be sent.`;
      },
    );
  const discard = () =>
    operator.confirm(
      {
        title: "Discard all dead letters?",
        text: "They are forgotten, and nobody will handle them.",
        act: "Discard all",
        dangerous: true,
      },
      async ({ deadLetters }) => `${await deadLetters.discardAll()} dead letters are discarded.`,
    );
  return (
    <div class="row-acts">
      <button type="button" onClick={() => void retry()}>
        Retry all
      </button>
      <button type="button" class="danger" onClick={() => void discard()}>
        Discard all
      </button>
    </div>
  );
}

async function readNow(operator: Operator): Promise<Known> {
  try {
    const letters = await operator.read((admin) => admin.deadLetters.list({ limit: SHOWN }));
    return letters ? { kind: "read", letters: [...letters].reverse() } : { kind: "locked" };
  } catch (error) {
    return { kind: "failed", text: problemText(error) };
  }
}
