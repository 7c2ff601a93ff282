/** Which versions of a model are loaded: the newest n, all of them, or these. Triton's version policy. */
export type VersionPolicy = { readonly latest: number } | "all" | readonly number[];

/** A version of which the files can be loaded, or are. */
export interface Offered {
  readonly version: number;
  readonly digest: string;
}

export interface ChoiceView {
  readonly policy: VersionPolicy;
  /** What lies in the folder, whole. */
  readonly offered: readonly Offered[];
  readonly loaded: readonly Offered[];
  /** The one that answers where none is named. */
  readonly current: Offered | undefined;
  /** Loaded on purpose, beside the policy. */
  readonly pinned: ReadonlySet<number>;
  /** Digests that were tried and did not do, or that somebody went back from. */
  readonly passedOver: ReadonlySet<string>;
}

export type Choice =
  | { readonly act: "load"; readonly version: number; readonly current: boolean }
  | { readonly act: "swap"; readonly version: number }
  | { readonly act: "unload"; readonly version: number };

/**
 * The next step from what is loaded to what the policy wants, undefined where there is none. Pure. Highest first, so that the
 * newest answers soonest; what answers is never unloaded by policy, and nothing is unloaded because its file has gone.
 */
export function choose(view: ChoiceView): Choice | undefined {
  const { offered, loaded, current, passedOver } = view;
  const eligible = offered.filter(({ digest }) => !passedOver.has(digest));
  const wanted = chosen(view.policy, [...eligible, ...loaded]);
  const fresh = eligible.filter(({ version, digest }) => wanted.has(version) && !has(loaded, version, digest));
  fresh.sort((a, b) => b.version - a.version);
  const [best] = fresh;
  if (best) {
    if (current === undefined) return { act: "load", version: best.version, current: true };
    if (best.version >= current.version) return { act: "swap", version: best.version };
    // Another file of a version that is loaded beside the current one waits until somebody asks for it.
    const beside = fresh.find(({ version }) => loaded.every((one) => one.version !== version));
    if (beside) return { act: "load", version: beside.version, current: false };
  }
  const over = loaded.find(
    ({ version }) => version !== current?.version && !wanted.has(version) && !view.pinned.has(version),
  );
  return over && { act: "unload", version: over.version };
}

/** The versions that a policy names, of those that there are. */
export function chosen(policy: VersionPolicy, there: readonly { readonly version: number }[]): ReadonlySet<number> {
  const versions = [...new Set(there.map(({ version }) => version))].sort((a, b) => b - a);
  if (policy === "all") return new Set(versions);
  if ("latest" in policy) return new Set(versions.slice(0, policy.latest));
  return new Set(versions.filter((version) => policy.includes(version)));
}

/** Which of the others a policy wants beside the version that answers, whichever that is. */
export function beside(policy: VersionPolicy, others: readonly { readonly version: number }[]): ReadonlySet<number> {
  return chosen(typeof policy === "object" && "latest" in policy ? { latest: policy.latest - 1 } : policy, others);
}

function has(list: readonly Offered[], version: number, digest: string): boolean {
  return list.some((one) => one.version === version && one.digest === digest);
}
