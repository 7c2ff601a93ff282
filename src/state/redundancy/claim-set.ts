import { HoldfastError, messageOf } from "../../errors.js";
import type { Disk } from "../disk/disk.js";
import { heal } from "./heal.js";
import { Members, writeSuperblock } from "./members.js";
import { lookAtSet, newSet } from "./open-set.js";
import { rebuild } from "./rebuild.js";
import type { RedundantSettings } from "./redundant-options.js";

/**
 * Takes a set for one writer, whose locks are held:
 *
 *   look ─▸ leave out who is away ─▸ heal what an interruption left ─▸ rebuild who missed writes or is empty
 *
 * @throws HoldfastError as `judgeSet`; StoreFailed where `degraded` is "refuse" and not all disks have everything
 */
export async function claimSet(disks: readonly Disk[], settings: RedundantSettings): Promise<Members> {
  const { parity, degraded, tell } = settings;
  const found = await lookAtSet(disks, parity);
  if (!found) return founded(disks, settings);
  const members = new Members(found.superblock, found.inSync, settings);
  if (found.away.length > 0 && degraded === "refuse") {
    const who = found.away.map(({ about, why }) => `${about} (${why})`).join(", ");
    throw new HoldfastError("StoreFailed", `disks are away, and degraded is "refuse": ${who}. Bring them back`);
  }
  await members.withoutOthers(found.away);
  await heal(members, tell);
  for (const member of found.outdated) {
    try {
      await rebuild(members, member);
    } catch (error) {
      if (degraded === "refuse" || error instanceof HoldfastError) throw error;
      const text = `${member.disk.about} cannot be rebuilt: ${messageOf(error)}`;
      tell({ kind: "disk-left-out", disk: member.disk.about, left: members.inSync.length, text });
    }
  }
  return members;
}

/** All disks are there and empty. Once every one of them knows of the others, turn 1 begins: from then on there is a set. */
async function founded(disks: readonly Disk[], settings: RedundantSettings): Promise<Members> {
  const superblock = newSet(disks.length, settings.parity);
  const all = disks.map((disk, index) => ({ index, disk }));
  for (const member of all) await writeSuperblock(member, superblock);
  const members = new Members(superblock, all, settings);
  await members.begin();
  return members;
}
