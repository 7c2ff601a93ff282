import { createHash } from "node:crypto";
import type { DiskImage } from "./disk-image.js";
import { folderOf } from "./disk-image.js";
import type { DiskLog, DiskOp, Promised } from "./disk-log.js";
import { FileHistory, type Left } from "./file-history.js";

/** A disk as a power cut may leave it, and what a store on it may then hold. */
export interface AfterCut {
  readonly image: DiskImage;
  readonly promised: Promised;
  /** For people: after which call, and what became of what was not synced. */
  readonly about: string;
}

export interface CutOptions {
  /** At how many places the last append is torn; "every": at each of its bytes. Default 3. */
  readonly torn?: number | "every";
  /** How many calls were done at least before the power is cut. Default 0. */
  readonly from?: number;
}

/** A name that came or went; `undefined`: it went. */
interface NameChange {
  readonly folder: string;
  readonly names: readonly (readonly [path: string, entry: number | "folder" | undefined])[];
}

/**
 * Every disk that a power cut may leave, after each call of the log.
 *
 *   log ─ the first n calls ─┬─ files: durable bytes, writes since ────▸ nothing, everything, half, torn, zeros, holes …
 *                            └─ names: durable entries, changes since ─▸ none, all, each of the ways between
 *
 * What was not synced may be there or not, each file and each name by itself: POSIX promises no order between them. Disks
 * that are alike, with the same promise, are told of once.
 */
export function* powerCuts(log: DiskLog, { torn = 3, from = 0 }: CutOptions = {}): Generator<AfterCut> {
  const seen = new Set<string>();
  const state = new Replay(log.start);
  let next = 0;
  let inForce: Promised | undefined;
  for (let at = 0; at <= log.ops.length; at++) {
    if (at > 0) state.apply(log.ops[at - 1]!);
    // The power may fail before and after each promise that was made here: a disk must be right by all of them.
    let promised = inForce;
    for (; next < log.promised.length && log.promised[next]!.at <= at; next++) {
      inForce = log.promised[next]!.promised;
      promised = both(promised, inForce);
    }
    if (promised === undefined || at < from) continue;
    const after = `after call ${at} of ${log.ops.length} (${at === 0 ? "none" : shownOp(log.ops[at - 1]!)})`;
    for (const { image, about } of state.images(torn)) {
      const mark = markOf(image, promised);
      if (seen.has(mark)) continue;
      seen.add(mark);
      yield { image, promised, about: `${after}: ${about}` };
    }
  }
}

function both(one: Promised | undefined, other: Promised): Promised {
  if (one === undefined) return other;
  return { digests: new Set([...one.digests].filter((digest) => other.digests.has(digest))), about: other.about };
}

class Replay {
  readonly #files: FileHistory[];
  readonly #names: Map<string, number | "folder">;
  readonly #live: Map<string, number | "folder">;
  #changes: NameChange[] = [];
  #last: number | undefined;

  constructor(start: DiskImage) {
    const files = [...start.files];
    this.#files = files.map(([, bytes]) => new FileHistory(bytes));
    this.#names = new Map(files.map(([path], file) => [path, file]));
    for (const folder of start.folders) this.#names.set(folder, "folder");
    this.#live = new Map(this.#names);
  }

  apply(op: DiskOp): void {
    this.#last = op.kind === "append" ? op.file : undefined;
    switch (op.kind) {
      case "create":
        this.#files[op.file] = new FileHistory();
        this.#rename(folderOf(op.path), [[op.path, op.file]]);
        break;
      case "make-folder":
        this.#rename(folderOf(op.path), [[op.path, "folder"]]);
        break;
      case "rename":
        this.#rename(folderOf(op.to), [
          [op.from, undefined],
          [op.to, this.#live.get(op.from)],
        ]);
        break;
      case "remove":
        this.#rename(folderOf(op.path), [[op.path, undefined]]);
        break;
      case "append":
      case "truncate":
      case "sync-failed":
      case "open":
        this.#files[op.file]!.write(op);
        break;
      case "sync":
        this.#files[op.file]!.sync();
        break;
      case "sync-folder": {
        for (const { folder, names } of this.#changes) if (folder === op.path) put(this.#names, names);
        this.#changes = this.#changes.filter(({ folder }) => folder !== op.path);
        break;
      }
    }
  }

  *images(torn: number | "every"): Generator<{ image: DiskImage; about: string }> {
    const ways = waysFor(this.#changes.length);
    const lefts = this.#files.every(({ isSure }) => isSure)
      ? [alike({ kind: "everything" })]
      : policies(this.#files.length);
    for (const way of ways) {
      const about = this.#changes.length === 0 ? "" : `, names ${way.map(Number).join("")}`;
      for (const left of lefts) yield { image: this.#image(way, left.of), about: `${left.about}${about}` };
    }
    if (this.#last === undefined) return;
    const last = this.#last;
    const whole = ways.at(-1)!;
    for (const bytes of cutsOf(this.#files[last]!.lastAppend, torn)) {
      const left = (file: number): Left => (file === last ? { kind: "torn", bytes } : { kind: "everything" });
      yield { image: this.#image(whole, left), about: `the last append torn at ${bytes}` };
    }
  }

  #rename(folder: string, names: NameChange["names"]): void {
    this.#changes.push({ folder, names });
    put(this.#live, names);
  }

  #image(way: readonly boolean[], left: (file: number) => Left): DiskImage {
    const names = new Map(this.#names);
    this.#changes.forEach((change, i) => {
      if (way[i]) put(names, change.names);
    });
    const folders = new Set([...names].filter(([, entry]) => entry === "folder").map(([path]) => path));
    const files = new Map<string, Uint8Array>();
    for (const [path, entry] of names) {
      // What is in a folder whose own name was lost is lost with it.
      if (entry !== "folder" && folders.has(folderOf(path))) files.set(path, this.#files[entry]!.left(left(entry)));
    }
    return { folders, files };
  }
}

function put(names: Map<string, number | "folder">, changes: NameChange["names"]): void {
  for (const [path, entry] of changes) {
    if (entry === undefined) names.delete(path);
    else names.set(path, entry);
  }
}

interface Policy {
  readonly about: string;
  readonly of: (file: number) => Left;
}

function alike(left: Left): Policy {
  return { about: `unsynced: ${left.kind}`, of: () => left };
}

const kinds: readonly Left[] = [
  { kind: "nothing" },
  { kind: "everything" },
  { kind: "half" },
  { kind: "zeros" },
  { kind: "garbage", seed: 1 },
  { kind: "hole" },
  { kind: "blocks", seed: 2 },
  { kind: "blocks", seed: 3 },
];

/** All files in one way, for each way; then each file in another. */
function policies(files: number): Policy[] {
  const mixed = files < 2 ? [] : [1, 3, 5];
  return [
    ...kinds.map(alike),
    ...mixed.map((step) => ({
      about: `unsynced: mixed ${step}`,
      of: (file: number) => kinds[(file * step + step) % kinds.length]!,
    })),
  ];
}

/** Which of the changes of names are there: each set of a few; of many none, all, each first part, each alone, all but each. */
function waysFor(changes: number): boolean[][] {
  const all = Array.from({ length: changes }, (_, i) => i);
  if (changes <= 3) return Array.from({ length: 2 ** changes }, (_, set) => all.map((i) => (set & (1 << i)) !== 0));
  return [
    ...all.map((alone) => all.map((i) => i === alone)),
    ...all.map((missing) => all.map((i) => i !== missing)),
    ...all.map((first) => all.map((i) => i < first)),
    all.map(() => true),
  ];
}

function cutsOf(bytes: number, torn: number | "every"): number[] {
  const inside = Math.max(0, bytes - 1);
  if (torn === "every" || torn >= inside) return Array.from({ length: inside }, (_, i) => i + 1);
  return Array.from({ length: torn }, (_, i) => 1 + Math.floor((i * inside) / torn));
}

function markOf({ folders, files }: DiskImage, promised: Promised): string {
  const hash = createHash("sha1");
  for (const digest of promised.digests) hash.update(digest);
  for (const folder of folders) hash.update(`\n${folder}/`);
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`\n${path} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

function shownOp(op: DiskOp): string {
  const what = "path" in op ? op.path : "from" in op ? `${op.from} to ${op.to}` : `file ${op.file}`;
  return op.kind === "append" ? `append ${op.bytes.length} bytes to ${what}` : `${op.kind} ${what}`;
}
