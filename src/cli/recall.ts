import type { Client } from "../client/client.js";
import type { IncidentInput } from "../observe/incident/incident-input.js";
import { firstTree } from "./reach.js";

/** What a server remembers of the time since; the rest of what an incident report is made of. */
export async function recall(
  client: Client,
  url: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<IncidentInput> {
  const { tree, reports = [] } = await firstTree(client, url);
  const gaps: string[] = [];
  const oldest = reports[0];
  if (oldest && oldest.id > 1 && oldest.at > from) {
    gaps.push(`death reports before number ${oldest.id}: the server gives the last ${reports.length}`);
  }
  return { server: url, from, to, reports, events: [], tree, gaps };
}
