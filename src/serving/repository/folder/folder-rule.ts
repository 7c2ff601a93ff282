import type { SeenVersion } from "./folder-look.js";

/** Files that were read while they stood still. */
export interface Taken {
  /** SHA-256 of what was read, in hex. */
  readonly digest: string;
}

/** One version as the looks so far tell of it. */
export interface KnownVersion {
  readonly seen: SeenVersion;
  /** Sizes and times of its files: who writes them changes it. */
  readonly print: string;
  /**
   *   moving ──same print again──▶ reading ──read──▶ taken
   *     ▲  ▲                         │               │
   *     │  └────changed meanwhile────┘               │
   *     └───────another print────────────────────────┘
   */
  readonly stage: "moving" | "reading" | "taken" | "unreadable";
  readonly taken?: Taken;
}

export type FolderState = ReadonlyMap<string, KnownVersion>;

/** What to do, or to tell. */
export type FolderAction =
  /** Read and hash it: it stood still for two looks. */
  | { readonly type: "read"; readonly key: string; readonly print: string; readonly seen: SeenVersion }
  /** It can be loaded, or what lies there is another file than before. */
  | { readonly type: "found"; readonly key: string; readonly seen: SeenVersion; readonly taken: Taken }
  | { readonly type: "unreadable"; readonly key: string; readonly seen: SeenVersion; readonly reason: string }
  /** It is written anew, after it was taken. */
  | { readonly type: "moves"; readonly key: string; readonly seen: SeenVersion }
  | { readonly type: "gone"; readonly key: string; readonly seen: SeenVersion };

export interface FolderTurn {
  readonly state: FolderState;
  readonly actions: readonly FolderAction[];
}

export function versionKey(name: string, version: number): string {
  return `${name}/${version}`;
}

/** Compares a look with those before it. Pure. */
export function looked(state: FolderState, look: readonly SeenVersion[]): FolderTurn {
  const next = new Map<string, KnownVersion>();
  const actions: FolderAction[] = [];
  for (const seen of look) {
    const key = versionKey(seen.name, seen.version);
    // A folder and a single file of one name: the folder was there to say which version it is.
    if (next.has(key)) continue;
    next.set(key, again(state.get(key), seen, key, actions));
  }
  for (const [key, { seen }] of state) if (!next.has(key)) actions.push({ type: "gone", key, seen });
  return { state: next, actions };
}

function again(before: KnownVersion | undefined, seen: SeenVersion, key: string, actions: FolderAction[]) {
  const print = printOf(seen);
  if (before?.print !== print) {
    if (before?.stage === "taken") actions.push({ type: "moves", key, seen });
    return { seen, print, stage: "moving" } as const;
  }
  if (before.stage !== "moving") return before;
  actions.push({ type: "read", key, print, seen });
  return { seen, print, stage: "reading" } as const;
}

/**
 * A reading is over.
 * @param outcome the digest; why it cannot be read; or undefined: its files changed while they were read
 */
export function wasRead(
  state: FolderState,
  key: string,
  print: string,
  outcome: Taken | string | undefined,
): FolderTurn {
  const known = state.get(key);
  // It changed, or went, and was told of by a look.
  if (known?.stage !== "reading" || known.print !== print) return { state, actions: [] };
  const { seen } = known;
  if (outcome === undefined) return { state: put(state, key, { seen, print, stage: "moving" }), actions: [] };
  if (typeof outcome === "string") {
    const action: FolderAction = { type: "unreadable", key, seen, reason: outcome };
    return { state: put(state, key, { seen, print, stage: "unreadable" }), actions: [action] };
  }
  const action: FolderAction = { type: "found", key, seen, taken: outcome };
  return { state: put(state, key, { seen, print, stage: "taken", taken: outcome }), actions: [action] };
}

/** Whether another look soon would tell more: something was seen once only. */
export function unsettled(state: FolderState): boolean {
  return [...state.values()].some(({ stage }) => stage === "moving");
}

function put(state: FolderState, key: string, known: KnownVersion): FolderState {
  return new Map(state).set(key, known);
}

function printOf({ files }: SeenVersion): string {
  return files.map(({ path, bytes, mtimeMs, inode }) => `${path}:${bytes}:${mtimeMs}:${inode}`).join("|");
}
