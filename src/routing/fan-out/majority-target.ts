import { HoldfastError, toError } from "../../errors.js";
import type { InnerCallOptions } from "../../system/sent.js";
import { ordinary } from "../../transport/ordinary.js";
import { Ballot, type Vote } from "./ballot.js";
import { checkCall, copies, type FanOut, noStream } from "./fan-out.js";
import { FanOutTarget } from "./fan-out-target.js";
import { noMembers } from "./own-mail.js";
import { sameValue } from "./same-value.js";

/**
 * Asks every member, and answers with what most of them say:
 *
 *   ask ─┬─▶ member 1 ─▶ 7 ──┐
 *        ├─▶ member 2 ─▶ 7 ──┼─▶ 7, as soon as two of three agree
 *        └─▶ member 3 ─▶ 9 ──┘   later: event "outvoted", member 3
 */
export class MajorityTarget extends FanOutTarget {
  readonly #quorum: number | undefined;
  readonly #tolerance: number;

  /** @param quorum how many have to agree; undefined: more than half, and never one alone */
  constructor(group: FanOut, quorum: number | undefined, tolerance: number) {
    super(group);
    this.#quorum = quorum;
    this.#tolerance = tolerance;
  }

  protected async answer(method: string, args: unknown[], options: InnerCallOptions): Promise<unknown> {
    const { path, members } = this.group;
    checkCall(this.group, method, options);
    const quorum = this.#quorum ?? Math.max(2, Math.floor(members.length / 2) + 1);
    if (members.length < quorum) throw tooFew(path, members.length, quorum);
    const each = copies(this.group, args);
    const ballot = new Ballot(members.length, quorum, (a, b) => sameValue(a, b, this.#tolerance));
    return new Promise((resolve, reject) => {
      let told = false;
      const cast = (vote: Vote) => {
        const standing = ballot.cast(vote);
        if (!told && standing.kind === "decided") {
          told = true;
          const { outcome } = standing.winner;
          if (outcome.ok) resolve(outcome.value);
          else reject(outcome.error);
        } else if (!told && standing.kind === "undecided") {
          told = true;
          reject(ballot.failure(`${path}: ${method}`));
        }
        if (ballot.closed) this.#tellOf(ballot, method, members.length);
      };
      for (const { name: member, target } of [...members]) {
        target
          .ask(method, each(), options)
          .then((value) => ordinary(noStream(path, method, value)))
          .then(
            (value) => cast({ member, outcome: { ok: true, value } }),
            (error: unknown) => cast({ member, outcome: { ok: false, error: toError(error) } }),
          );
      }
    });
  }

  #tellOf(ballot: Ballot, method: string, of: number): void {
    const { outvoted, standing } = ballot;
    if (outvoted.length === 0 || standing.kind === "open") return;
    const { path, context } = this.group;
    const { kind, agreed } = standing;
    context.events.emit({ type: "outvoted", path, method, members: outvoted, agreed, of, decided: kind === "decided" });
  }
}

/** Fewer than have to agree: no answer can come of it. */
function tooFew(path: string, members: number, quorum: number): HoldfastError {
  if (members === 0) return noMembers(path);
  const text = `${path} has ${members} members, and ${quorum} have to agree: resize it, or wait for one that starts`;
  return new HoldfastError("Unavailable", text);
}
