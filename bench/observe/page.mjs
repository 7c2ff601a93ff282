import { readdir, readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

/** What a visitor of the page loads; the licences are there for whoever asks. */
const folder = new URL("../../dist/dashboard/page/", import.meta.url);

/** What the operator's page weighs: every file that a visit loads, compressed on its own, in kB. */
export async function pageWeight() {
  const names = (await readdir(folder)).filter((name) => name !== "licences.txt");
  const sizes = names.map(async (name) => gzipSync(await readFile(new URL(name, folder))).length);
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  return { page_kb: Math.round(bytes / 100) / 10 };
}

export async function scene() {
  const keys = await pageWeight();
  return {
    keys,
    title: "The operator's page",
    columns: ["", "kB"],
    rows: [["a first visit, compressed", keys.page_kb]],
  };
}
