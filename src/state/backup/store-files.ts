import { HoldfastError } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { HEADER_BYTES, parseFileHeader } from "../files/file-header.js";
import { checkpointName, journalName, storeNames } from "../files/file-names.js";
import { damaged, type StoreFile } from "../files/store-file.js";

/**
 * A file of a store that lies somewhere. Nothing of it is opened, no key is needed: it has no sealer. Its end is where what
 * counts of it ends at most: of a journal that another one follows, where that one says.
 */
export interface FoundFile extends StoreFile {
  /** It may grow, and its end may be half written. */
  readonly last: boolean;
}

/**
 * What a store consists of: its newest checkpoint, where it has one, and the journals after it, without a gap.
 * @throws HoldfastError StoreDamaged; InvalidSpec where there is no store. ENOENT where a file went meanwhile
 */
export async function storeFiles(disk: Disk): Promise<readonly FoundFile[]> {
  const names = storeNames(
    await disk.list("").catch((error: NodeJS.ErrnoException) => {
      throw error.code === "ENOENT" ? noStore(disk) : error;
    }),
  );
  const covered = names.checkpoints.at(-1) ?? 0;
  const numbers = names.journals.filter((number) => number > covered);
  if (covered === 0 && numbers.length === 0) throw noStore(disk);
  const wanted = [
    ...(covered === 0 ? [] : [{ kind: "checkpoint" as const, number: covered }]),
    // The journal after a checkpoint was there before it.
    ...(numbers.length === 0 ? [covered + 1] : numbers).map((number) => ({ kind: "journal" as const, number })),
  ];
  const found: FoundFile[] = [];
  for (const [index, { kind, number }] of wanted.entries()) {
    const last = index === wanted.length - 1;
    const path = kind === "journal" ? journalName(number) : checkpointName(number);
    const due = kind === "journal" ? covered + index + (covered === 0 ? 1 : 0) : number;
    if (number !== due) throw damaged(disk, journalName(due), 0, "the file is missing");
    const size = await disk.size(path);
    const parsed = parseFileHeader(await disk.read(path, 0, HEADER_BYTES), `${disk.about}/${path}`);
    const own = parsed?.header.kind === kind && parsed.header.number === number;
    if (!own && last && size <= HEADER_BYTES) {
      // A journal that is only being made has nothing yet; the one that follows a checkpoint was whole before that.
      if (kind === "journal" && number > covered + 1) break;
      if (covered === 0) throw noStore(disk);
    }
    if (!parsed || !own) throw damaged(disk, path, 0, "its header cannot be read");
    found.push({ path, ...parsed, end: size, sealer: undefined, last });
  }
  return linked(disk, found);
}

/** Each file is of the same store, and a journal ends where the one after it says. */
function linked(disk: Disk, found: readonly FoundFile[]): FoundFile[] {
  const { storeId } = found[0]!.header;
  return found.map((file, index) => {
    if (Buffer.compare(file.header.storeId, storeId) !== 0)
      throw damaged(disk, file.path, 30, "it is of another store");
    const next = found[index + 1];
    const last = next === undefined;
    if (last || file.header.kind === "checkpoint") return { ...file, last };
    if (next.header.previousEnd > file.end) {
      throw damaged(disk, file.path, file.end, `it ends there, though it went on to ${next.header.previousEnd}`);
    }
    return { ...file, end: next.header.previousEnd, last };
  });
}

function noStore(disk: Disk): HoldfastError {
  return new HoldfastError("InvalidSpec", `${disk.about} has no store in it, or one that has nothing yet`);
}
