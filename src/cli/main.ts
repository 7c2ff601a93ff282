#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { HoldfastError } from "../errors.js";
import { CommandError, exitCodes } from "./command.js";
import { helpText } from "./terminal/help-text.js";
import { harmless } from "./terminal/terminal-text.js";

const help = `holdfast - an actor runtime that keeps models serving while things break

  holdfast serve [config]          serve actors over WebSocket, with their page
  holdfast ask <url> <actor> …     call a served actor from the shell
  holdfast tree <url> [--watch]    show the live tree of a server
  holdfast top <url>               the busiest actors, once a second
  holdfast events <url>            tell what happens there, while it happens
  holdfast dead-letters <url> …    messages that nobody will handle: list, show, retry, discard
  holdfast restart <url> <path> …  restart an actor, a pool or a supervisor; what was parked comes back
  holdfast report <url> [--since]  what died, why, what it cost, what to change; with a number: one crash report
  holdfast check-v2 <url>          hold any server to the Open Inference Protocol (V2)
  holdfast models <url> …          list, load, unload, swap or roll back a server's models
  holdfast backup <store> <to>     copy a store, also while it is in use
  holdfast restore <backups> <to>  put a backup into an empty folder
  holdfast verify <folder>         check every byte of a store or of its backups
  holdfast scrub <folder> …        check and repair what several disks keep together
  holdfast demo                    stream speech while the model's thread is killed

  holdfast <command> --help        options of a command
  holdfast --version
`;

type Command = (args: string[]) => Promise<number>;

const commands: Record<string, () => Promise<Command>> = {
  serve: async () => (await import("./serve/serve.js")).serve,
  ask: async () => (await import("./ask/ask.js")).ask,
  tree: async () => (await import("./tree/tree.js")).tree,
  top: async () => (await import("./top/top.js")).top,
  events: async () => (await import("./events/events.js")).events,
  "dead-letters": async () => (await import("./dead-letters/dead-letters.js")).deadLetters,
  restart: async () => (await import("./restart/restart.js")).restart,
  report: async () => (await import("./report/report.js")).report,
  "check-v2": async () => (await import("./check-v2/check-v2.js")).checkV2Command,
  models: async () => (await import("./models/models.js")).models,
  backup: async () => (await import("./store/backup.js")).backupCommand,
  restore: async () => (await import("./store/restore.js")).restoreCommand,
  verify: async () => (await import("./store/verify.js")).verifyCommand,
  scrub: async () => (await import("./store/scrub.js")).scrubCommand,
  demo: async () => (await import("./demo/demo.js")).demo,
};

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(helpText(help));
    return name === undefined ? exitCodes.usage : exitCodes.ok;
  }
  if (name === "--version" || name === "-v") {
    const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
    console.log((JSON.parse(text) as { version: string }).version);
    return exitCodes.ok;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!load) throw new CommandError(`there is no command "${name}"\n\n${helpText(help)}`);
  const command = await load();
  return command(rest);
}

/** What a server says may hold what callers or actors wrote: it moves no cursor. */
function lines(text: string): string {
  return text.split("\n").map(harmless).join("\n");
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof CommandError) {
    process.stderr.write(`holdfast: ${lines(error.message)}\n`);
    process.exitCode = error.exitCode;
  } else if (error instanceof HoldfastError) {
    process.stderr.write(`holdfast: ${error.code}: ${lines(error.message)}\n`);
    process.exitCode = exitCodes.failed;
  } else {
    process.stderr.write(`holdfast: ${(error as Error)?.stack ?? String(error)}\n`);
    process.exitCode = exitCodes.failed;
  }
}
