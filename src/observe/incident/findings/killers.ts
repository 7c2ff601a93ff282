import type { DeathReport, MessageEvidence } from "../../../system/death/report.js";
import { serviceOf } from "../availability.js";
import { crashSignals, type Finding, grouped, numbersOf, type Rule } from "../finding.js";

/** What a digest of no bytes begins with: it says of two calls only that both had no arguments. */
const NOTHING = "e3b0c442";

/** Messages that were executing at two deaths and are kept apart: their input can be looked at. */
export const quarantinedMessages: Rule = ({ input, events, deaths }) => {
  const letters = events.flatMap(({ event }) =>
    event.type === "dead-letter" && event.letter.evidence ? [{ ...event.letter, evidence: event.letter.evidence }] : [],
  );
  const known = new Set(deaths.map(({ id }) => id));
  const groups = grouped(letters, ({ path, method }) => `${serviceOf(input.tree, path).path}\n${method}`);
  return [...groups].map(([name, same]): Finding => {
    const path = name.slice(0, name.lastIndexOf("\n"));
    const inputs = [...grouped(same, ({ evidence, sender }) => `${evidence.digest}\n${sender}`).values()];
    const charges = same.flatMap((letter) => letter.evidence.charges);
    const { method, sender } = same[0]!;
    const bare = same.every(({ evidence }) => isBare(evidence));
    const often = same.length === 1 ? "" : `, ${same.length} times over`;
    const digests = new Set(same.map(({ evidence }) => evidence.digest)).size;
    const what = bare
      ? `A call of ${method}, which has no arguments, kills whoever handles it${often}: it is quarantined`
      : digests === 1
        ? `One input of ${method} kills whoever handles it${often}: it is quarantined`
        : `${digests} inputs of ${method} kill whoever handles them${often}: they are quarantined`;
    return {
      rule: "message-killed-twice",
      severity: "critical",
      path,
      title: what,
      evidence: [
        ...inputs.slice(0, 3).map(([first]) => {
          const { shape, bytes, digest } = first!.evidence;
          return `${method} ${shape}, ${bytes} bytes, digest ${digest}, from ${first!.sender}`;
        }),
        ...charges.slice(0, 2).map(({ report, cause }) => `report ${report}: ${cause}`),
      ],
      advice: bare
        ? `No input is to blame: look for a defect in ${method} itself, or in what it calls.`
        : `Find the input by its digest at ${sender}, and refuse its kind before it is sent, or in ${method} with refuse(); see dead-letters.`,
      reports: [...new Set(charges.map(({ report }) => report))].filter((id) => known.has(id)),
    };
  });
};

/** Equal payloads of different messages at several deaths: a caller sends the same again. */
export const samePayload: Rule = ({ deaths, input }) => {
  const seen = deaths.flatMap((death) => suspects(death).map((message) => ({ death, message, path: death.path })));
  const alike = grouped(
    seen.filter(({ message }) => !isBare(message)),
    ({ message, path }) => `${serviceOf(input.tree, path).path}\n${message.method}\n${message.digest}`,
  );
  return [...alike.values()].flatMap((same): Finding[] => {
    const numbers = new Set(same.map(({ message, path }) => `${path}#${message.seq}`));
    const [first] = same;
    // The second death of one message is another rule's.
    if (!first || same.length < 3 || numbers.size < 2) return [];
    const { method, shape, bytes, digest } = first.message;
    return [
      {
        rule: "same-payload",
        severity: "warning",
        path: serviceOf(input.tree, first.path).path,
        title: `The same payload was executing at ${same.length} deaths, in ${numbers.size} messages`,
        evidence: [`${method} ${shape}, ${bytes} bytes, digest ${digest}`],
        advice: `If somebody sends it again after each failure, have them give up on HandlerFailed and PoisonedMessage; reproduce it with this payload in a test.`,
        reports: numbersOf(same.map(({ death }) => death)),
      },
    ];
  });
};

/** Without arguments, or with none that are known: all such messages are alike, and that says nothing. */
function isBare({ bytes, digest, shape }: MessageEvidence): boolean {
  return bytes === 0 || digest === "" || digest.startsWith(NOTHING) || shape === "[]";
}

/**
 * Messages that may have caused a death. None did where somebody outside ended it, or where the work that failed was nobody's;
 * where the cause names a message, no other is suspected.
 */
function suspects({ cause, executing }: DeathReport): readonly MessageEvidence[] {
  switch (cause.kind) {
    case "threw":
    case "uncaught":
      return cause.seq === undefined ? executing : executing.filter(({ seq }) => seq === cause.seq);
    case "hung":
      if (cause.by !== undefined) return [];
      return cause.seq === undefined ? executing : executing.filter(({ seq }) => seq === cause.seq);
    case "exit":
      return cause.signal === null || crashSignals.has(cause.signal) ? executing : [];
    case "heap":
      return executing;
    default:
      return [];
  }
}
