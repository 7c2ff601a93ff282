/*
 * What each isolation level contains, written down from what Node and the operating system do (a thread shares its
 * process; a process shares nothing) and from the semantics of the runtime; the test measures it again.
 *
 *   contained   the program lives, the sibling answers, the actor answers again
 *   got         what the caller of the faulty call got
 *   cause       of the death report; undefined: nobody died
 *   died        how the whole program ended
 *   first       the sibling answered while the fault was still there
 *   abandoned   the thread could not be ended yet: fenced, replaced, and reported
 *   holds       the program itself holds the memory
 */

const failed = { contained: true, got: "HandlerFailed", cause: "threw" };
const died = (cause) => ({ contained: true, got: "ActorDied", cause });
const hung = { ...died("hung"), first: true };
const takesAll = (how) => ({ contained: false, died: how });
/** With an uncaught error Node ends the program with code 1. */
const uncaught = { inline: takesAll("exit 1"), thread: died("uncaught"), fork: died("uncaught") };
const blocks = { inline: takesAll("blocked"), thread: hung, fork: hung };
const same = (cell) => ({ inline: cell, thread: cell, fork: cell });

export const matrix = {
  throw: same(failed),
  rejection: same(failed),
  "string-throw": same(failed),
  "stack-overflow": same(failed),
  "uncloneable-result": same({ contained: true, got: "InvalidValue" }),
  "unhandled-rejection": uncaught,
  "foreign-timer-error": uncaught,
  "process-exit": { inline: takesAll("exit 3"), thread: died("exit"), fork: died("exit") },
  "endless-loop": blocks,
  "catastrophic-regex": blocks,
  "atomics-wait": blocks,
  "blocking-native-call": {
    inline: { contained: false, got: "value", first: false },
    thread: { ...hung, abandoned: true },
    fork: { ...hung, abandoned: false },
  },
  "heap-exhaustion": { inline: takesAll("SIGABRT"), thread: died("heap"), fork: died("exit") },
  "heap-one-growing-array": { inline: takesAll("SIGABRT"), thread: takesAll("SIGABRT"), fork: died("exit") },
  "huge-array-buffers": {
    inline: { contained: false, got: "value", holds: true },
    thread: { contained: false, got: "value", holds: true },
    fork: { contained: true, got: "value", holds: false },
  },
  sigkill: { inline: takesAll("SIGKILL"), thread: takesAll("SIGKILL"), fork: died("exit") },
  "native-null-write": { inline: takesAll("SIGSEGV"), thread: takesAll("SIGSEGV"), fork: died("exit") },
};

const notes = { sigkill: ["note about to be killed"] };

/** What the flight recorder holds of the faulty actor after its death, oldest first: no more, and nothing else. */
export function flightAfter(fault, { cause }) {
  const asked = [`accepted ${fault} 1`, `started ${fault} 1`];
  const end = cause === "threw" ? ["actor-crashed 1"] : [];
  return ["note starts", "actor-started", ...asked, ...(notes[fault] ?? []), ...end];
}

/** 600 MB are filled; a program that does not hold them stays far below. */
const HOLDS_FROM_MB = 500;

/** An observation in the words of the matrix, for the questions that a cell asks. */
export function judge(seen, cell) {
  if (seen.died !== null) return takesAll(seen.died);
  const holds = seen.heldMb >= HOLDS_FROM_MB;
  const blocked = "first" in cell && !seen.siblingFirst;
  return {
    contained: seen.again && seen.sibling && !blocked && !("holds" in cell && holds),
    got: seen.caller.got,
    ...(seen.report ? { cause: seen.report.cause } : {}),
    ...("first" in cell ? { first: seen.siblingFirst } : {}),
    ...("abandoned" in cell ? { abandoned: seen.abandoned } : {}),
    ...("holds" in cell ? { holds } : {}),
  };
}
