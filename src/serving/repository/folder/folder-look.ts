import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file of a version, as far as a look tells whether somebody still writes it. */
export interface SeenFile {
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  /** Who renames a file over another changes this alone. */
  readonly inode: number;
}

/** One version of one model, as it lay there. */
export interface SeenVersion {
  readonly name: string;
  readonly version: number;
  /** The model's file. */
  readonly model: string;
  /** Its samples, where there are some. */
  readonly golden: string | undefined;
  readonly files: readonly SeenFile[];
}

/** What is written beside its place and renamed when it is whole, and what editors and downloads leave. */
const unfinished = /^\.|~$|\.(tmp|temp|part|partial|crdownload|download|swp|lock)$/i;
/** As a version of a model is named in URLs and in the tree. */
const modelName = /^[A-Za-z0-9_][\w.-]{0,127}$/;
const versionName = /^[1-9]\d{0,14}$/;
/** In this order, where a version has more than one. */
const modelFiles = ["model.onnx", "model.mjs", "model.js"];
const goldenFile = "golden.json";
const suffix = ".onnx";

/**
 * Looks once at a folder of models, and opens no file:
 *
 *   <folder>/<name>/<version>/model.onnx (or model.mjs), beside it golden.json
 *   <folder>/<name>.onnx                 version 1
 *
 * Names that begin with a dot, that end as temporary ones do, and whatever else lies there are passed over. What goes away
 * while it looks was not there.
 * @throws what the file system says of the folder itself
 */
export async function lookInto(folder: string): Promise<SeenVersion[]> {
  const found: SeenVersion[] = [];
  for (const entry of await list(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && modelName.test(entry.name)) found.push(...(await versionsOf(entry.name, path)));
    else if (entry.name.endsWith(suffix)) found.push(...(await single(entry.name.slice(0, -suffix.length), path)));
  }
  return found;
}

async function versionsOf(name: string, folder: string): Promise<SeenVersion[]> {
  const found: SeenVersion[] = [];
  for (const entry of await unlessGone(list(folder), [])) {
    if (!versionName.test(entry.name)) continue;
    const files = await unlessGone(filesOf(join(folder, entry.name)), []);
    const at = (file: string) => files.find(({ path }) => path === join(folder, entry.name, file))?.path;
    const model = modelFiles.map(at).find((path) => path !== undefined);
    if (model === undefined) continue;
    found.push({ name, version: Number(entry.name), model, golden: at(goldenFile), files });
  }
  return found;
}

async function single(name: string, path: string): Promise<SeenVersion[]> {
  const file = modelName.test(name) ? await seen(path) : undefined;
  return file ? [{ name, version: 1, model: path, golden: undefined, files: [file] }] : [];
}

async function filesOf(folder: string): Promise<SeenFile[]> {
  const files = await Promise.all((await list(folder)).map(({ name }) => seen(join(folder, name))));
  return files.filter((file) => file !== undefined);
}

/** Sorted, so that two looks at the same thing are the same. */
async function list(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter(({ name }) => !unfinished.test(name)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Undefined for what is no file, or none any more. Links are followed: a store of models may link to its blobs. */
async function seen(path: string): Promise<SeenFile | undefined> {
  const stats = await unlessGone(stat(path), undefined);
  if (!stats?.isFile()) return undefined;
  return { path, bytes: stats.size, mtimeMs: stats.mtimeMs, inode: stats.ino };
}

async function unlessGone<T, U>(looking: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await looking;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return otherwise;
    // What this user may not read keeps nothing else from being served.
    if (code === "EACCES" || code === "EPERM") return otherwise;
    throw error;
  }
}
