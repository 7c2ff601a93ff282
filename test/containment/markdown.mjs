const names = {
  throw: "a handler throws",
  rejection: "a handler's promise rejects",
  "string-throw": "a handler throws a string",
  "stack-overflow": "stack overflow",
  "uncloneable-result": "a result that cannot be sent",
  "unhandled-rejection": "an unhandled rejection beside the handler",
  "foreign-timer-error": "an uncaught error in somebody's timer",
  "process-exit": "`process.exit()`",
  "endless-loop": "an endless loop",
  "catastrophic-regex": "a catastrophic regular expression",
  "atomics-wait": "`Atomics.wait` for ever",
  "blocking-native-call": "a native call that blocks past its limit",
  "heap-exhaustion": "heap exhaustion, many arrays (`heapMb: 64`)",
  "heap-one-growing-array": "heap exhaustion, one growing array (`heapMb: 64`)",
  "huge-array-buffers": "600 MB of ArrayBuffers (`heapMb: 64`)",
  sigkill: "`SIGKILL` from outside",
  "native-null-write": "a native addon writes to address 0",
};

const levels = ["inline", "thread", "fork"];

/** The matrix as a page: one row a fault, one column a level. */
export function markdown({ node, platform, arch, cells }) {
  const rows = Object.entries(names).map(([fault, name]) => {
    const columns = levels.map((level) => text(cells.find((cell) => cell.fault === fault && cell.level === level)));
    return `| ${name} | ${columns.join(" | ")} |`;
  });
  return `# What each isolation level contains

Measured, not promised: every cell is a program of its own in which an actor commits the fault while a sibling is asked
to answer. ✓: the program lives, the sibling answers meanwhile, and the actor answers again. In brackets: the code that the
faulty call's own caller got, and the cause in the death report. ✗: what happened to the whole program instead.

Node ${node}, ${platform} ${arch}. Measure again: \`npm run build && node test/containment/publish.mjs\`.

| fault | \`inline\` | \`thread\` | \`fork\` |
| --- | --- | --- | --- |
${rows.join("\n")}

- A **thread** shares its process: what ends the process (a native fault, V8 giving up on the heap) takes everything, and
  memory outside the heap is counted by no limit. A thread that is stuck in native code cannot be ended before the call
  returns: it is fenced, replaced at once and reported as \`abandoned\` until it has left.
- A **forked process** contains all of it. Its memory is its own: bound it from outside (\`prlimit\`, a cgroup).
- **Inline** contains what a handler throws, and nothing else.
`;
}

function text({ contained, got, cause, died, abandoned, holds }) {
  if (died === "blocked") return "✗ the program hangs";
  if (died) return `✗ the program ends (${died})`;
  if (!contained) return holds ? "✗ the program holds it" : "✗ everybody waits for it";
  const note = abandoned ? ", thread abandoned until it returns" : "";
  return `✓ (${got}${cause ? `, ${cause}` : ""}${note})`;
}
