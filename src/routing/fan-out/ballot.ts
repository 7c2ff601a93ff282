import { HoldfastError, isHoldfastError } from "../../errors.js";

/** What one member came to. */
export interface Vote {
  readonly member: string;
  readonly outcome: { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: Error };
}

/** Votes that say the same. Later ones are held to the first, so it is not given away: its receiver may change it. */
interface Camp {
  readonly first: Vote;
  latest: Vote;
  readonly members: string[];
}

/** How an election stands. `agreed`: so many said what won, or what came nearest to it. */
export type Standing =
  | { readonly kind: "open" }
  | { readonly kind: "decided"; readonly winner: Vote; readonly agreed: number }
  | { readonly kind: "undecided"; readonly agreed: number };

/**
 * An election of one answer: decided as soon as `quorum` members say the same, undecided as soon as that cannot happen any
 * more. A refusal is an answer; a death, a timeout or an error is a vote that was not cast. Pure but for its own state.
 */
export class Ballot {
  readonly #seats: number;
  readonly #quorum: number;
  readonly #same: (a: unknown, b: unknown) => boolean;
  readonly #camps: Camp[] = [];
  readonly #errors: Error[] = [];
  #cast = 0;

  constructor(seats: number, quorum: number, same: (a: unknown, b: unknown) => boolean) {
    this.#seats = seats;
    this.#quorum = quorum;
    this.#same = same;
  }

  /** How it stands after one vote more. */
  cast(vote: Vote): Standing {
    this.#cast++;
    const { outcome } = vote;
    if (!outcome.ok && !isHoldfastError(outcome.error, "Refused")) this.#errors.push(outcome.error);
    else {
      const camp = this.#camps.find(({ first }) => this.#agree(first, vote));
      if (camp) {
        camp.members.push(vote.member);
        camp.latest = vote;
      } else this.#camps.push({ first: vote, latest: vote, members: [vote.member] });
    }
    return this.standing;
  }

  get standing(): Standing {
    const largest = this.#largest;
    const agreed = largest?.members.length ?? 0;
    if (largest && agreed >= this.#quorum) return { kind: "decided", winner: largest.latest, agreed };
    return agreed + this.#seats - this.#cast >= this.#quorum ? { kind: "open" } : { kind: "undecided", agreed };
  }

  /** Everyone has voted, or will not. */
  get closed(): boolean {
    return this.#cast === this.#seats;
  }

  /** Who said something else than most; all of those who spoke where nobody won. */
  get outvoted(): string[] {
    const { kind } = this.standing;
    const winner = kind === "decided" ? this.#largest : undefined;
    if (!winner && this.#camps.length < 2) return [];
    return this.#camps.filter((camp) => camp !== winner).flatMap(({ members }) => members);
  }

  /** Why there is no answer. @param what for people: path and method */
  failure(what: string): Error {
    // Nobody contradicted anybody: what is missing is why.
    if (this.#camps.length < 2 && this.#errors.length > 0) return gravest(this.#errors);
    const votes = this.#camps.map(({ members }) => members.length);
    const said = `${votes.length} different answers (${votes.join(", ")} votes)`;
    const text = `${what}: ${said} of ${this.#seats} members, and ${this.#quorum} have to agree: the event "outvoted" names them`;
    return new HoldfastError("NoQuorum", text, { details: { votes, quorum: this.#quorum, members: this.#seats } });
  }

  get #largest(): Camp | undefined {
    return this.#camps.reduce<Camp | undefined>(
      (most, camp) => (most && most.members.length >= camp.members.length ? most : camp),
      undefined,
    );
  }

  #agree({ outcome: a }: Vote, { outcome: b }: Vote): boolean {
    if (a.ok && b.ok) return this.#same(a.value, b.value);
    return !a.ok && !b.ok && a.error.message === b.error.message;
  }
}

/** Of all that failed, the one that says the most: it may have run, if it may have anywhere. */
export function gravest(errors: readonly Error[]): Error {
  return errors.find((error) => isHoldfastError(error) && !error.retryable) ?? errors[0]!;
}
