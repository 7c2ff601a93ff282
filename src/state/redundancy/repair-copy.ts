import type { Copies } from "./copies.js";
import { COPY_HEADER_BYTES, copyHeader } from "./copy-format.js";
import { CopyWindow } from "./copy-window.js";
import { folderOf, ifThere, type Member, suffixes } from "./member.js";

/** What a disk's copy is, beside what all copies together prove. */
type Verdict = "whole" | { readonly kind: "short" | "damaged"; readonly good: number };

/**
 * Makes a disk's copy of a growing file what all copies together prove. The copies are scanned to their end.
 * @returns what was wrong; undefined where nothing was
 */
export async function repairCopy(path: string, copies: Copies, member: Member): Promise<string | undefined> {
  const verdict = await judged(path, copies, member);
  if (verdict === "whole") {
    // Seen is not durable: whoever wrote it may have been killed before it was.
    const file = await member.disk.open(path + suffixes.copy);
    await file.sync().finally(() => file.close());
    return undefined;
  }
  if (verdict.kind === "short") await finish(path, copies, member, verdict.good);
  else await replace(path, copies, member);
  return verdict.kind === "short" ? "a copy ended elsewhere" : `a copy was damaged at byte ${verdict.good}`;
}

/** Reads one copy beside the others. */
export async function judged(path: string, copies: Copies, member: Member): Promise<Verdict> {
  const window = new CopyWindow(member, path);
  const header = await window.bytes(0, COPY_HEADER_BYTES);
  if (!header || Buffer.compare(header, copyHeader(copies.birth)) !== 0) return { kind: "damaged", good: 0 };
  for await (const { at, bytes } of copies.frames(copies.before(0))) {
    if (at.physical >= copies.end.physical) break;
    const own = await window.upTo(at.physical, bytes.length);
    if (Buffer.compare(own, bytes) === 0) continue;
    // A copy that ends here can be gone on with; in one that goes on there may be frames that no other copy has.
    const size = await member.disk.size(path + suffixes.copy);
    return {
      kind: size <= at.physical + own.length && own.length < bytes.length ? "short" : "damaged",
      good: at.physical,
    };
  }
  const size = await member.disk.size(path + suffixes.copy);
  return size === copies.end.physical ? "whole" : { kind: "short", good: copies.end.physical };
}

/** Cuts what is torn, and appends what is missing. */
async function finish(path: string, copies: Copies, { disk }: Member, good: number): Promise<void> {
  const file = await disk.open(path + suffixes.copy);
  try {
    await file.truncate(good);
    for await (const { at, bytes } of copies.frames(copies.before(0))) {
      if (at.physical >= copies.end.physical) break;
      if (at.physical >= good) await file.append([bytes]);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes it anew, beside the old one until it is whole. */
async function replace(path: string, copies: Copies, { disk }: Member): Promise<void> {
  const draft = path + suffixes.copyDraft;
  await ifThere(disk.remove(draft));
  const file = await disk.create(draft);
  try {
    await file.append([copyHeader(copies.birth)]);
    for await (const { at, bytes } of copies.frames(copies.before(0))) {
      if (at.physical >= copies.end.physical) break;
      await file.append([bytes]);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(draft, path + suffixes.copy);
  await disk.syncFolder(folderOf(path));
}
