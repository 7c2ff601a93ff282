import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";

/** Below the package's own folder, so that examples import it by its name. */
const folder = join("node_modules", `.holdfast-snippets-${process.pid}`);

/** What examples take for granted. A name that an example declares itself is left out for it. */
const given: Record<string, string> = {
  "": `
import { Actor, broadcast, dynamic, firstCompleted, majority, parity, fork, inline, keyed, pool, refTo, refuse, supervisor, system, thread, type App, type Ref } from "holdfast";
import { connect, v2Client } from "holdfast/client";
import { dashboardPages } from "holdfast/dashboard";
import { defineConfig, gateway } from "holdfast/gateway";
import { monitor } from "holdfast/monitor";
import { detectModule, readModule, readPageModule, speechModule, type Detect, type Read, type ReadPage, type Speech } from "holdfast/models";
import { openModel } from "holdfast/onnx";
import { CircuitBreaker, guarded, hop, hopStatistics, partial, ResponseCache } from "holdfast/serving";
import { v2Door } from "holdfast/v2";
import { files, FolderDisk, memory } from "holdfast/state";
import { faulty, probe, recording, settled, stopTestSystems, testSystem, until, VirtualClock } from "holdfast/testing";
import { afterEach } from "vitest";
import { readFile } from "node:fs/promises";
import { Digits } from "./digits.js";
declare class Reader extends Actor<{ store: Ref<Store> }> { read(): string; }
declare class Store extends Actor { get(): string; }
type Props = { path: string };
void [Actor, broadcast, dynamic, firstCompleted, majority, parity, fork, inline, keyed, pool, refTo, refuse, supervisor, system, thread, connect, dashboardPages, defineConfig, gateway];
void [monitor];
void [CircuitBreaker, guarded, hop, hopStatistics, partial, ResponseCache];
void [v2Client, v2Door, afterEach, faulty, probe, recording, settled, stopTestSystems, testSystem, until];
void [detectModule, readModule, readPageModule, speechModule, openModel, VirtualClock, readFile, Digits, Reader, Store];`,
  url: "declare const url: URL;",
  model: "declare const model: string;",
  client: "declare const client: import('holdfast/client').V2Client;",
  models: "declare const models: Parameters<typeof import('holdfast/v2').v2Door>[0];",
  pixels: "declare const pixels: Float32Array;",
  samples: "declare const samples: Float32Array;",
  chunk: "declare const chunk: Float32Array;",
  token: "declare const token: string;",
  signal: "declare const signal: AbortSignal;",
  expose: 'declare const expose: { digits: ["classify"] };',
  userId: "declare const userId: string;",
  seconds: "declare const seconds: number;",
  message: "declare const message: string;",
  app: "declare const app: App<{ digits: import('holdfast').PoolRef<Digits>; speech: import('holdfast').KeyedRef<Speech> }>;",
  tree: "const tree = supervisor({}, { digits: thread<Digits>(url, { model }) });",
  Session: "declare class Session extends Actor { say(text: string): void }",
  Counter: "declare class Counter extends Actor<{ from: number }> { add(by: number): number; }",
};

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("every TypeScript example of the manual and of a docstring compiles", () => {
  const snippets = [
    ...docstrings("src"),
    ...manual("README.md"),
    ...readdirSync("docs")
      .filter((name) => name.endsWith(".md"))
      .flatMap((name) => manual(`docs/${name}`)),
  ];
  expect(snippets.length).toBeGreaterThan(12);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "digits.ts"),
    `import { Actor } from "holdfast";
     export class Digits extends Actor<{ model: string }> { classify(pixels: Float32Array): Promise<number> { return Promise.resolve(pixels.length); } }`,
  );
  writeFileSync(
    join(folder, "door.ts"),
    'import { createMachine } from "xstate"; export const door = createMachine({ initial: "shut", states: { shut: {} } });',
  );
  writeFileSync(
    join(folder, "player.ts"),
    `import { Actor } from "holdfast"; export class Player extends Actor { forget(_user: string): void {} }`,
  );
  for (const [index, { text }] of snippets.entries()) {
    // A README block imports what it needs; a docstring's does not.
    const whole = text.includes("import ");
    const prelude = Object.entries(given)
      .filter(([name]) => (name === "" ? !whole : !declares(text, name) && (!whole || name !== "app")))
      .filter(([name]) => !(whole && ["tree", "Counter", "Session", "app", "url"].includes(name)))
      .map(([, code]) => code);
    const body = /^\s*static /.test(text) ? `class Example { ${text} }\nvoid Example;` : text;
    writeFileSync(join(folder, `snippet-${index}.ts`), `${prelude.join("\n")}\n${body}\nexport {};\n`);
  }
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({
      extends: "../../tsconfig.json",
      compilerOptions: {
        noEmit: true,
        rootDir: "../..",
        incremental: false,
        tsBuildInfoFile: null,
        noUnusedLocals: false,
        noUnusedParameters: false,
      },
      files: snippets.map((_, index) => `snippet-${index}.ts`),
      include: [],
    }),
  );
  expect(
    complaints().map((line) => line.replace(/.*snippet-(\d+)\.ts/, (_, index) => snippets[Number(index)]!.place)),
  ).toEqual([]);
});

function complaints(): string[] {
  try {
    execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", folder], { encoding: "utf8" });
    return [];
  } catch (error) {
    return (error as { stdout: string }).stdout.split("\n").filter(Boolean);
  }
}

function declares(text: string, name: string): boolean {
  const made = new RegExp(`(const|class|let) \\{?[^=\\n]*\\b${name}\\b[^=\\n]*[={]`);
  const imported = new RegExp(`^import [^;]*\\b${name}\\b[^;]* from`, "m");
  return made.test(text) || imported.test(text);
}

function manual(page: string): { place: string; text: string }[] {
  const blocks = readFileSync(page, "utf8").matchAll(/```ts\n([\s\S]*?)```/g);
  return [...blocks].map(([, text], i) => ({ place: `${page} block ${i + 1}`, text: text! }));
}

function docstrings(from: string): { place: string; text: string }[] {
  return readdirSync(from, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .flatMap((name) => {
      const found = readFileSync(join(from, name), "utf8").matchAll(/@example ?(.*\n(?: +\*(?!\/)(?! @).*\n)*)/g);
      return [...found].map(([, text]) => ({
        place: `${from}/${name}`,
        text: text!.replace(/^ +\* ?/gm, "").replace(/\s*\*\/\s*$/, ""),
      }));
    });
}
