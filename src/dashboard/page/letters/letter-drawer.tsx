import { bytesText } from "../../../observe/bytes-text.js";
import type { KeptLetter } from "../../../system/letters/dead-letters.js";
import { Fact } from "../kit/fact.js";
import { Modal } from "../kit/modal.js";
import type { Operator } from "../operator.js";
import { LetterActs, toText } from "./letter-acts.js";

interface LetterDrawerProps {
  readonly letter: KeptLetter;
  readonly operator: Operator;
  onClose(): void;
}

/** Everything that is known of one letter, but for what was in it. */
export function LetterDrawer({ letter, operator, onClose }: LetterDrawerProps) {
  const { id, at, reason, sender, incarnation, shape, bytes, path, evidence, notRetryable, retries, lastFailure } =
    letter;
  return (
    <Modal labelledBy="letter-title" onClose={onClose}>
      <header class="drawer-head">
        <div>
          <p class="soft">
            Dead letter {id} · {new Date(at).toLocaleString([], { hour12: false })}
          </p>
          <h2 id="letter-title">{toText(letter)}</h2>
        </div>
        <button type="button" class="close" aria-label="Close the letter" onClick={onClose}>
          <span aria-hidden="true">×</span>
        </button>
      </header>
      <dl class="facts">
        <Fact name="Reason">{reason}</Fact>
        <Fact name="Sender">{sender}</Fact>
        <Fact name="Incarnation">{incarnation}</Fact>
        <Fact name="Form">{shape}</Fact>
        <Fact name="Size">{bytesText(bytes)}</Fact>
        <Fact name="Died at">{path}</Fact>
        {evidence && <Fact name="Digest">{evidence.digest}</Fact>}
        <Fact name="Retries">{retries}</Fact>
        {lastFailure && <Fact name="Latest retry">failed: {lastFailure.code}</Fact>}
      </dl>
      {evidence && (
        <>
          <h3>Deaths that it is charged with</h3>
          <ul class="messages">
            {evidence.charges.map(({ report, cause }) => (
              <li key={report}>
                report {report}: {cause}
              </li>
            ))}
          </ul>
        </>
      )}
      {notRetryable !== undefined && <p class="note">It cannot be sent again: {notRetryable}.</p>}
      <LetterActs letter={letter} operator={operator} />
    </Modal>
  );
}
