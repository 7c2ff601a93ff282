import { useState } from "preact/hooks";
import { useLive } from "../kit/live.js";
import { Locked } from "../kit/locked.js";
import { useOperatorsRead } from "../kit/use-operators-read.js";
import type { Operator } from "../operator.js";
import type { PageState } from "../page-state.js";
import { LetterDrawer } from "./letter-drawer.js";
import { LetterTable } from "./letter-table.js";

/** Letters that are shown, the newest; the server keeps more. */
const SHOWN = 200;
interface LettersViewProps {
  readonly state: PageState;
  readonly operator: Operator;
}

/** Messages that nobody handled, or that killed twice: inspected, sent again, or discarded, by whoever has the admin token. */
export function LettersView({ state, operator }: LettersViewProps) {
  const [inspected, setInspected] = useState<number | undefined>(undefined);
  // Read anew after each act: what it did is to be seen.
  const told = useLive(state.outcome);
  const known = useOperatorsRead(operator, ({ deadLetters }) => deadLetters.list({ limit: SHOWN }), told);
  const letters = known.kind === "read" ? [...known.value].reverse() : [];
  const letter = letters.find(({ id }) => id === inspected);
  return (
    <section class="card" aria-labelledby="letters-title">
      <header class="card-head">
        <h2 id="letters-title">Dead letters</h2>
        <p class="soft grow">Messages that nobody handled, and those that killed twice. Never what was in them.</p>
        {letters.length > 0 && <AllLetters operator={operator} />}
      </header>
      {known.kind === "locked" && (
        <Locked
          operator={operator}
          what="dead letters"
          why="They say who sent what to whom, so they are the operators' own."
          look={({ deadLetters }) => deadLetters.list({ limit: 1 })}
        />
      )}
      {known.kind === "failed" && <p class="problem">{known.text}</p>}
      {known.kind === "read" && letters.length === 0 && <p class="empty">There are none.</p>}
      {letters.length > 0 && <LetterTable letters={letters} operator={operator} onInspect={setInspected} />}
      {letter && <LetterDrawer letter={letter} operator={operator} onClose={() => setInspected(undefined)} />}
    </section>
  );
}

function AllLetters({ operator }: { readonly operator: Operator }) {
  const retry = () =>
    operator.confirm(
      {
        title: "Retry all dead letters?",
        text: "Each is sent again where it was sent to. One that killed is quarantined again at its first kill.",
        act: "Retry all",
        audited: { act: "retry-all" },
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
        audited: { act: "discard-all" },
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
