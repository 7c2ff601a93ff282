import type { KeptLetter } from "../../../system/letters/dead-letters.js";
import type { Operator } from "../operator.js";
import { LetterActs, toText } from "./letter-acts.js";

interface LetterTableProps {
  readonly letters: readonly KeptLetter[];
  readonly operator: Operator;
  onInspect(id: number): void;
}

/** The letters, newest first. */
export function LetterTable({ letters, operator, onInspect }: LetterTableProps) {
  return (
    <table class="wide">
      <thead>
        <tr>
          <th scope="col">Sent to</th>
          <th scope="col">When</th>
          <th scope="col">Reason</th>
          <th scope="col">Sender</th>
          <th scope="col">Form</th>
          <th scope="col">
            <span class="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {letters.map((letter) => (
          <tr key={letter.id} data-letter={letter.id}>
            <th scope="row">
              <button type="button" class="plain" onClick={() => onInspect(letter.id)}>
                {toText(letter)}
              </button>
            </th>
            <td data-label="When">{new Date(letter.at).toLocaleTimeString([], { hour12: false })}</td>
            <td data-label="Reason">
              <span class="chip" data-outcome={letter.reason === "poison" ? "failed" : ""}>
                {letter.reason}
              </span>
              {letter.lastFailure && <span class="note wrong"> retry failed: {letter.lastFailure.code}</span>}
            </td>
            <td data-label="Sender">{letter.sender}</td>
            <td data-label="Form">{letter.shape}</td>
            <td class="full">
              <LetterActs letter={letter} operator={operator} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
