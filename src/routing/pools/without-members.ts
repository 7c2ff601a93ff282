import { HoldfastError } from "../../errors.js";
import type { Members } from "./members.js";

/**
 * A pool without a member that could ever take the mail must not keep it.
 * @param mayGrow another may come in place of those that stay down
 * @throws HoldfastError Unavailable
 */
export function refuseWithoutMembers(path: string, { all, out, supervisor }: Members, mayGrow: boolean): void {
  const last = all.at(-1);
  if (!last || out.size < all.length || mayGrow) return;
  const { reason, state } = supervisor.standing(last.name);
  throw new HoldfastError("Unavailable", `${path}: all ${all.length} members are ${state}; the last: ${reason}`);
}
