import { HoldfastError } from "../../errors.js";
import { shown } from "../../known-keys.js";
import { idOf, numberOf, type Repository } from "./repository.js";

/**
 * The name of the backup that is asked for: the newest, the one of an id or number ("000042-20260501T120000Z", "42"), or the
 * last one that was made by a time ("2026-05-01", "2026-05-01T12:30Z": UTC where it says nothing else).
 * @throws HoldfastError InvalidSpec naming what there is
 */
export async function chooseBackup(repository: Repository, at: string | undefined): Promise<string> {
  const names = await repository.names();
  const newest = names.at(-1);
  if (newest === undefined) throw invalid(`${repository.about} has no backup: holdfast backup <store> <to> makes one`);
  if (at === undefined) return newest;
  if (/^\d{1,15}$/.test(at) || /^\d{6,15}-\d{8}T\d{6}Z$/.test(at)) {
    const name = names.find((one) => idOf(one) === at || numberOf(one) === Number(at));
    if (name !== undefined) return name;
    throw invalid(`${repository.about} has no backup ${at}: there are ${idOf(names[0]!)} to ${idOf(newest)}`);
  }
  const time = timeOf(at);
  if (time === undefined) {
    throw invalid(`${shown(at)} is neither a backup nor a time: give an id, its number, or a time (2026-05-01T12:30Z)`);
  }
  const name = names.findLast((one) => madeAt(one) <= time);
  if (name !== undefined) return name;
  throw invalid(`${repository.about} has no backup of ${at} or before: the first is ${idOf(names[0]!)}`);
}

const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/;

/** A day means all of it: its backups are from before it ends. */
function timeOf(text: string): number | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  const [, day, clock = "23:59:59.999", zone = "Z"] = match;
  const time = Date.parse(`${day}T${clock}${zone}`);
  return Number.isNaN(time) ? undefined : time;
}

/** To the second, as in its name: a manifest that is damaged must be found by its time, too, to be told as damaged. */
function madeAt(name: string): number {
  const [, y, mo, d, h, mi, s] = /-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(name)!;
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

function invalid(text: string): HoldfastError {
  return new HoldfastError("InvalidSpec", text);
}
