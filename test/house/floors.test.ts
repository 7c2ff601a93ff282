import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const src = resolve("src");

/** From the ground up: a file may import its own floor and those before it in this list. */
const floors = [
  [
    "errors.ts",
    "guarded.ts",
    "error-table.ts",
    "clock.ts",
    "duration.ts",
    "defaults.ts",
    "known-keys.ts",
    "native-mark.ts",
    "number-map.ts",
    "development.ts",
    "peer.ts",
  ],
  ["protocol"],
  ["mailbox"],
  ["supervision"],
  ["actor"],
  ["transport"],
  ["host"],
  ["system"],
  ["observe"],
  ["state"],
  ["routing"],
  ["xstate"],
  ["serving"],
  ["cluster"],
  ["lab"],
  ["client"],
  ["gateway"],
  ["dashboard"],
  ["index.ts"],
  ["cli"],
];

/** A door of its own: tests of users may reach anything below the public door. */
const asides = ["testing"];

/** Named files that may import what no other may. */
const keepers: { module: RegExp; where: (file: string) => boolean; says: string }[] = [
  {
    module: /^node:(worker_threads|child_process)$/,
    where: (file) => file.startsWith("host/"),
    says: "only host/ knows threads and processes",
  },
  {
    module: /^ws$/,
    where: (file) => file.startsWith("gateway/") || file === "client/node.ts" || file === "client/node-socket.ts",
    says: "ws lives in gateway/ and the client's Node door",
  },
  { module: /^piscina$/, where: (file) => file === "host/thread-host.ts", says: "Piscina is behind the host contract" },
  {
    module: /^xstate/,
    where: (file) => file.startsWith("supervision/machine") || file.startsWith("xstate/"),
    says: "XState is in few named files",
  },
  {
    module: /^onnxruntime-/,
    where: (file) => file.startsWith("serving/runtimes/"),
    says: "runtimes are behind serving/runtimes/",
  },
  { module: /^lmdb$/, where: (file) => file === "state/lmdb-store.ts", says: "lmdb is behind the store's contract" },
];

const files = walk(src).map((file) => relative(src, file));

interface Import {
  file: string;
  module: string;
  typeOnly: boolean;
}

const imports: Import[] = files.flatMap((file) => {
  const text = readFileSync(join(src, file), "utf8");
  const found = text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"|import\(\s*"([^"]+)"\s*\)/gm);
  return [...found].map(([, type, from, dynamic]) => ({
    file,
    module: (from ?? dynamic)!,
    typeOnly: type !== undefined,
  }));
});

describe("an import goes down the floors, never up", () => {
  it("finds the source and its imports", () => {
    expect(files.length).toBeGreaterThan(100);
    expect(imports.length).toBeGreaterThan(300);
  });

  it("every file stands on a floor", () => {
    const homeless = files.filter(
      (file) => floorOf(file) === -1 && !asides.some((aside) => file.startsWith(`${aside}/`)),
    );
    expect(homeless).toEqual([]);
  });

  it("no import goes up", () => {
    const up = imports
      .filter(({ module }) => module.startsWith("."))
      .map(({ file, module }) => ({
        file,
        target: relative(src, resolve(src, dirname(file), module)).replace(/\.js$/, ".ts"),
      }))
      .filter(({ file }) => floorOf(file) !== -1)
      .filter(
        ({ file, target }) => floorOf(target) > floorOf(file) || asides.some((aside) => target.startsWith(`${aside}/`)),
      )
      .map(({ file, target }) => `${file} imports ${target}`);
    expect(up).toEqual([]);
  });

  it.each(keepers)("$says", ({ module, where }) => {
    const strays = imports.filter((one) => module.test(one.module) && !one.typeOnly && !where(one.file));
    expect(strays.map(({ file, module: name }) => `${file} imports ${name}`)).toEqual([]);
  });

  it("no file is past 300 lines", () => {
    const long = files
      .map((file) => ({ file, lines: readFileSync(join(src, file), "utf8").split("\n").length - 1 }))
      .filter(({ lines }) => lines > 300)
      .map(({ file, lines }) => `${file}: ${lines}`);
    expect(long).toEqual([]);
  });
});

function floorOf(file: string): number {
  const top = file.split("/")[0]!;
  return floors.findIndex((names) => names.includes(top));
}

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return walk(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}
