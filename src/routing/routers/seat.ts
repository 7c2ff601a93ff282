import { ServiceRecord } from "../ejection/service-record.js";
import type { Candidate } from "../picks/pick.js";
import type { Member } from "../pools/member.js";

/** A member as a pick sees it, and what its router knows of it. */
export class Seat implements Candidate {
  readonly id: string;
  readonly member: Member;
  /** The lowest number, from 0, that no other member of the pool had when it came. */
  readonly place: number;
  /** What it was given: its weight. */
  readonly weight: number;
  share: number;
  readonly record = new ServiceRecord();
  readonly #usual: ServiceRecord;
  /** Since when it serves in this host, monotonic ms; undefined before. */
  since: number | undefined = undefined;
  /** The host that it serves in. */
  host: object | undefined = undefined;
  /** It stays down until a restart by hand. */
  out = false;
  /** Its latest message has failed. */
  failed = false;
  /** No mail for it for now, since it misbehaves; until then, monotonic ms. */
  ejection: { readonly why: string; readonly until: number } | undefined = undefined;
  /** How often it was ejected of late. */
  times = 0;
  /** When it was taken back, monotonic ms. */
  returnedAt = Number.NEGATIVE_INFINITY;

  /** @param usual of all members: what is expected of one of which nothing is known */
  constructor(member: Member, place: number, weight: number, usual: ServiceRecord) {
    this.#usual = usual;
    this.id = member.name;
    this.member = member;
    this.place = place;
    this.weight = weight;
    this.share = weight;
  }

  get ejected(): boolean {
    return this.ejection !== undefined;
  }

  get load(): number {
    return this.member.waiting + this.member.executing;
  }

  get expectedWaitMs(): number {
    return this.load * (this.record.serviceMs ?? this.#usual.serviceMs ?? 0);
  }
}
