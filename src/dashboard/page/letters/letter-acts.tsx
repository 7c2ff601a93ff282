import type { KeptLetter } from "../../../system/letters/dead-letters.js";
import type { Operator } from "../operator.js";

interface LetterActsProps {
  readonly letter: KeptLetter;
  readonly operator: Operator;
}

/** Sends a letter again, or forgets it; each is confirmed by name. */
export function LetterActs({ letter, operator }: LetterActsProps) {
  const { id, notRetryable, retrying } = letter;
  const name = `letter ${id}, ${toText(letter)}`;
  const retry = () =>
    operator.confirm(
      {
        title: `Retry ${name}?`,
        text: retryText(letter),
        act: "Retry",
        audited: { act: "retry", with: { id } },
      },
      async ({ deadLetters }) => {
        await deadLetters.retry(id);
        return `Letter ${id} has run.`;
      },
    );
  const discard = () =>
    operator.confirm(
      {
        title: `Discard ${name}?`,
        text: "It is forgotten, and nobody will handle it.",
        act: "Discard",
        audited: { act: "discard", with: { id } },
        dangerous: true,
      },
      async ({ deadLetters }) =>
        (await deadLetters.discard(id)) ? `Letter ${id} is discarded.` : `Letter ${id} was gone already.`,
    );
  return (
    <div class="row-acts">
      {notRetryable === undefined && (
        <button type="button" disabled={retrying} aria-label={`Retry letter ${id}`} onClick={() => void retry()}>
          {retrying ? "Running…" : "Retry"}
        </button>
      )}
      <button type="button" class="danger" aria-label={`Discard letter ${id}`} onClick={() => void discard()}>
        Discard
      </button>
    </div>
  );
}

/** "app/desk[ada].work" */
export function toText({ to, key, method }: KeptLetter): string {
  return `${to}${key === undefined ? "" : `[${key}]`}.${method}`;
}

function retryText({ evidence }: KeptLetter): string {
  const again = "It is sent again where it was sent to, as a new message.";
  return evidence ? `${again} It killed before: it is quarantined again at its first kill.` : again;
}
