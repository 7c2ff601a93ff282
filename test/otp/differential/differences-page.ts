import { differences } from "./differences.js";

/** docs/otp-differences.md. Written by `npm run otp -- --page`. */
export function differencesPage(): string {
  const rows = differences.map(({ name, otp, ours, why }) => `| **${name}** | ${otp} | ${ours} | ${why} |`);
  return `${head}\n| | Erlang/OTP | holdfast | Why |\n|---|---|---|---|\n${rows.join("\n")}\n${tail}`;
}

const head = `# Where supervision parts from Erlang/OTP

Supervision is OTP's, and held to it: thousands of generated scenarios (nested trees, every strategy, restart type and
shutdown, significant children, crashes, failing starts, calls, several events in one moment, pauses at the edges of the
intensity window) are played on OTP's own \`supervisor\`, on the pure core that decides here, and on a running system of inline
actors through its public API. The traces are compared line by line: who was started and stopped in which order and why, what
each call answered, what stands after each moment, how the root ended.

\`\`\`sh
npm run otp -- --count 100000 --seed 1   # 3 to 5 minutes; needs escript: apt-get install erlang-base
\`\`\`

It ends with how many scenarios agree with OTP to the last line, and how often each difference of the table was met. Both can
be so at once: where the table says the same thing in other words (the two that are "told apart") the lines are translated
before they are compared. Met with any other, the two have parted on purpose, and what comes later is not compared.

Where they part, it is a bug or it is in this table, which the run itself reads. Every entry has a scenario that shows it.
`;

const tail = `
## What is made equal before it is compared

These are differences too. They are settings or surroundings, so the scenarios are played with them out of the way:

- **Budgets per child.** OTP has one intensity per supervisor. Here each child has one too, so that one bad child does not
  take its healthy siblings down; it is set to \`Infinity\`.
- **Guilt.** A death charged to the message that was executing is not charged to the supervisor. In a scenario every death is
  of unknown guilt, as all of OTP's are.
- **Back-off.** OTP tries again at once; here the second restart in a row waits. It is set to 0.
- **Starts that do not block.** An OTP supervisor hears nothing while a child starts or stops; here it goes on listening. The
  pure core is played to OTP's rhythm: what it asks for is answered before it is told the next thing. A running system is told
  one thing after the other, each at rest before the next.
- **Clean ends of actors.** An OTP worker may exit with \`normal\`, an actor here by \`stopSelf()\`. The pure core is played with
  both, a running system with deaths alone; its clean ends are held case by case ([otp-conformance.md](otp-conformance.md)).
- **The clock.** OTP's window counts whole seconds, ours milliseconds. OTP's supervisor is played with a virtual clock of
  milliseconds in the place of its own; its decisions are untouched.
- **Calls that OTP refuses.** \`restart_child\` and \`delete_child\` of a running child are errors in OTP; here they stop it first.
  They are answered as OTP does and not handed on.
- **Names.** The children of a dynamic supervisor have names here and pids in OTP. Supervisors as children are always given
  the time they need to stop (\`infinity\`), which OTP recommends and we insist on by default.
- **Not played:** a dynamic child that answers \`ignore\` when it is restarted. OTP then keeps \`undefined\` in the place of its
  pid and fails when it is to stop; here such a child is forgotten.
`;
