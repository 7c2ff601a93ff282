import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { now } from "./now.mjs";

/** What one look at the health of the program said; times are ms of the machine's clock. */
export interface Look {
  readonly sent: number;
  /** When the answer was there, or given up. */
  readonly got: number;
  /** Somebody answered. */
  readonly answered: boolean;
  readonly live: boolean;
  /** The actor that commits the fault. */
  readonly ready: boolean;
  /** The server as a whole. */
  readonly whole: boolean;
  readonly busy?: readonly { readonly method: string; readonly ageMs: number; readonly limitMs?: number }[];
}

export interface Seen {
  readonly looks: readonly Look[];
  /** How late the machine itself was, at the worst, where looks were taken and where they were answered. */
  readonly lateMs: number;
  /** The same from the first answer after the fault on. */
  readonly lateAfterMs: number;
  /** When the handler began; undefined: it never did. */
  readonly began: number | undefined;
  /** When the runtime noticed a death; undefined: there was none. */
  readonly died: number | undefined;
  /** When the actor had answered again; undefined: never, the program has ended. */
  readonly served: number | undefined;
  /** When the program had ended by itself. */
  readonly ended: number | undefined;
}

/** What is to be seen of a program that has ended needs its time. */
const SEEN_MS = 1500;

/** A program that has said nothing for so long is blocked for good. */
const BLOCKED_AFTER_MS = { inline: 7_000, thread: 40_000, fork: 40_000 };

/** Has a program commit a fault, and looks at its health from another one meanwhile. */
export async function lookAt(fault: string, level: keyof typeof BLOCKED_AFTER_MS, addon?: string): Promise<Seen> {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-health-"));
  const heap = fault.startsWith("heap") ? ["--max-old-space-size=128"] : [];
  const started = join(folder, "began");
  const program = start([...heap, here("./program.mjs"), fault, level, started, ...(addon ? [addon] : [])]);
  let poller: Part | undefined;
  try {
    const { port } = JSON.parse((await program.line())!) as { port: number };
    poller = start([here("./poller.mjs"), String(port)]);
    await poller.line();
    program.child.stdin!.write("go\n");
    const patience = fault.startsWith("heap") ? BLOCKED_AFTER_MS.fork : BLOCKED_AFTER_MS[level];
    const said = await Promise.race([program.line(), after(patience)]);
    const told = said === undefined ? {} : (JSON.parse(said) as Partial<Seen>);
    const gone = program.gone();
    if (gone !== undefined) await after(SEEN_MS);
    poller.child.stdin!.end();
    const { looks, lateMs } = JSON.parse((await poller.line())!) as { looks: Look[]; lateMs: number };
    const { began, died, served } = told;
    const late = { lateMs: lateMs + (told.lateMs ?? 0), lateAfterMs: lateMs + (told.lateAfterMs ?? 0) };
    return { looks, ...late, began, died, served, ended: gone };
  } finally {
    program.child.kill("SIGKILL");
    poller?.child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Part {
  readonly child: ChildProcess;
  /** The next line that it prints; undefined: it has ended. */
  line(): Promise<string | undefined>;
  gone(): number | undefined;
}

function start(args: readonly string[]): Part {
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
  let gone: number | undefined;
  child.once("exit", () => {
    gone = now();
  });
  child.stdin!.on("error", () => {});
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const exited = once(child, "exit");
  return {
    child,
    gone: () => gone,
    async line() {
      const { value, done } = await lines.next();
      if (done) await exited;
      return done ? undefined : (value as string);
    },
  };
}

function here(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(resolve, ms, undefined));
}
