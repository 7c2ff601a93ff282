import { type ChildProcess, spawn } from "node:child_process";
import { afterEach } from "vitest";

export interface Finished {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A `holdfast` command that runs; kill it or wait for its end. */
export class CommandLine {
  readonly child: ChildProcess;
  out = "";
  err = "";
  readonly finished: Promise<Finished>;

  constructor(args: string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
    const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;
    this.child = spawn(process.execPath, [main, ...args], {
      cwd: options.cwd ?? process.cwd(),
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout!.on("data", (bytes) => {
      this.out += bytes;
    });
    this.child.stderr!.on("data", (bytes) => {
      this.err += bytes;
    });
    this.finished = new Promise((resolve) => {
      this.child.on("close", (code) => resolve({ code, out: this.out, err: this.err }));
    });
  }

  /** Resolves with the match once the output has it; rejects when the command ends without it. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.out) ?? pattern.exec(this.err);
      if (match) return match;
      if (this.child.exitCode !== null) throw new Error(`ended without ${pattern}:\n${this.out}${this.err}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}

/** Starts commands that end with their test, whether or not it passes. Call it at the top of a test file. */
export function startsInTests(): (...args: ConstructorParameters<typeof CommandLine>) => CommandLine {
  const running = new Set<CommandLine>();
  afterEach(async () => {
    for (const command of running) {
      command.child.kill("SIGKILL");
      await command.finished;
    }
    running.clear();
  });
  return (...args) => {
    const command = new CommandLine(...args);
    running.add(command);
    return command;
  };
}

/** Runs a command to its end. */
export function holdfast(
  args: string[],
  options: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Finished> {
  return new CommandLine(args, options).finished;
}
