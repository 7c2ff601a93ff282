import { dateText } from "../../observe/incident/incident-text.js";
import { placeText } from "../../observe/place-text.js";
import type { KeptLetter } from "../../system/letters/dead-letters.js";
import { type Paint, painter } from "../terminal/paint.js";
import { columnsOf, oneLine, padded, shortened } from "../terminal/terminal-text.js";
import { wrapped } from "../terminal/wrapped.js";

/** "03:12:04" */
const TIME = 8;
const REASON = 14;
const RETRY = 12;
const LABEL = 11;

/**
 * Dead letters, a line each, never wider than asked:
 *
 *     id  when      what                                 reason         retry
 *     12  03:12:04  app/workers/1.kills                  poison         failed
 *     13  03:12:09  app/audit.log                        MailboxFull    yes
 */
export function letterTable(letters: readonly KeptLetter[], width: number, paint: Paint = painter(false)): string[] {
  if (letters.length === 0) return ["no dead letters"];
  const ids = Math.max(2, ...letters.map(({ id }) => String(id).length));
  const room = Math.max(10, width - ids - TIME - REASON - RETRY - 8);
  const row = (id: string, when: string, what: string, reason: string, retry: string) =>
    shortened(
      [id.padStart(ids), padded(when, TIME), cell(what, room), cell(reason, REASON), retry].join("  ").trimEnd(),
      width,
    );
  return [
    paint(row("id", "UTC", "what", "reason", "retry"), "bold"),
    ...letters.map((letter) => {
      const { id, at, method, reason } = letter;
      return row(String(id), dateText(at).slice(11), `${placeText(letter)}.${method}`, reason, retryText(letter));
    }),
  ];
}

/** Everything that may be known of one letter. */
export function letterLines(letter: KeptLetter, width: number, paint: Paint = painter(false)): string[] {
  const {
    id,
    at,
    method,
    reason,
    sender,
    to,
    incarnation,
    shape,
    bytes,
    evidence,
    notRetryable,
    retries,
    lastFailure,
  } = letter;
  const field = (label: string, text: string) =>
    wrapped(text, width - LABEL).map(
      (line, index) => `${paint(padded(index === 0 ? label : "", LABEL), "dim")}${line}`,
    );
  const title = `dead letter ${id}: ${placeText(letter)}.${method}, ${dateText(at)} UTC`;
  const size = `${shape}, ${bytes} bytes${evidence ? `, digest ${evidence.digest}` : ""}`;
  const charges = evidence?.charges ?? [];
  const failure = lastFailure ? `, the last time with ${lastFailure.code} at ${dateText(lastFailure.at)} UTC` : "";
  return [
    paint(shortened(oneLine(title), width), "bold"),
    ...field("reason", reason),
    ...field("from", sender),
    ...field("to", `${to}, incarnation ${incarnation}`),
    ...field("arguments", `${size} (what is in them is not shown)`),
    ...charges.flatMap(({ report, cause }, index) => field(index === 0 ? "killed" : "", `report ${report}: ${cause}`)),
    ...field("retry", notRetryable === undefined ? "can be sent again" : `cannot be sent again: ${notRetryable}`),
    ...(retries > 0 ? field("retried", `${retries} time${retries === 1 ? "" : "s"}${failure}`) : []),
  ];
}

function retryText({ notRetryable, retrying, retries }: KeptLetter): string {
  if (retrying) return "under way";
  if (notRetryable !== undefined) return "no";
  return retries > 0 ? `failed${retries > 1 ? ` × ${retries}` : ""}` : "yes";
}

function cell(text: string, width: number): string {
  const cut = shortened(oneLine(text), width);
  return cut + " ".repeat(Math.max(0, width - columnsOf(cut)));
}
