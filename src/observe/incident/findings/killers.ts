import { type Finding, grouped, numbersOf, type Rule } from "../finding.js";

/** A message that was executing at two deaths and is kept apart: its input can be looked at. */
export const quarantinedMessages: Rule = ({ events, deaths }) => {
  const letters = events.flatMap(({ event }) =>
    event.type === "dead-letter" && event.letter.evidence ? [{ ...event.letter, evidence: event.letter.evidence }] : [],
  );
  const groups = grouped(letters, ({ path, method, evidence }) => `${path}\n${method}\n${evidence.digest}`);
  return [...groups.values()].map((same): Finding => {
    const { path, method, sender, evidence } = same[0]!;
    const { shape, bytes, digest } = evidence;
    const charges = same.flatMap((letter) => letter.evidence.charges);
    const times = same.length === 1 ? "" : `, ${same.length} times over`;
    return {
      rule: "message-killed-twice",
      severity: "critical",
      path,
      title: `One input of ${method} kills whoever handles it${times}: it is quarantined`,
      evidence: [
        `${method} ${shape}, ${bytes} bytes, digest ${digest}, from ${sender}`,
        ...charges.slice(0, 4).map(({ report, cause }) => `report ${report}: ${cause}`),
      ],
      advice: `Find the input by its digest at ${sender}, and refuse its kind before it is sent, or in ${method} with refuse(); see dead-letters.`,
      reports: [...new Set(charges.map(({ report }) => report))].filter((id) =>
        deaths.some((death) => death.id === id),
      ),
    };
  });
};

/** Equal payloads of different messages at several deaths: a caller sends the same again. */
export const samePayload: Rule = ({ deaths }) => {
  const seen = deaths.flatMap((death) =>
    death.cause.kind === "killed" ? [] : death.executing.map((message) => ({ death, message, path: death.path })),
  );
  const alike = grouped(
    seen.filter(({ message }) => message.bytes > 0 && message.digest !== ""),
    ({ message }) => `${message.method}\n${message.digest}`,
  );
  return [...alike.values()].flatMap((same): Finding[] => {
    const numbers = new Set(same.map(({ message, path }) => `${path}#${message.seq}`));
    const [first] = same;
    // The second death of one message is another rule's; a constant that everybody sends says nothing.
    if (!first || same.length < 3 || numbers.size < 2) return [];
    const { method, shape, bytes, digest } = first.message;
    return [
      {
        rule: "same-payload",
        severity: "warning",
        path: first.path,
        title: `The same payload was executing at ${same.length} deaths, in ${numbers.size} messages`,
        evidence: [`${method} ${shape}, ${bytes} bytes, digest ${digest}`],
        advice: `Somebody sends it again after each failure: have them give up on HandlerFailed and PoisonedMessage, and reproduce it with this payload in a test.`,
        reports: numbersOf(same.map(({ death }) => death)),
      },
    ];
  });
};
