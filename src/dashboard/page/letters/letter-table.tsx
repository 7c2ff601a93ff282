import type { KeptLetter } from "../../../system/letters/dead-letters.js";
import { tableRole } from "../kit/table-role.js";
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
    <table class="wide" {...tableRole.table}>
      <thead {...tableRole.group}>
        <tr {...tableRole.row}>
          <th scope="col" {...tableRole.column}>
            Sent to
          </th>
          <th scope="col" {...tableRole.column}>
            When
          </th>
          <th scope="col" {...tableRole.column}>
            Reason
          </th>
          <th scope="col" {...tableRole.column}>
            Sender
          </th>
          <th scope="col" {...tableRole.column}>
            Form
          </th>
          <th scope="col" {...tableRole.column}>
            <span class="unseen">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody {...tableRole.group}>
        {letters.map((letter) => (
          <tr {...tableRole.row} key={letter.id} data-letter={letter.id}>
            <th scope="row" {...tableRole.name}>
              <button type="button" class="plain" onClick={() => onInspect(letter.id)}>
                {toText(letter)}
              </button>
            </th>
            <td {...tableRole.cell} data-label="When">
              {new Date(letter.at).toLocaleTimeString([], { hour12: false })}
            </td>
            <td {...tableRole.cell} data-label="Reason">
              <span class="chip" data-outcome={letter.reason === "poison" ? "failed" : ""}>
                {letter.reason}
              </span>
              {letter.lastFailure && <span class="note wrong"> retry failed: {letter.lastFailure.code}</span>}
            </td>
            <td {...tableRole.cell} data-label="Sender">
              {letter.sender}
            </td>
            <td {...tableRole.cell} data-label="Form">
              {letter.shape}
            </td>
            <td {...tableRole.cell} class="full">
              <LetterActs letter={letter} operator={operator} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
