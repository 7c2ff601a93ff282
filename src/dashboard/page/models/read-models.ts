/** One version of a model, as the repository and the statistics of the Open Inference Protocol tell of it. */
export interface ModelRow {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly reason: string;
  /** Requests that were answered, and that failed. */
  readonly answered: number;
  readonly failed: number;
  /** Of an answered request, milliseconds; undefined before the first. */
  readonly meanMs: number | undefined;
  /** Milliseconds since 1970; 0: never. */
  readonly lastAt: number;
}

interface IndexEntry {
  readonly name: string;
  readonly version?: string;
  readonly state?: string;
  readonly reason?: string;
}

interface Duration {
  readonly count: number;
  readonly ns: number;
}

interface StatsEntry {
  readonly name: string;
  readonly version: string;
  readonly last_inference: number;
  readonly inference_stats: { readonly success: Duration; readonly fail: Duration };
}

/** What the server's V2 door told. */
export type ModelsRead =
  /** It does not take the token, or has had too many wrong ones: asked on, everybody at this address would be locked out. */
  { readonly kind: "refused"; readonly text: string } | { readonly kind: "read"; readonly rows: readonly ModelRow[] };

/**
 * The models of the server, by its V2 door.
 * @throws (rejects) Error in words, with what the server answered
 */
export async function readModels(token: string): Promise<ModelsRead> {
  const headers: Record<string, string> = token === "" ? {} : { authorization: `Bearer ${token}` };
  const index = await fetch("v2/repository/index", { method: "POST", headers });
  // One after the other: a wrong token is shown once.
  const stats = index.ok ? await fetch("v2/models/stats", { headers }) : index;
  if (stats.status === 401 || stats.status === 429) {
    const text = `The server answers ${stats.status} to the token that it was shown: sign in again, or come back in a minute.`;
    return { kind: "refused", text };
  }
  if (!stats.ok) throw new Error(`The server answers ${stats.status} where it should tell of its models.`);
  const { model_stats: told } = (await stats.json()) as { model_stats: StatsEntry[] };
  return { kind: "read", rows: modelRows(await index.json(), told) };
}

/** The two answers as one list, by name and version: pure. */
export function modelRows(index: readonly IndexEntry[], stats: readonly StatsEntry[]): ModelRow[] {
  return index
    .map(({ name, version = "", state = "", reason = "" }) => {
      const told = stats.find((one) => one.name === name && one.version === version);
      const { success, fail } = told?.inference_stats ?? {};
      return {
        name,
        version,
        state,
        reason,
        answered: success?.count ?? 0,
        failed: fail?.count ?? 0,
        meanMs: success && success.count > 0 ? success.ns / success.count / 1e6 : undefined,
        lastAt: told?.last_inference ?? 0,
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name, "en") || Number(b.version) - Number(a.version));
}
