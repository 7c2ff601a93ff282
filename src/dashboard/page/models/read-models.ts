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

/**
 * The models of the server, by its V2 door.
 * @throws (rejects) Error in words, with what the server answered
 */
export async function readModels(token: string): Promise<readonly ModelRow[]> {
  const headers: Record<string, string> = token === "" ? {} : { authorization: `Bearer ${token}` };
  const [index, stats] = await Promise.all([
    fetch("v2/repository/index", { method: "POST", headers }),
    fetch("v2/models/stats", { headers }),
  ]);
  for (const answer of [index, stats]) {
    if (!answer.ok) throw new Error(`The server answers ${answer.status} where it should tell of its models.`);
  }
  return modelRows(await index.json(), ((await stats.json()) as { model_stats: StatsEntry[] }).model_stats);
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
